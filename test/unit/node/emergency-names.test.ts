import { expect, test } from '@jest/globals';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import {
  A,
  B,
  CALLER,
  gatewayAddress,
  virtualSite,
  virtualSiteOptions,
  virtualWayOut,
} from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

/** The names in the INVITE that the gateway gets. */
async function namesOf(
  user: string,
  element: string | undefined,
  [from, to]: readonly [Address, Address] = [CALLER, A],
): Promise<readonly string[]> {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time);
  const heard: string[] = [];
  const caller = network.attach(from, {
    onDatagram: () => undefined,
    onSendFailure: () => undefined,
  });
  network.attach(gatewayAddress(1), {
    onDatagram: (bytes) => void heard.push(bytes.toString('latin1')),
    onSendFailure: () => undefined,
  });
  const site = virtualSite(
    time,
    network,
    virtualSiteOptions(1, { element, ...(from === CALLER ? {} : virtualWayOut(1, from)) }),
  );
  await site.node.listen();
  const lines = [
    `INVITE sip:${user}@${to.address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${writeAddress(from)};branch=z9hG4bKone`,
    'From: <sip:caller@example.org>;tag=caller',
    `To: <sip:${user}@example.org>`,
    'Call-ID: one',
    'CSeq: 1 INVITE',
    `Contact: <sip:caller@${writeAddress(from)}>`,
    'Priority: psap-callback',
    ...(from === CALLER ? [] : ['Resource-Priority: esnet.2']),
  ];
  caller.send(Buffer.from([...lines, '', ''].join('\r\n')), to);
  time.runUntil(100);
  expect(heard[0]).toMatch(/^INVITE /);
  return heard[0]?.match(/^(Call-Info|Resource-Priority)(?=:)/gm) ?? [];
}

test('an emergency call has names where the site is told its own, and no other call', async () => {
  const names = ['Call-Info', 'Call-Info', 'Resource-Priority'];
  expect(await namesOf('112', 'sto.bcf.example')).toEqual(names);
  expect(await namesOf('112', undefined)).toEqual([]);
  expect(await namesOf('200', 'sto.bcf.example')).toEqual([]);
});

test('a callback keeps the priority that it came with, and gets no name of an emergency', async () => {
  const psap = { address: '10.0.1.40', port: 5060 };
  expect(await namesOf('+4670', 'sto.bcf.example', [psap, B])).toEqual(['Resource-Priority']);
});
