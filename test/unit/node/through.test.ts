import { beforeEach, describe, expect, test } from '@jest/globals';
import { writeAddress } from '../../../lib/sip/address.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import {
  A,
  CALLER,
  type VirtualSite,
  virtualSite,
  virtualSiteOptions,
} from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

let time: VirtualWorld;
let site: VirtualSite;
beforeEach(async () => {
  time = new VirtualWorld(1);
  const network = new VirtualNetwork(time);
  network.attach(CALLER, { onDatagram: () => undefined, onSendFailure: () => undefined });
  site = virtualSite(time, network, virtualSiteOptions(1));
  await site.node.listen();
});

function messageOf(method: string, user: string): Buffer {
  const lines = [
    `${method} sip:${user}@${A.address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${writeAddress(CALLER)};branch=z9hG4bKone`,
    'From: <sip:caller@example.org>;tag=caller',
    `To: <sip:${user}@example.org>`,
    'Call-ID: one',
    `CSeq: 1 ${method}`,
    `Contact: <sip:caller@${writeAddress(CALLER)}>`,
  ];
  return Buffer.from([...lines, '', ''].join('\r\n'));
}

/** A message of the caller comes by another site. */
function comes(from: string, raw: Buffer): void {
  const listener = virtualSiteOptions(1).listeners.find(({ role }) => role === 'anycast');
  if (listener === undefined) throw new Error('there is no A');
  site.engine.takeRelayed({ raw, listener, source: CALLER, from, back: () => true });
  time.runUntil(time.nowMs + 100);
}

const told = () =>
  site.told.steps.flatMap(({ event, through }) =>
    through === undefined ? [] : [`${event} ${through}`],
  );

describe('a call whose messages came to other sites', () => {
  test('names them, each at its message, and all of them in its record', () => {
    comes('got', messageOf('INVITE', '112'));
    comes('mal', messageOf('CANCEL', '112'));
    time.runUntil(time.nowMs + 60_000);

    expect(told()).toEqual([
      'a-invited got',
      'trying-a got',
      'a-cancelled mal',
      expect.stringMatching(/^reject-a got$/),
    ]);
    expect(site.told.records).toMatchObject([{ through: ['got', 'mal'] }]);
  });

  test('names them where it is refused', () => {
    comes('got', messageOf('INVITE', '999'));

    expect(site.told.records).toMatchObject([{ reason: 'no-route', through: ['got'] }]);
  });
});
