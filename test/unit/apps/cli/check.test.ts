import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { check } from '../../../../apps/cli/check.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landfall-check-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = check(args, { out: (line) => out.push(line), err: (line) => err.push(line), env });
  return { code, out, err };
}

function fileOf(text: string): string {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, text);
  return file;
}

describe('landfall check', () => {
  test('says what a valid file means, groups in hunting order, and exits 0', () => {
    const { code, out, err } = run(['config/examples/site.yaml']);

    expect(err).toEqual([]);
    expect(code).toBe(0);
    expect(out).toEqual([
      'config/examples/site.yaml is valid: site sto, number 1, state in ./state',
      'listen udp:192.0.2.112:5060 (A, anycast)',
      'listen tcp:192.0.2.112:5060 (A, anycast)',
      'listen udp:198.51.100.11:5060 (U, unicast), Contact says sto.any.example',
      'listen tcp:198.51.100.11:5060 (U, unicast), Contact says sto.any.example',
      'listen udp:10.0.0.11:5060 (gateway side)',
      'listen tcp:10.0.0.11:5060 (gateway side)',
      'group psap (emergency): psap-a sip:10.0.1.31:5060, then psap-b sip:10.0.1.32:5060;transport=tcp, then last resort sip:10.0.9.9; moves on after any failure',
      'group office (ordinary): office-a sip:10.0.2.31, then office-b sip:10.0.2.32; moves on after 408, 503, transport, timeout',
      'route urn:service:sos -> psap',
      'route user 112 -> psap',
      'route user +468* -> office',
      'trunk carrier-x: 203.0.113.0/25, calls move to U, at most 100 calls a second, at most 4000 calls at once',
      'trunk carrier-y: 203.0.113.200, calls stay on A, one early dialog',
      "keys: one of this site's own, kept in ./state",
      'log info: steps to stdout, records to ./calls.ndjson',
      'admin http://127.0.0.1:8112, no token',
    ]);
  });

  test('orders a group by priority, not by the order of the list', () => {
    const file = fileOf(`
site: sto
siteNumber: 1
listen:
  unicast: [{ transport: udp, address: 127.0.0.11 }]
  gateway: [{ transport: udp, address: 127.0.0.21 }]
gateways: [{ name: second, uri: "sip:127.0.0.32", priority: 2 }, { name: first, uri: "sip:127.0.0.31" }]
groups: [{ name: psap, gateways: [second, first], emergency: true }]
`);

    expect(run([file]).out).toContain(
      'group psap (emergency): first sip:127.0.0.31, then second sip:127.0.0.32; moves on after any failure',
    );
  });

  test('says where calls of gateways go', () => {
    const file = fileOf(`
site: sto
siteNumber: 1
listen:
  unicast: [{ transport: udp, address: 127.0.0.11 }]
  gateway: [{ transport: udp, address: 127.0.0.21 }]
gateways: [{ name: psap-a, uri: "sip:127.0.0.31" }, { name: carrier-x, uri: "sip:127.0.0.41" }]
groups: [{ name: psap, gateways: [psap-a], emergency: true }, { name: carriers, gateways: [carrier-x], failoverOn: [503] }]
callbacks: { group: carriers }
`);

    const { out, err } = run([file]);

    expect(err).toEqual([]);
    expect(out.filter((line) => line.includes('group '))).toEqual([
      'group psap (emergency): psap-a sip:127.0.0.31; moves on after any failure',
      'calls of gateways to the gateway side leave from U: group carriers (ordinary): carrier-x sip:127.0.0.41; moves on after 503',
    ]);
  });

  test('prints each problem on a line of its own, place first, and exits 1', () => {
    const file = fileOf('site: STO\nsiteNumber: 1\nlog: { level: loud }\n');

    const { code, out, err } = run([file], { LANDFALL_CALLS_MAX: 'many' });

    expect(code).toBe(1);
    expect(out).toEqual([]);
    expect(err.slice(0, 2)).toEqual([
      `${file}:1:1 site: "STO" is not a site name; write 1 to 16 of the characters a-z and 0-9, such as sto`,
      `${file}:3:8 log.level: "loud" is not a log level; write trace, debug, info, warn or error`,
    ]);
    expect(err).toContain(
      'LANDFALL_CALLS_MAX callsMax: "many" is not a whole number; write a whole number from 1 to 1000000',
    );
    expect(err).toContain(
      `${file} listen.unicast: is missing; give it. The listeners on U, the address of this site alone, where calls go on after the answer.`,
    );
  });

  test('takes arguments as the last layer', () => {
    const { code, out } = run(['config/loopback.yaml', '--set', 'callsMax=5', '--set=site=two']);

    expect(code).toBe(0);
    expect(out[0]).toBe('config/loopback.yaml is valid: site two, number 1, state in ./state');
  });

  test('says why a file cannot be read, and exits 1', () => {
    const { code, err } = run([join(folder, 'none.yaml')]);

    expect(code).toBe(1);
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(/none\.yaml cannot be read \(ENOENT: .*\); name a file that exists/);
  });

  test.each([
    [[], 'names no file'],
    [['a', 'b'], 'takes one file, not 2'],
    [['a', '--probes'], "Unknown option '--probes'"],
    [['a', '--set', 'x'], '--set x has no "=VALUE"'],
  ])('%j is no usage of it: 2', (args, why) => {
    const { code, out, err } = run(args);

    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err[0]).toContain(why);
    expect(err[1]).toMatch(/^usage: landfall check FILE/);
  });
});
