import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { startChild } from '../support/child.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const LAB = join(__dirname, '..', '..', 'dist', 'apps', 'lab', 'lab.js');
const SITES = 2;
jest.setTimeout(60_000);

type PlayedCall = {
  readonly row: string;
  readonly caller: string;
  readonly take: string;
  readonly packets: readonly { readonly source: string; readonly target: string }[];
  readonly legs: readonly {
    readonly site: string;
    readonly answeredAt?: number;
    readonly endedAt?: number;
  }[];
};

describe('the lab', () => {
  const temp = tempFolder('lab');
  const folder = join(temp.path, 'lab');
  const log = join(temp.path, 'calls.ndjson');
  afterAll(async () => {
    if (existsSync(folder)) await lab('down');
    temp.remove();
  });

  async function lab(command: string, ...args: string[]) {
    const words = ['--enable-source-maps', LAB, command, '--folder', folder, ...args];
    const child = startChild(process.execPath, words, { lifeMs: 50_000 });
    const { code } = await child.ended;
    return { code, output: child.output() };
  }

  const played = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"row"'))
      .map((line): PlayedCall => JSON.parse(line));

  test('comes up with two sites, each in a network of its own', async () => {
    const { code, output } = await lab('up', '--sites', `${SITES}`, '--life-sec', '120');
    expect(output).toContain('A lab of 2 sites');
    expect(code).toBe(0);
    const there = processesOf(folder);
    // The router, the gateway, and a node for each site; the Redis of the first is beside it.
    expect(there).toHaveLength(3 + SITES);
    const networks = there.map((pid) => networkOf(pid));
    expect(new Set(networks).size).toBe(2 + SITES);
    expect((await lab('up')).code).toBe(1);
  });

  test('F0, F1b and F2a come to what the expectation file says of them', async () => {
    const { code, output } = await lab('matrix', '--rows', 'F0,F1b,F2a', '--out', log);
    expect(output).toContain('all as expected');
    expect(code).toBe(0);
  });

  test('what it writes of a call shows which site got the INVITE, and who called the gateway', () => {
    const calls = played();
    const [, other] = calls.filter(({ row, caller }) => row === 'F0' && caller === 'P');
    const sites = new Set(other?.packets.flatMap(({ source, target }) => [source, target]));
    expect(other?.take).toBe('other');
    expect([...sites].sort()).toEqual(['callers', 'site2']);
    expect(other?.legs).toHaveLength(1);
    expect(other?.legs[0]).toMatchObject({ site: 'site2', endedAt: expect.any(Number) });
    const doubled = calls.filter(({ row }) => row === 'F2a');
    expect(doubled).toHaveLength(4 * 3);
    for (const { packets, legs } of doubled) {
      // Two that begin at one moment: one gives way, and the other is the call.
      expect(legs.filter(({ answeredAt }) => answeredAt !== undefined)).toHaveLength(1);
      const reached = packets.filter(({ target }) => target.startsWith('site'));
      expect(new Set(reached.map(({ target }) => target)).size).toBe(2);
    }
  });

  test('where the route does not move the same rows hold', async () => {
    const still = ['--still', '--rows', 'F2a,F3', '--callers', 'P,S'];
    const { code, output } = await lab('matrix', ...still);
    expect(output).toContain('4 pass, 0 fail, 0 n/a');
    expect(code).toBe(0);
  });

  test('calls that are up while the link between the sites is cut and healed are one call each', async () => {
    const cuts = ['--cut-link-every', '6', '--cut-link-for', '2'];
    const flaps = ['--flap-every', 'packet', '--twice', '0.5'];
    const calls = ['--cps', '20', '--calls', '60'];
    const { code, output } = await lab('load', ...calls, ...flaps, ...cuts);
    const [, doubled] = /^(\d+) with a second leg b/m.exec(output) ?? [];
    expect(Number(doubled)).toBeGreaterThan(0);
    expect(output).toContain('\n0 with two for longer than');
    expect(output).toContain('\n0 left legs');
    expect(code).toBe(0);
  });

  test('an outcome that is not as expected is named, and the exit code is 1', async () => {
    const expected = join(temp.path, 'expected.txt');
    writeFileSync(expected, 'F15 H fail: somebody does not answer\n');
    const rows = ['--rows', 'F15', '--callers', 'H', '--expected', expected];
    const { code, output } = await lab('matrix', ...rows);
    expect(output).toContain('DIFFERENT  F15 H udp: expected fail');
    expect(code).toBe(1);
    expect((await lab('matrix', '--rows', 'F99')).code).toBe(2);
  });

  test('goes down and leaves no process, no network and no file', async () => {
    const before = processesOf(folder);
    const { code, output } = await lab('down');
    expect(output).toContain('The lab is down');
    expect(code).toBe(0);
    expect(processesOf(folder)).toEqual([]);
    // A network without a process in it and without a name is gone.
    await until('their end', () => before.every((pid) => !existsSync(`/proc/${pid}`)));
    expect(existsSync(folder)).toBe(false);
    expect((await lab('down')).code).toBe(1);
  });
});

/** Everything that was started with a file of that folder. */
function processesOf(folder: string): readonly string[] {
  const self = `${process.pid}`;
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === self) return false;
    return read(`/proc/${pid}/cmdline`).includes(folder) || workingFolder(pid).startsWith(folder);
  });
}

/** A process may end while it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

const workingFolder = (pid: string) => linkOf(`/proc/${pid}/cwd`);
const networkOf = (pid: string) => linkOf(`/proc/${pid}/ns/net`);
