import { describe, expect, test } from '@jest/globals';
import { type Dialog, uasDialog } from '../../../../../lib/engine/builtin/proto/dialog.ts';
import { gatewayHop } from '../../../../../lib/engine/builtin/proto/next-hop.ts';
import type { Listener } from '../../../../../lib/ports/sip-engine.ts';
import { tagOf, uriText } from '../../../../../lib/sip/ids.ts';
import { requestOf } from './sample.ts';

const listener = (role: Listener['role'], address: string, port = 5060): Listener => ({
  role,
  address,
  port,
  transport: 'udp',
  advertise: undefined,
});

const OURS: readonly Listener[] = [
  { ...listener('anycast', '10.0.0.112'), advertise: '203.0.113.112' },
  listener('anycast', '192.0.2.112'),
  listener('unicast', '198.51.100.11'),
  listener('unicast', '2001:db8::11'),
  listener('gateway', '10.0.0.11'),
];
const INVITED = { address: '10.0.1.31', port: 5080 };

const bare = uasDialog(
  requestOf(
    'INVITE sip:x SIP/2.0',
    'Via: SIP/2.0/UDP h;branch=z9hG4bK1',
    'From: <sip:a@h>;tag=f',
    'To: <sip:b@h>',
    'Call-ID: c',
    'CSeq: 1 INVITE',
  ),
  tagOf('t'),
);
const hop = (target: string, routes: readonly string[] = [], invited = INVITED) => {
  const dialog: Dialog = { ...bare, target: uriText(target), routes };
  return gatewayHop(dialog, invited, OURS);
};

describe('where a request on a gateway leg goes', () => {
  test.each([
    ['sip:g@10.0.1.40', '10.0.1.40', 5060],
    ['sip:g@10.0.1.40:5070;transport=UDP', '10.0.1.40', 5070],
  ])('to the remote target %s', (target, address, port) => {
    expect(hop(target)).toEqual({ address, port });
  });

  test('to a target of the same version of IP alone', () => {
    const target = 'sip:g@[2001:db8:0:0::40]:5070';
    const invited = { address: '2001:db8::31', port: 5060 };
    expect(hop(target, [], invited)).toEqual({ address: '2001:db8::40', port: 5070 });
    expect(hop('sip:g@10.0.1.40', [], invited)).toEqual(invited);
    expect(hop(target)).toEqual(INVITED);
  });

  test('to the top route rather than to the target', () => {
    const routes = ['<sip:10.0.1.50;lr>', '<sip:10.0.1.51;lr>'];
    expect(hop('sip:g@10.0.1.40', routes)).toEqual({ address: '10.0.1.50', port: 5060 });
    expect(hop('sip:g@10.0.1.40', ['<sip:10.0.1.50>'])).toEqual({
      address: '10.0.1.50',
      port: 5060,
    });
  });

  test.each([
    ['a name', 'sip:g@gw.example'],
    ['no SIP URI', 'tel:+4611'],
    ['another transport', 'sip:g@10.0.1.40;transport=tcp'],
    ['a secured one', 'sips:g@10.0.1.40'],
    ['no address of a host', 'sip:g@0.0.0.0'],
    ['a group', 'sip:g@224.0.1.75'],
    ['numbers too large', 'sip:g@10.0.1.400'],
    ['a group of IPv6', 'sip:g@[ff02::1]'],
    ['nowhere in IPv6', 'sip:g@[::]'],
    ['no IPv6', 'sip:g@[1:2:3]'],
    ['IPv4 in IPv6 clothes', 'sip:g@[::ffff:192.0.2.112]'],
  ])('to where the INVITE went, for %s', (_, target) => {
    expect(hop(target)).toEqual(INVITED);
  });

  test.each([
    ['A', 'sip:g@192.0.2.112'],
    ['another port of A', 'sip:g@192.0.2.112:9999'],
    ['U', 'sip:g@198.51.100.11:5060'],
    ['A as callers know it', 'sip:g@203.0.113.112'],
    ['U in another spelling', 'sip:g@[2001:DB8:0:0:0:0:0:11]'],
    ['our own gateway-side socket', 'sip:g@10.0.0.11'],
  ])('never to %s', (_, target) => {
    expect(hop(target)).toEqual(INVITED);
    expect(hop('sip:g@10.0.1.40', [`<${target};lr>`])).toEqual(INVITED);
  });

  test('to another port of the gateway-side address, where a gateway may live beside us', () => {
    expect(hop('sip:g@10.0.0.11:5080')).toEqual({ address: '10.0.0.11', port: 5080 });
  });

  test('maddr is not obeyed', () => {
    expect(hop('sip:g@10.0.1.40;maddr=10.9.9.9')).toEqual({ address: '10.0.1.40', port: 5060 });
    expect(hop('sip:g@10.0.1.40', ['<sip:10.0.1.50;lr;maddr=10.9.9.9>'])).toEqual({
      address: '10.0.1.50',
      port: 5060,
    });
  });
});
