import { describe, expect, test } from '@jest/globals';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import { A, virtualSite, virtualSiteOptions } from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const CALLS_MAX = 40;
const ROOM = 2 * CALLS_MAX;
const FOR_FLOODS = 1.75 * CALLS_MAX;
const SHARE = 10;

/** A site at which nobody answers, so that every call that is placed stays. */
async function open() {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time);
  const options = virtualSiteOptions(1, {
    callsMax: CALLS_MAX,
    guard: { callsPerSecMax: 1000, callsMax: SHARE, lagMsMax: 150 },
  });
  const site = virtualSite(time, network, options);
  await site.node.listen();
  const socketOf = (me: Address) =>
    network.attach(me, { onDatagram: () => undefined, onSendFailure: () => undefined });
  const dial = (host: string, calls: number) => {
    const me = { address: host, port: 5060 };
    const socket = socketOf(me);
    for (let call = 0; call < calls; call += 1) socket.send(inviteOf(me, call), A);
    time.runUntil(time.nowMs + 100);
    socket.close();
    return site.node.callsNow();
  };
  return { site, dial };
}

function inviteOf(me: Address, call: number): Buffer {
  const name = `${call}-${me.address}`;
  return Buffer.from(
    [
      'INVITE urn:service:sos SIP/2.0',
      `Via: SIP/2.0/UDP ${writeAddress(me)};branch=z9hG4bK${name}`,
      `From: <sip:caller@${me.address}>;tag=${name}`,
      'To: <urn:service:sos>',
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
