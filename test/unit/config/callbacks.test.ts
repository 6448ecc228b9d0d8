import { describe, expect, test } from '@jest/globals';
import { describeProblem } from '../../../config/problems.ts';
import { writeDestination } from '../../../lib/gateways/dns/hop.ts';
import { configOf, problemsOf, SITE } from './sample.ts';

/** The sample with two carriers outside that calls of gateways go to. */
const OUTWARDS = SITE.replace(
  'groups:\n',
  `  - { name: carrier-a, uri: "sip:203.0.113.20" }
  - { name: carrier-b, uri: "sip:carrier.example" }
groups:
  - { name: carriers, gateways: [carrier-a, carrier-b], lastResort: "sip:203.0.113.29" }
`,
).concat('callbacks: { group: carriers }\n');

const outwardsWith = (line: string, instead: string) => {
  if (!OUTWARDS.includes(line)) throw new Error(`no ${line} in the sample`);
  return OUTWARDS.replace(line, instead);
};

describe('callbacks.group', () => {
  test('takes its gateways and itself out of what calls from outside may reach', () => {
    const { callbacks, gateways, groups } = configOf(OUTWARDS).options;
    expect(gateways.map(({ name }) => name)).toEqual(['psap-a', 'psap-b']);
    expect(groups.map(({ name }) => name)).toEqual(['psap', 'office']);
    expect(callbacks?.group.name).toBe('carriers');
    const outside = [...(callbacks?.gateways ?? []), callbacks?.group.lastResort];
    expect(outside.map((one) => one && `${one.name} ${writeDestination(one.destination)}`)).toEqual(
      [
        'carrier-a outside udp:203.0.113.20:5060',
        'carrier-b outside carrier.example',
        'last-resort:carriers outside udp:203.0.113.29:5060',
      ],
    );
  });

  test('moves on when another carrier may do better, and not when somebody is busy', () => {
    const { callbacks } = configOf(OUTWARDS).options;
    const on = callbacks?.group.failoverOn ?? [];
    for (const failure of [403, 404, 408, 500, 503, 504, 'transport', 'timeout'] as const)
      expect([failure, on.includes(failure as never)]).toEqual([failure, true]);
    for (const failure of [480, 486, 487, 600, 603])
      expect([failure, on.includes(failure as never)]).toEqual([failure, false]);
    const own = outwardsWith('lastResort: "sip:203.0.113.29"', 'failoverOn: [503]');
    expect(configOf(own).options.callbacks?.group.failoverOn).toEqual([503]);
  });

  test('left out is no way out', () => {
    expect(configOf(SITE).options.callbacks).toBeUndefined();
  });

  test.each([
    [
      'callbacks: { group: carriers }',
      'callbacks: { group: carrier }',
      'callbacks.group: "carrier" is not the name of a group; did you mean "carriers"?',
    ],
    [
      'lastResort: "sip:203.0.113.29"',
      'emergency: true',
      'groups[0].emergency: true is for groups that take emergency calls, and this one is callbacks.group',
    ],
    [
      'lastResort: "sip:203.0.113.29"',
      'asksFor: service',
      'groups[0].asksFor: "service" would call nobody back',
    ],
    [
      'name: office, gateways: [psap-b]',
      'name: office, gateways: [psap-b, carrier-a]',
      'groups[2].gateways[1]: "carrier-a" is outside, as groups[0].gateways has it',
    ],
    [
      'urn:service:sos" }, group: psap',
      'urn:service:sos" }, group: carriers',
      'routes[0].group: "carriers" is callbacks.group, which calls from outside do not go to',
    ],
    [
      'sip:203.0.113.20',
      'sip:203.0.113.20;transport=tcp',
      'gateways[2].uri: "sip:203.0.113.20;transport=tcp" asks for TCP, but no listener of listen.unicast has it',
    ],
    [
      'sip:203.0.113.20',
      'sip:[2001:db8::20]',
      'gateways[2].uri: "sip:[2001:db8::20]" is reached over IPv6, but no listener of listen.unicast has it',
    ],
    [
      'sip:203.0.113.20"',
      'sip:203.0.113.20", largeByTcp: true',
      'gateways[2].largeByTcp: true asks for TCP, but no listener of listen.unicast has it',
    ],
    [
      'sip:203.0.113.29',
      'sip:192.0.2.112',
      'groups[0].lastResort: "sip:192.0.2.112" is this site\'s own listen.anycast[0].address',
    ],
  ])('%s -> %s', (line, instead, complaint) => {
    const said = problemsOf(outwardsWith(line, instead)).map((problem) =>
      describeProblem(problem, 'F').replace(/^F\S* /, ''),
    );
    expect(said.filter((text) => text.startsWith(complaint))).toHaveLength(1);
  });

  test('is not the only group: calls from outside need one', () => {
    const alone = outwardsWith(
      '  - { name: psap, gateways: [psap-a, psap-b], emergency: true }\n',
      '',
    )
      .replace('  - { name: office, gateways: [psap-b] }\n', '')
      .replace('group: psap }', 'group: carriers }');
    expect(problemsOf(alone).map(({ key }) => key)).toContain('groups');
  });

  test('is reached by the transports of U, whatever the gateway side speaks', () => {
    const text = outwardsWith('sip:203.0.113.20', 'sip:203.0.113.20;transport=tcp').replace(
      '198.51.100.11, port: 5060 }',
      '198.51.100.11 }, { transport: tcp, address: 198.51.100.11 }',
    );
    expect(problemsOf(text)).toEqual([]);
  });
});
