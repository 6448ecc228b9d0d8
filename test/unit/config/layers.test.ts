import { describe, expect, test } from '@jest/globals';
import { overridesOf } from '../../../config/layers.ts';
import { describeProblem } from '../../../config/problems.ts';
import { configOf, problemsOf, SITE } from './sample.ts';

describe('layers', () => {
  test('arguments win over the environment, the environment over the file, the file over defaults', () => {
    const text = `${SITE}callsMax: 1\nhunt: { budgetMs: 1000, attemptMs: 1000 }\n`;
    const env = { LANDFALL_HUNT_BUDGET_MS: '2000', LANDFALL_CALLS_MAX: '2' };

    const { hunt, callsMax } = configOf(text, { env, overrides: { callsMax: '3' } }).options;

    expect(hunt.attemptMsMin).toBe(700);
    expect(hunt.attemptMs).toBe(1000);
    expect(hunt.budgetMs).toBe(2000);
    expect(callsMax).toBe(3);
  });

  test('every key has a variable; lists are JSON there', () => {
    const env = {
      LANDFALL_SITE: 'got',
      LANDFALL_SITE_NUMBER: '2',
      LANDFALL_STATE_DIR: '/var/lib/landfall',
      LANDFALL_LOG_LEVEL: 'debug',
      LANDFALL_LOG_RECORDS: 'none',
      LANDFALL_ADMIN_LISTEN: 'localhost:9000',
      LANDFALL_LISTEN_UNICAST: '[{ "transport": "udp", "address": "198.51.100.12" }]',
      LANDFALL_LISTEN_ANYCAST: '',
    };

    const { options, stateDir, log, admin } = configOf(SITE, { env });

    expect([options.site, options.siteNumber, stateDir]).toEqual(['got', 2, '/var/lib/landfall']);
    expect([log.level, log.records]).toEqual(['debug', 'none']);
    expect(admin.listen).toEqual({ address: '127.0.0.1', port: 9000 });
    expect(options.listeners.map(({ address }) => address)).toEqual([
      '192.0.2.112',
      '198.51.100.12',
      '10.0.0.11',
    ]);
  });

  test('a whole site can come without a file', () => {
    const overrides = {
      site: 'sto',
      siteNumber: 1,
      'listen.unicast': [{ transport: 'udp', address: '198.51.100.11' }],
      'listen.gateway': '[{ "transport": "udp", "address": "10.0.0.11" }]',
      gateways: [{ name: 'a', uri: 'sip:10.0.1.31' }],
      groups: [{ name: 'psap', gateways: ['a'], emergency: true }],
    };

    expect(configOf('', { text: undefined, overrides }).options.siteNumber).toBe(1);
  });

  test.each([
    ['LANDFALL_SITE_NUMBER', '1x', 'siteNumber: "1x" is not a whole number'],
    ['LANDFALL_SITE_NUMBER', '0x1', 'siteNumber: "0x1" is not a whole number'],
    ['LANDFALL_CALLS_MAX', '1e3', 'callsMax: "1e3" is not a whole number'],
    ['LANDFALL_LOG_LEVEL', 'INFO', 'log.level: "INFO" is not a log level'],
    ['LANDFALL_GATEWAYS', 'psap-a,psap-b', 'gateways: "psap-a,psap-b" is not a list'],
    ['LANDFALL_TRUNKS', '[{"name":"x"}]', 'trunks[0].source: is missing'],
    ['LANDFALL_SITENUMBER', '1', 'is not a variable of this program; did you mean LANDFALL_SITE_N'],
  ])('%s=%s is refused by the name of the variable', (name, value, complaint) => {
    const [problem, ...more] = problemsOf(SITE, { env: { [name]: value } });
    if (problem === undefined) throw new Error('no problem was found');

    expect(describeProblem(problem, 'F')).toContain(`${name} ${complaint}`);
    expect(more).toEqual([]);
  });

  test('variables of others that begin alike are none of our business', () => {
    const env = { LANDFALL_PORT: 'tcp://10.0.0.1:8112', LANDFALL_SERVICE_HOST: '10.0.0.1' };

    expect(problemsOf(SITE, { env })).toEqual([]);
  });

  test.each([
    ['hunt.budgetMs=soon', '--set hunt.budgetMs hunt.budgetMs: "soon" is not a whole number'],
    [
      'hunt.budget=1',
      '--set hunt.budget: is not a key of this place; did you mean "hunt.budgetMs"?',
    ],
    ['log.level', '--set log.level log.level: is not text'],
  ])('the argument %s is refused', (setting, complaint) => {
    const [problem] = problemsOf(SITE, { overrides: overridesOf([setting]) });
    if (problem === undefined) throw new Error('no problem was found');

    expect(describeProblem(problem, 'F')).toContain(complaint);
  });

  test('the last argument for a key wins, and values may hold "="', () => {
    expect(overridesOf(['site=a', 'stateDir=/x=y', 'site=b'])).toEqual({
      site: 'b',
      stateDir: '/x=y',
    });
  });
});
