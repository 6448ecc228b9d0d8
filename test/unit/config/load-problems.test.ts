import { describe, expect, jest, test } from '@jest/globals';
import { describeProblem } from '../../../config/problems.ts';
import { ADDRESS_SLIPS } from './address-slips.ts';
import { CLUSTER_SLIPS } from './cluster-slips.ts';
import { MEDIA_SLIPS } from './media-slips.ts';
import { load, problemsOf, SITE, siteWith } from './sample.ts';
import { SLIPS } from './slips.ts';

describe('a site file with a slip', () => {
  test.each([...SLIPS, ...MEDIA_SLIPS, ...CLUSTER_SLIPS, ...ADDRESS_SLIPS])(
    '%s -> %s',
    (line, instead, complaint) => {
      const lines = problemsOf(siteWith(line, instead)).map((problem) =>
        describeProblem(problem, 'F').replace(/^F:?\s*/, ''),
      );

      expect(lines.filter((text) => text.startsWith(complaint))).toHaveLength(1);
    },
  );

  test('hears of every slip at once, in the order of the file', () => {
    const text = SITE.replace('sto', 'STO')
      .replace('5060 }]', '0 }]')
      .replace('priority: 2', 'priority: two')
      .replace('group: psap }', 'group: none }');

    expect(problemsOf(text).map(({ key, at }) => `${at} ${key}`)).toEqual([
      '1:1 site',
      '4:53 listen.anycast[0].port',
      '9:43 gateways[1].priority',
      '14:42 routes[0].group',
    ]);
  });

  test.each([
    [1, 'is out of range'],
    [89, 'is out of range'],
    [86_401, 'is out of range'],
    [90.5, 'is not a whole number'],
    ['"0"', 'is text, not a number'],
  ])('hears what a session interval may be: %s', (sec, wrong) => {
    const text = `${SITE}sessionTimer: { expiresSec: ${sec} }\n`;
    const want = expect.stringContaining('from 90 to 86400, or 0');

    expect(problemsOf(text)).toMatchObject([{ key: 'sessionTimer.expiresSec', wrong, want }]);
  });

  test.each([0, 90, 86_400])('a session interval may be %s', (sec) => {
    expect(problemsOf(`${SITE}sessionTimer: { expiresSec: ${sec} }\n`)).toEqual([]);
  });

  test('is not told that a name is unknown when only its owner has a slip', () => {
    const text = siteWith('"sip:10.0.1.32"', '"10.0.1.32"');

    expect(problemsOf(text).map(({ key }) => key)).toEqual(['gateways[1].uri']);
  });

  test('hears that a gateway has the name that this site goes by', () => {
    const text = siteWith('"sip:10.0.1.31:5060"', '"sip:STO.example"').replace(
      '198.51.100.11, port',
      '198.51.100.11, advertise: sto.example, port',
    );

    expect(problemsOf(text).map(({ wrong }) => wrong)).toEqual([
      "is this site's own listen.unicast[0].advertise",
    ]);
  });

  test('is not told that routes are empty when they are no list', () => {
    const text = SITE.replace(/^routes:\n.*\n/m, 'routes: 112\n').replace('emergency: true', '');

    expect(problemsOf(text).map(({ key }) => key)).toEqual(['routes']);
  });

  test('says that nothing can be placed without routes and emergency groups', () => {
    const text = SITE.replace(/^routes:\n.*\n/m, '').replace(', emergency: true', '');

    expect(problemsOf(text).map(({ key, wrong }) => `${key} ${wrong}`)).toEqual([
      'routes is empty and no group is for emergency calls',
    ]);
  });
});

describe('a site file that cannot be taken apart', () => {
  test('has all its YAML errors named with line and column', () => {
    const text = 'site: sto\nlisten:\n  anycast: [{ port: 1 }\n  unicast: []\nsite: two\n';

    const lines = problemsOf(text).map((problem) => describeProblem(problem, 'F'));

    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^F:4:3 is not YAML that can be read: .* \]; correct the line$/);
    expect(lines[1]).toBe(
      'F:5:1 is not YAML that can be read: Map keys must be unique; keep one of the two',
    );
  });

  test.each([
    ['- site', '1:1 is not a map of keys'],
    ['site: !secret x', '1:7 is not YAML that can be read: Unresolved tag'],
    ['a: 1\n---\nb: 2', '2:1 is not YAML that can be read: Source contains multiple documents'],
    [`a: &a [x]\n${bomb()}`, '1:1 cannot be expanded'],
    ['#'.repeat(1_100_000), 'is longer than 1 MB'],
  ])('%.20s', (text, complaint) => {
    const [problem, ...more] = problemsOf(text);
    if (problem === undefined) throw new Error('no problem was found');

    expect(describeProblem(problem, 'F').replace(/^F:?\s*/, '')).toContain(complaint);
    expect(more).toEqual([]);
  });

  test('an empty one is told of every key that must be given', () => {
    expect(problemsOf('').map(({ key, wrong }) => `${key} ${wrong}`)).toEqual([
      'site is missing',
      'siteNumber is missing',
      'listen.unicast is missing',
      'listen.gateway is missing',
      'gateways is missing',
      'groups is missing',
    ]);
  });

  test('one that cannot be read is named with the reason', () => {
    const loaded = load('', { text: undefined, file: 'site.yaml' });

    expect(loaded).toMatchObject({
      kind: 'invalid',
      problems: [{ wrong: 'cannot be read (ENOENT: site.yaml)' }],
    });
  });

  test('an alias within what it stands for has no end', () => {
    expect(problemsOf(`site: &a [*a]\n`)).toMatchObject([
      { wrong: 'has an alias within what it stands for', at: '1:11' },
    ]);
    expect(problemsOf(SITE.replace('udp', '&t udp').replace('tcp', '*t'))).toEqual([]);
  });

  test('a key that is a list is unknown, and nothing is said beside that', () => {
    const warned = jest.spyOn(process, 'emitWarning');
    expect(problemsOf(`${SITE}? [a]\n`).map(({ key }) => key)).toEqual(['[ a ]']);
    expect(warned).not.toHaveBeenCalled();
  });

  test('keys that every object has are unknown like any other', () => {
    const text = `${SITE}__proto__: { site: x }\nconstructor: 1\n`;

    expect(problemsOf(text).map(({ key }) => key)).toEqual(['__proto__', 'constructor']);
  });
});

/** Aliases of aliases: some hundred bytes that would fill the memory. */
function bomb(): string {
  const names = 'abcdefghi'.split('');
  return names
    .slice(1)
    .map((name, index) => `${name}: &${name} [${`*${names[index]},`.repeat(9)}]`)
    .join('\n');
}
