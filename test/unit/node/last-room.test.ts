import { describe, expect, test } from '@jest/globals';
import type { Limits } from '../../../lib/engine/builtin/limits.ts';
import type { SiteOptions } from '../../../lib/node/site-options.ts';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import { A, virtualSite, virtualSiteOptions } from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const CALLS_MAX = 40;
const ROOM = 2 * CALLS_MAX;
const FOR_FLOODS = 1.75 * CALLS_MAX;
const SHARE = 10;

/** A site at which nobody answers, so that every call that is placed stays. */
async function open(changes: Partial<SiteOptions> = {}, limits: Partial<Limits> = {}) {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time);
  const options = virtualSiteOptions(1, {
    callsMax: CALLS_MAX,
    guard: { callsPerSecMax: 1000, callsMax: SHARE, lagMsMax: 150 },
    ...changes,
  });
  const site = virtualSite(time, network, options, { limits });
  await site.node.listen();
  const socketOf = (me: Address) =>
    network.attach(me, { onDatagram: () => undefined, onSendFailure: () => undefined });
  const dial = (host: string, calls: number, dialled = 'urn:service:sos') => {
    const me = { address: host, port: 5060 };
    const socket = socketOf(me);
    for (let call = 0; call < calls; call += 1) socket.send(inviteOf(me, call, dialled), A);
    time.runUntil(time.nowMs + 100);
    socket.close();
    return site.node.callsNow();
  };
  return { site, dial };
}

function inviteOf(me: Address, call: number, dialled: string): Buffer {
  const name = `${call}-${me.address}-${dialled.length}`;
  return Buffer.from(
    [
      `INVITE ${dialled} SIP/2.0`,
      `Via: SIP/2.0/UDP ${writeAddress(me)};branch=z9hG4bK${name}`,
      `From: <sip:caller@${me.address}>;tag=${name}`,
      `To: <${dialled}>`,
      `Call-ID: ${name}`,
      'CSeq: 1 INVITE',
      `Contact: <sip:caller@${writeAddress(me)}>`,
      '',
      '',
    ].join('\r\n'),
  );
}

describe('the last of the room', () => {
  test('is not for a flood of emergency calls from one source', async () => {
    const { site, dial } = await open();
    expect(dial('198.18.0.1', 2 * ROOM)).toBe(FOR_FLOODS);
    expect(site.told.counts.get('refusals/reserved')).toBe(2 * ROOM - FOR_FLOODS);
    expect(site.told.records.at(-1)).toMatchObject({
      emergency: true,
      status: 500,
      reason: 'full',
      marks: ['over-share'],
    });
  });

  test('is for callers within their share, until there is none at all', async () => {
    const { site, dial } = await open();
    dial('198.18.0.1', 2 * ROOM);
    expect(dial('198.18.0.2', 5)).toBe(FOR_FLOODS + 5);
    expect(site.told.records.filter(({ source }) => source.startsWith('198.18.0.2'))).toEqual([]);
    expect(dial('198.18.0.3', 5)).toBe(ROOM);
    dial('198.18.0.4', 1);
    expect(site.told.counts.get('refusals/exhausted')).toBe(1);
  });

  test('is for many honest sources at once', async () => {
    const { site, dial } = await open();
    for (let source = 1; source <= ROOM / SHARE; source += 1) dial(`198.18.1.${source}`, SHARE);
    expect(site.node.callsNow()).toBe(ROOM);
    expect([...site.told.counts.keys()].filter((key) => key.startsWith('refusals'))).toEqual([]);
  });
});

describe('the last of the room for transactions and legs', () => {
  test.each([
    ['by its service', 'urn:service:sos.fire', true],
    ['by the group of its number', 'sip:112@192.0.2.112', true],
    ['as any other', 'sip:2000@192.0.2.112', false],
  ])('is open to an emergency call, and that is one %s', async (_, dialled, isPlaced) => {
    const trunks = [{ name: 'all', source: ['0.0.0.0/0'], offAnycast: 'always' }] as const;
    const { site, dial } = await open({ trunks }, { legsMax: 8, transactionsMax: 8 });
    expect(dial('198.18.0.1', 12, 'sip:2000@192.0.2.112')).toBe(8);
    expect(dial('198.18.0.2', 1, dialled)).toBe(isPlaced ? 9 : 8);
    expect(site.engine.counts().overloads).toBe(isPlaced ? 4 : 5);
  });
});
