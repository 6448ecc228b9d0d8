import { describe, expect, test } from '@jest/globals';
import type { LoadRequest } from '../../../config/load.ts';
import { describeProblem } from '../../../config/problems.ts';
import { configOf, problemsOf, SITE } from './sample.ts';

const LONG = 'a-secret-of-good-length';
const LOOPBACK = SITE.replace('192.0.2.112', '127.0.0.112')
  .replace('198.51.100.11', '127.0.0.11')
  .replace('10.0.0.11', '127.0.0.21');

describe('secrets', () => {
  test('are fetched from variables and files, in the order of the list', () => {
    const text = `${SITE}cluster: { keys: ["k2=file:/run/k2", "k1=env:LANDFALL_CLUSTER_KEY"] }\n`;
    const env = { LANDFALL_CLUSTER_KEY: LONG };
    const readFile = (path: string) => `${path} holds enough of it\n`;

    const { keys } = configOf(text, { env, readFile });

    expect(keys.map(({ id, secret }) => [id, Buffer.from(secret).toString()])).toEqual([
      ['k2', '/run/k2 holds enough of it'],
      ['k1', LONG],
    ]);
  });

  test('the variable that a list of keys in the environment names is no slip', () => {
    const env = {
      LANDFALL_CLUSTER_KEYS: '["k1=env:LANDFALL_CLUSTER_KEY"]',
      LANDFALL_CLUSTER_KEY: LONG,
    };

    expect(configOf(SITE, { env }).keys).toHaveLength(1);
  });

  test('the admin token comes from where the file says, or from the variable of the key', () => {
    const open = `${SITE}admin: { listen: "10.0.0.11:8112" }\n`;
    const named = `${SITE}admin: { listen: "10.0.0.11:8112", token: "env:TOKEN" }\n`;

    expect(configOf(named, { env: { TOKEN: LONG } }).admin.token).toBe(LONG);
    expect(configOf(open, { env: { LANDFALL_ADMIN_TOKEN: LONG } }).admin.token).toBe(LONG);
  });

  test.each(['cymru', 'ClueCon', 'CLUECON', 'short'])('%s is refused outside loopback', (weak) => {
    const more: Partial<LoadRequest> = { env: { KEY: weak, TOKEN: weak } };
    const lines = 'cluster: { keys: ["k1=env:KEY"] }\nadmin: { token: "env:TOKEN" }\n';

    expect(problemsOf(`${SITE}${lines}`, more).map(({ key }) => key)).toEqual([
      'cluster.keys[0]',
      'admin.token',
    ]);
    expect(problemsOf(`${LOOPBACK}${lines}`, more)).toEqual([]);
  });

  test.each([
    ['cluster: { keys: ["k1=hunter2"] }', 'cluster.keys[0]: "***" does not say where the key is'],
    ['cluster: { keys: [hunter2] }', 'cluster.keys[0]: "***" has no short id such as k1'],
    ['cluster: { keys: hunter2 }', 'cluster.keys: "***" is not a list'],
    ['cluster: { keys: ["K1=env:A"] }', 'cluster.keys[0]: "***" has no short id such as k1'],
    ['cluster: { keys: ["k1=env:A"] }', 'cluster.keys[0]: "k1=env:A" names the variable A'],
    ['cluster: { keys: ["k1=file:/x"] }', 'cluster.keys[0]: "k1=file:/x" names a file that cannot'],
    ['cluster: { keys: ["k1=env:B", "k1=env:B"] }', 'cluster.keys[1]: "k1" is the id of two keys'],
    ['admin: { token: hunter2 }', 'admin.token: "***" is not where a secret is kept; write env:N'],
    ['admin: { token: 4711 }', 'admin.token: "***" is not text'],
  ])('%s', (line, complaint) => {
    const [problem] = problemsOf(`${SITE}${line}\n`, { env: { B: LONG } });
    if (problem === undefined) throw new Error('no problem was found');

    expect(describeProblem(problem, 'F')).toContain(complaint);
  });

  test('a secret put into the environment in place of a reference is not shown', () => {
    const problems = problemsOf(SITE, { overrides: { 'admin.token': 'hunter2' } });

    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(problems).toHaveLength(1);
  });
});
