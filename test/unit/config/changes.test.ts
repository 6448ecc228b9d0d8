import { describe, expect, test } from '@jest/globals';
import { changesBetween, describeChange, restartsNeeded } from '../../../config/changes.ts';
import type { LoadRequest } from '../../../config/load.ts';
import { load, SITE, siteWith } from './sample.ts';

const ROUTE = '  - { match: { urn: "urn:service:sos" }, group: psap }\n';

function sheetFrom(text: string, more: Partial<LoadRequest> = {}) {
  const loaded = load(text, more);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.sheet;
}

function changes(before: string, after: string, more: Partial<LoadRequest> = {}) {
  const found = changesBetween(sheetFrom(before, more), sheetFrom(after, more));
  return { lines: found.map(describeChange), restarts: restartsNeeded(found) };
}

describe('the difference between two configurations', () => {
  test('is nothing where only the writing differs', () => {
    const after = siteWith('sip:10.0.1.31:5060", priority: 1', 'SIP:10.0.1.31:5060"');
    expect(changes(SITE, `# a word\n${after}hunt: { budgetMs: 6000 }\n`)).toEqual({
      lines: [],
      restarts: [],
    });
  });

  test('names a value that has changed', () => {
    expect(changes(SITE, `${SITE}hunt: { budgetMs: 8000 }\nlog: { level: debug }\n`)).toEqual({
      lines: ['~ hunt.budgetMs: 6000 -> 8000', '~ log.level: info -> debug'],
      restarts: [],
    });
  });

  test('takes entries by their names, wherever they stand', () => {
    const line = '  - { name: psap-a, uri: "sip:10.0.1.31:5060", priority: 1 }\n';
    const after = siteWith(line, `  - { name: psap-c, uri: "sip:10.0.1.33" }\n${line}`);
    expect(changes(SITE, after).lines).toEqual([
      '+ gateways[psap-c]: { uri: sip:10.0.1.33, priority: 1, largeByTcp: false }',
    ]);
    expect(changes(after, SITE).lines).toEqual([
      '- gateways[psap-c]: { uri: sip:10.0.1.33, priority: 1, largeByTcp: false }',
    ]);
    expect(changes(SITE, SITE.replace('sip:10.0.1.31:5060', 'sip:10.0.1.33')).lines).toEqual([
      '~ gateways[psap-a].uri: sip:10.0.1.31:5060 -> sip:10.0.1.33',
    ]);
  });

  test('knows that the first route decides', () => {
    const office = '  - { match: { user: "0*" }, group: office }\n';
    const before = siteWith(ROUTE, ROUTE + office);
    expect(changes(SITE, before).lines).toEqual(['+ routes[user 0*]: { group: office }']);
    expect(changes(before, siteWith(ROUTE, office + ROUTE)).lines).toEqual([
      '~ routes: [urn:service:sos] [user 0*] -> [user 0*] [urn:service:sos]',
    ]);
  });

  test('shows what was given and is no longer', () => {
    const after = siteWith(
      '[psap-b] }',
      '[psap-b], failoverOn: [503], lastResort: "sip:10.0.9.9" }',
    );
    expect(changes(SITE, after).lines).toEqual([
      '+ groups[office].failoverOn: [503]',
      '+ groups[office].lastResort: sip:10.0.9.9',
    ]);
  });

  test('never shows a secret, and sees that it is another one', () => {
    const text = `${SITE}cluster: { keys: ["k1=file:k"] }\nadmin: { token: "file:t" }\n`;
    const kept = (secret: string) => sheetFrom(text, { readFile: () => secret });
    const found = changesBetween(kept('one-secret-long-enough'), kept('two-secret-long-enough'));
    expect(found.map(describeChange)).toEqual([
      '~ cluster.keys[k1]: *** -> ***',
      '~ admin.token: *** -> ***',
    ]);
    expect(restartsNeeded(found)).toEqual([
      'cluster.keys[k1]: *** -> *** needs a restart',
      'admin.token: *** -> *** needs a restart',
    ]);
  });
});

describe('a change that needs a restart', () => {
  test.each([
    ['site: sto', 'site: mal', 'site: sto -> mal needs a restart'],
    ['siteNumber: 1', 'siteNumber: 2', 'siteNumber: 1 -> 2 needs a restart'],
    [
      'unicast: [{ transport: udp, address: 198.51.100.11, port: 5060 }]',
      'unicast: [{ transport: udp, address: 198.51.100.11, port: 5062 }]',
      'listen.unicast[0].port: 5060 -> 5062 needs a restart',
    ],
    [
      'address: 10.0.0.11, port: 5060 }]',
      'address: 10.0.0.11, port: 5060, advertise: gw.example }]',
      'listen.gateway[0].advertise: none -> gw.example needs a restart',
    ],
    ['siteNumber: 1', 'siteNumber: 1\nstateDir: ./x', 'stateDir: ./state -> ./x needs a restart'],
    [
      'siteNumber: 1',
      'siteNumber: 1\nlog: { records: none }',
      'log.records: ./calls.ndjson -> none needs a restart',
    ],
    [
      'siteNumber: 1',
      'siteNumber: 1\nadmin: { listen: "127.0.0.1:8113" }',
      'admin.listen: 127.0.0.1:8112 -> 127.0.0.1:8113 needs a restart',
    ],
  ])('%s is one', (line, instead, sentence) => {
    expect(changes(SITE, siteWith(line, instead)).restarts).toEqual([sentence]);
  });

  test('a listener more is one', () => {
    const after = siteWith(
      'address: 192.0.2.112, port: 5060 }]',
      'address: 192.0.2.112, port: 5060 }, { transport: udp, address: 192.0.2.113 }]',
    );
    expect(changes(SITE, after).restarts).toEqual([
      'listen.anycast[1]: none -> { transport: udp, address: 192.0.2.113, port: 5060, ' +
        'emergency: false } needs a restart',
    ]);
  });

  test('a further cluster key is none, another one that signs is', () => {
    const keyed = (keys: string) => `${SITE}cluster: { keys: [${keys}] }\n`;
    const more = { readFile: (path: string) => `${path}-secret-long-enough` };
    const one = keyed('"k1=file:a"');
    const [behind, before] = [keyed('"k1=file:a", "k2=file:b"'), keyed('"k2=file:b", "k1=file:a"')];
    expect(changes(one, behind, more)).toEqual({
      lines: ['+ cluster.keys[k2]: ***'],
      restarts: [],
    });
    expect(changes(one, before, more).restarts).toEqual([
      'cluster.keys.signing: k1 -> k2 needs a restart',
    ]);
    expect(changes(SITE, one, more).restarts).toEqual([
      "cluster.keys.signing: this site's own -> k1 needs a restart",
    ]);
    expect(changes(behind, one, more).restarts).toEqual([
      'cluster.keys[k2]: *** -> none needs a restart',
    ]);
  });
});
