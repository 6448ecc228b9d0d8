import { describe, expect, test } from '@jest/globals';
import { tombstones } from '../../../lib/guard/tombstones.ts';
import { trunkFinder } from '../../../lib/guard/trunks.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const source = { address: '203.0.113.7', port: 5060 };

function request(method: string, branch: string): SipRequest {
  const parsed = parse(
    Buffer.from(
      `${method} sip:112@c SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=${branch}\r\nFrom: <sip:a@b>;tag=1\r\n` +
        `To: <sip:112@c>\r\nCall-ID: one\r\nCSeq: 1 ${method}\r\n\r\n`,
    ),
  );
  if (parsed.kind !== 'request') throw new Error(`the test's own request is a ${parsed.kind}`);
  return parsed;
}

describe('tombstones', () => {
  test('the CANCEL and its INVITE agree in Call-ID, From-tag, CSeq number and branch [3261-9.1]', () => {
    const graves = tombstones(new VirtualWorld(1).world.clock);
    graves.bury(request('CANCEL', 'z9hG4bK1'), source);
    expect(graves.isBuried(request('INVITE', 'z9hG4bK2'), source)).toBe(false);
    const elsewhere = { address: '203.0.113.8', port: 5060 };
    expect(graves.isBuried(request('INVITE', 'z9hG4bK1'), elsewhere)).toBe(false);
    expect(graves.isBuried(request('INVITE', 'z9hG4bK1'), source)).toBe(true);
    expect(graves.isBuried(request('INVITE', 'z9hG4bK1'), source)).toBe(false);
  });

  test('a tombstone stands for 32 seconds', () => {
    const time = new VirtualWorld(1);
    const graves = tombstones(time.world.clock);
    graves.bury(request('CANCEL', 'z9hG4bK1'), source);
    time.runUntil(32_000);
    expect(graves.isBuried(request('INVITE', 'z9hG4bK1'), source)).toBe(false);
  });

  test('never more than 10,000 stand; the oldest goes first', () => {
    const graves = tombstones(new VirtualWorld(1).world.clock);
    for (let number = 0; number <= 10_000; number += 1) {
      graves.bury(request('CANCEL', `z9hG4bK${number}`), source);
    }
    expect(graves.isBuried(request('INVITE', 'z9hG4bK0'), source)).toBe(false);
    expect(graves.isBuried(request('INVITE', 'z9hG4bK1'), source)).toBe(true);
  });
});

describe('trunks', () => {
  test('a source belongs to the first trunk that names it, by address or range', () => {
    const find = trunkFinder([
      { name: 'one', source: ['203.0.113.7'], offAnycast: 'always' },
      { name: 'two', source: ['203.0.113.0/24', '2001:db8::/32'], offAnycast: 'sticky' },
    ]);
    expect(find({ address: '203.0.113.7' })?.name).toBe('one');
    expect(find({ address: '203.0.113.8' })?.name).toBe('two');
    expect(find({ address: '2001:db8::1' })?.name).toBe('two');
    expect(find({ address: '198.51.100.1' })).toBeUndefined();
  });

  test('a certificate says more than an address, and an unknown one says nothing', () => {
    const find = trunkFinder([
      { name: 'one', source: ['203.0.113.7'], offAnycast: 'always' },
      { name: 'two', source: [], certificates: ['op.example'], offAnycast: 'always' },
    ]);
    const from = (address: string, ...certified: readonly string[]) =>
      find({ address, certified })?.name;
    expect(from('203.0.113.7', 'other.example', 'op.example')).toBe('two');
    expect(from('198.51.100.1', 'op.example')).toBe('two');
    expect(from('203.0.113.7', 'other.example')).toBe('one');
    expect(from('198.51.100.1', 'other.example')).toBeUndefined();
  });
});
