import { describe, expect, test } from '@jest/globals';
import { run } from '../../../apps/cli/commands.ts';
import { HELP_OF } from '../../../apps/cli/help.ts';
import { versionOf } from '../../../apps/cli/version.ts';
import { fakeTerminal } from './fake-terminal.ts';

async function type(...args: string[]) {
  const { io, out, err } = fakeTerminal();
  const code = await run(args, io, () => '1.2.3');
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('the landfall command', () => {
  test('says its version', async () => {
    expect(await type('--version')).toEqual({ code: 0, out: '1.2.3', err: '' });
    const here = `file://${process.cwd()}/dist/apps/cli/landfall.js`;
    expect(versionOf(here)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(versionOf(`file://${process.cwd()}/apps/cli/landfall.ts`)).toBe(versionOf(here));
  });

  test.each([
    [['--help'], ''],
    [['help'], ''],
    [['calls', '--help'], 'calls'],
    [['calls', 'tail', '--help'], 'calls tail'],
    [['calls', 'show', '-h'], 'calls show'],
    [['calls', 'ladder', 'x', '--help'], 'calls ladder'],
    [['call', '--help'], 'call'],
    [['check', '--help'], 'check'],
    [['start', '--help'], 'start'],
  ])('explains itself: %j', async (args, key) => {
    expect(await type(...args)).toEqual({ code: 0, out: HELP_OF[key], err: '' });
  });

  test('has help that fits on a terminal', () => {
    for (const text of Object.values(HELP_OF)) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  test.each([
    [[], 'landfall start'],
    [['toString'], 'there is no command toString'],
    [['calls'], 'landfall calls tail'],
    [['calls', 'count'], 'there is no command calls count'],
    [['calls', 'tail', '--colour'], "Unknown option '--colour'"],
    [['calls', 'tail', 'x'], 'x is an argument too many'],
    [['calls', 'tail', '-n', 'all'], '--lines is all; a whole number from 0 to 100000'],
    [['calls', 'tail', '--number'], "Option '--number <value>' argument missing"],
    [['calls', 'tail', '--admin', 'x'], '--admin is x; a URL such as http://127.0.0.1:8112'],
    [['calls', 'tail', '--admin', 'ftp://x'], '--admin is ftp://x; a URL such as'],
    [['calls', 'tail', '-f', '--file', 'a', '--file', 'b'], '--follow takes one --file'],
    [['calls', 'show', 'x', '--admin', 'http://x', '--file', 'a'], 'exclude each other'],
    [['calls', 'show'], 'ID is missing'],
    [['calls', 'ladder', 'a', 'b'], 'one ID is taken, and not 2'],
    [['call'], 'URI is missing'],
    [['call', 'tel:112'], 'URI is tel:112; a SIP URI such as sip:112@127.0.0.112'],
    [['call', 'sip:112@127.0.0.112', '--after', '-1'], '--after'],
    [['call', 'sip:112@127.0.0.112', '--timeout', '0'], '--timeout is 0; a whole number from 1'],
    [['call', 'sip:112@127.0.0.112', '--from', 'me'], '--from is me; a SIP URI such as'],
  ])('says what is wrong with %j, and ends with 2', async (args, said) => {
    const { code, out, err } = await type(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(said);
  });
});
