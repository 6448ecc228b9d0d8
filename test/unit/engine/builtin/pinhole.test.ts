import { describe, expect, test } from '@jest/globals';
import { isBehindNat } from '../../../../lib/engine/builtin/pinhole.ts';
import type { ReceivedOn } from '../../../../lib/ports/sip-engine.ts';
import { requestOf } from './proto/sample.ts';

function arrivalFrom(source: string, via: string, contact: string, ...more: readonly string[]) {
  const request = requestOf(
    'INVITE sip:112@sbc.example SIP/2.0',
    `Via: SIP/2.0/UDP ${via};branch=z9hG4bK1`,
    'From: <sip:a@h>;tag=f',
    'To: <sip:b@h>',
    'Call-ID: c',
    'CSeq: 1 INVITE',
    `Contact: <sip:a@${contact}>`,
    ...more,
  );
  const at = { address: '192.0.2.112', port: 5060 };
  const receivedOn: ReceivedOn = {
    listener: { ...at, role: 'anycast', transport: 'udp', advertise: undefined },
    source: { address: source, port: 5060 },
  };
  return { request, receivedOn };
}

describe('who is behind NAT', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', false],
    ['192.0.2.7', '10.0.0.7', '10.0.0.7', true],
    ['192.0.2.7', '192.0.2.7', '10.0.0.7', true],
    ['192.0.2.7', 'phone.example', 'phone.example', false],
    ['192.0.2.7', '0.0.0.0', '192.0.2.7', true],
    ['2001:db8::7', '[2001:db8::7]', '[2001:db8::7]', false],
    ['2001:db8::7', '[2001:DB8:0:0::7]', '[2001:DB8:0:0::7]:5062', false],
    ['2001:db8::7', '[fd00::7]', '[fd00::7]', true],
    ['2001:db8::7', '[2001:db8::7]', '[fd00::7]', true],
    ['192.0.2.7', '[2001:db8::7]', '[2001:db8::7]', true],
  ])('heard from %s, Via %s, Contact %s: %s', (source, via, contact, expected) => {
    expect(isBehindNat(arrivalFrom(source, via, contact))).toBe(expected);
  });

  test('not by the Contact where a proxy stays in the way', () => {
    const route = 'Record-Route: <sip:192.0.2.7;lr>';
    expect(isBehindNat(arrivalFrom('192.0.2.7', '192.0.2.7', '10.0.0.7', route))).toBe(false);
  });
});
