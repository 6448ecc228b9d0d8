import { describe, expect, test } from '@jest/globals';
import type { SiteOptions } from '../../../lib/node/site-options.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import {
  A,
  B,
  CALLER,
  gatewayAddress,
  U,
  virtualSite,
  virtualSiteOptions,
  virtualWayOut,
} from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { callerSays, Peer, type RequestParts, responds } from '../engine/builtin/peers.ts';

const ALERT = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1">\0\xff</alert>';
const CAP = 'Content-Type: application/EmergencyCallData.cap+xml';
const DIALLED = { uri: 'sip:112@192.0.2.112', branch: 'z9hG4bKmessage' };
const ORDINARY = { uri: 'sip:200@192.0.2.112', branch: 'z9hG4bKmessage' };

/** A site of so many gateways, each of which does as the test says. */
async function stand(gateways: number, changes: Partial<SiteOptions> = {}, from = CALLER) {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time, { delayMs: 0, jitterMs: 0, loss: 0, duplication: 0 });
  const caller = new Peer(from, network, time);
  const peers = Array.from(
    { length: gateways },
    (_, index) => new Peer(gatewayAddress(index + 1), network, time),
  );
  const site = virtualSite(time, network, virtualSiteOptions(gateways, changes));
  await site.node.listen();
  return {
    ...site,
    time,
    caller,
    peers,
    /** What each gateway answers at once; undefined: nothing at all. */
    answering: (...statuses: readonly (number | undefined)[]) => {
      for (const [index, peer] of peers.entries()) {
        peer.react = ({ message }) => {
          const status = statuses[index];
          if (status === undefined || message.kind !== 'request') return;
          peer.say(responds(message, status, { tag: `gw${index}` }), from === CALLER ? B : U);
        };
      }
    },
    sends: (parts: RequestParts = DIALLED, to = A) => {
      caller.say(callerSays('MESSAGE', { body: ALERT, headers: [CAP], ...parts }), to);
      time.runUntil(time.nowMs + 10);
    },
  };
}

describe('an emergency MESSAGE outside of a call', () => {
  test('is passed to a gateway byte for byte, and its answer comes back, every time it is asked for', async () => {
    const { answering, sends, caller, peers, told, time, engine, node } = await stand(1);
    answering(202);
    const headers = [CAP, 'X-Odd: as (it,  is', 'Geolocation: <cid:a>', 'Priority: psap-callback'];
    sends({ ...DIALLED, headers });
    sends({ ...DIALLED, headers });
    expect(caller.summary).toEqual(['202 MESSAGE', '202 MESSAGE']);
    const [heard, ...more] = peers[0]?.heard ?? [];
    expect(more).toEqual([]);
    expect(heard?.message).toMatchObject({ method: 'MESSAGE', uri: 'sip:112@10.0.1.31:5060' });
    expect(heard?.from).toEqual(B);
    expect(heard?.message.body).toBe(ALERT);
    expect(heard?.text).toContain('\r\nX-Odd: as (it,  is\r\nGeolocation: <cid:a>\r\n');
    expect(heard?.text).not.toMatch(/^(Contact|Priority):/m);
    expect(heard?.message.from.tag).toMatch(/^v1k1\./);
    expect(told.records).toMatchObject([
      {
        method: 'MESSAGE',
        emergency: true,
        trunk: 'carrier',
        reason: 'message-delivered',
        fault: 'none',
        status: 202,
        attempts: [{ gateway: 'g1', status: 202 }],
      },
    ]);
    expect(told.steps.map(({ event }) => event)).toEqual([
      'a-asked',
      'ask',
      'b-replied',
      'reply',
      'end',
    ]);
    expect(told.counts.get('messages/delivered')).toBe(1);
    time.runUntil(300_000);
    expect(engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
    expect(node.sizes().namesOut).toBe(0);
    expect(time.pending).toBe(0);
  });

  test.each([
    ['its service URN', { uri: 'urn:service:sos.fire' }, {}],
    ['a stranger', {}, { trunks: [] }],
    ['more than its share', {}, { guard: { callsPerSecMax: 0, callsMax: 0, lagMsMax: 150 } }],
  ])('is decided and admitted as a call is: by %s', async (_, parts, changes) => {
    const { answering, sends, caller, told } = await stand(1, changes);
    answering(200);
    sends({ ...DIALLED, ...parts });
    expect(caller.summary).toEqual(['200 MESSAGE']);
    expect(told.records).toMatchObject([{ emergency: true, status: 200 }]);
  });

  test('goes to the next gateway after whatever refusal, and after silence', async () => {
    const { answering, sends, caller, told, time } = await stand(4);
    answering(486, undefined, 603, 200);
    sends();
    time.runUntil(10_000);
    expect(caller.summary).toEqual(['200 MESSAGE']);
    const [record] = told.records;
    expect(record?.attempts.map(({ status }) => status)).toEqual([486, 408, 603, 200]);
  });

  test('counts as taken when a silent gateway takes it after the next was asked', async () => {
    const { answering, sends, caller, peers, told, time } = await stand(2);
    answering(undefined, undefined);
    sends();
    time.runUntil(3000);
    const [first, second] = peers;
    expect(second?.summary.length).toBeGreaterThan(0);
    if (first !== undefined) first.say(responds(first.request('MESSAGE'), 200, { tag: 'late' }), B);
    time.runUntil(3100);
    expect(caller.summary).toEqual(['200 MESSAGE']);
    const asked = second?.heard.length;
    time.runUntil(60_000);
    expect(second?.heard.length).toBe(asked);
    expect(told.records).toMatchObject([{ reason: 'message-delivered' }]);
  });

  test('that nobody takes gets a final answer before its sender gives up, and somebody is told', async () => {
    const { answering, sends, caller, told, time } = await stand(2);
    answering(503, undefined);
    sends();
    time.runUntil(31_000);
    expect(caller.summary).toEqual(['500 MESSAGE']);
    const { headers } = caller.last().message;
    expect(headerValue(headers, 'warning')).toContain('no gateway took the message: 503, 408');
    expect(headerValue(headers, 'reason')).toContain('cause=408');
    expect(told.records).toMatchObject([{ reason: 'gateways-exhausted', fault: 'gateway' }]);
    expect(told.notices.at(-1)).toMatchObject({ event: 'emergency-group-failed', level: 'error' });
    time.runUntil(300_000);
    expect(time.pending).toBe(0);
  });

  test('is refused where nobody could pass it on, with a record', async () => {
    const { caller, told, peers, time } = await stand(1);
    caller.say(callerSays('MESSAGE', DIALLED).replace('Max-Forwards: 70', 'Max-Forwards: 0'), A);
    time.runUntil(10);
    expect(caller.summary).toEqual(['483 MESSAGE']);
    expect(peers[0]?.heard).toEqual([]);
    expect(told.records).toMatchObject([{ method: 'MESSAGE', reason: 'too-many-hops' }]);
  });
});

describe('a MESSAGE that is no emergency', () => {
  test.each([
    ['from a stranger', []],
    ['from a trunk', virtualSiteOptions(1).trunks],
  ])('%s gets 405, and leaves no record', async (_, trunks) => {
    const { answering, sends, caller, peers, told, engine } = await stand(1, { trunks });
    answering(200);
    sends(ORDINARY);
    expect(caller.summary).toEqual(['405 MESSAGE']);
    expect(headerValue(caller.last().message.headers, 'allow')).toContain('MESSAGE');
    expect(peers[0]?.heard).toEqual([]);
    expect(told.records).toEqual([]);
    expect(told.counts.get('messages/refused')).toBe(1);
    expect(engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
  });

  const trunks = virtualSiteOptions(1).trunks.map((one) => ({ ...one, messages: 'pass' as const }));

  test('is passed for a trunk that may send such, and what its callee says comes back', async () => {
    const { answering, sends, caller, told, peers } = await stand(2, { trunks });
    answering(486, 200);
    sends(ORDINARY);
    expect(caller.summary).toEqual(['486 MESSAGE']);
    expect(peers[1]?.heard).toEqual([]);
    expect(told.records).toMatchObject([{ emergency: false, reason: 'callee-busy', status: 486 }]);
  });

  test('is refused where a call would be', async () => {
    const routes = virtualSiteOptions(1).routes.slice(0, 2);
    const { sends, caller, told } = await stand(1, { trunks, routes });
    sends(ORDINARY);
    expect(caller.summary).toEqual(['404 MESSAGE']);
    expect(told.records).toMatchObject([{ method: 'MESSAGE', reason: 'no-route' }]);
  });
});

test('what a gateway sends goes outwards, from U', async () => {
  const psap = { address: '10.0.1.40', port: 5060 };
  const { answering, sends, caller, peers, told } = await stand(1, virtualWayOut(1, psap), psap);
  answering(200);
  sends({ uri: 'sip:+4670@10.0.0.11', via: 'SIP/2.0/UDP 10.0.1.40;branch=z9hG4bKx;rport' }, B);
  expect(caller.summary).toEqual(['200 MESSAGE']);
  expect(peers[0]?.last().from).toEqual(U);
  expect(told.records).toMatchObject([{ fromGateway: 'psap', status: 200 }]);
});
