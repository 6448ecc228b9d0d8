import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AckWays, openAckWays, prefixOf } from '../../../lib/node/ack-ways.ts';
import type { LiveCall } from '../../../lib/node/live-call.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import type { ListenerRole } from '../../../lib/ports/sip-engine.ts';
import { countingSink } from '../../support/virtual-peers.ts';

function callFrom(
  address: string,
  [came, goes]: readonly [ListenerRole, ListenerRole] = ['anycast', 'unicast'],
): LiveCall {
  const call = {
    trunk: 'op',
    receivedOn: { listener: { role: came }, source: { address, port: 5060 } },
    contactListener: { role: goes },
  };
  return call as unknown as LiveCall;
}

describe('the ACK to U', () => {
  let notices: Notice[];
  let counts: Map<string, number>;
  let ways: AckWays;
  beforeEach(() => {
    [notices, counts] = [[], new Map()];
    ways = openAckWays(countingSink(notices, counts), 2);
  });

  test('that never comes from a network is told once, and counted', () => {
    for (const host of [7, 8, 9, 10]) ways.missed(callFrom(`203.0.113.${host}`));

    expect(notices).toEqual([
      {
        event: 'acks-never-come',
        level: 'warn',
        prefix: '203.0.113.0/24',
        trunk: 'op',
        missed: 3,
      },
    ]);
    expect(Object.fromEntries(counts)).toEqual({ 'acks_missed/203.0.113.0/24': 4 });
  });

  test('that came once from there is a phone that went away when it does not', () => {
    ways.came(callFrom('203.0.113.1'));
    for (const host of [7, 8, 9, 10]) ways.missed(callFrom(`203.0.113.${host}`));

    expect([notices, counts.size]).toEqual([[], 0]);
  });

  test('says nothing of calls that stay where they were dialled', () => {
    for (const roles of [['anycast', 'anycast'] as const, ['unicast', 'unicast'] as const])
      for (const host of [7, 8, 9, 10]) ways.missed(callFrom(`203.0.113.${host}`, roles));

    expect([notices, counts.size]).toEqual([[], 0]);
  });

  test('is remembered of so many networks', () => {
    for (const net of [1, 1, 2, 3, 1]) ways.missed(callFrom(`203.0.${net}.7`));

    expect(notices).toEqual([]);
  });
});

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:7:1::7', '2001:db8:7::/48'],
  ['2001:db8::7', '2001:db8::/48'],
  ['2001:db8:7:1:2:3:4:5', '2001:db8:7::/48'],
  ['::1', '::/48'],
])('the network of %s is %s', (address, prefix) => {
  expect(prefixOf(address)).toBe(prefix);
});
