import { describe, expect, test } from '@jest/globals';
import { octetsOfText } from '../../../lib/base/brands.ts';
import { type Arrived, loopGuard, type SentOut } from '../../../lib/guard/loop-guard.ts';
import { sipCallId, type Tag, uriText } from '../../../lib/sip/ids.ts';
import { type ClusterKey, type KeyId, tokenMint } from '../../../lib/sip/owner-token.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { type InviteParts, someInvite } from './some-invite.ts';

const KEYS: readonly ClusterKey[] = [{ id: 'k1' as KeyId, secret: Buffer.alloc(32, 7) }];
const keysNow = () => KEYS;
const SESSION = 'v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\n';
const OURS = sipCallId('3f2a');
const { rng } = new VirtualWorld(1).world;
const mint = (site: number, emergency: boolean): Tag =>
  tokenMint({ keys: KEYS, site, epoch: 7, rng })(emergency, OURS).tag;

/** Our INVITE as a proxy sends it on. */
const throughProxy = (tag: Tag): InviteParts => ({
  callId: OURS,
  from: `<sip:a@b>;tag=${tag}`,
  vias: [`SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bK${tag}.1`],
  contact: `<sip:${tag}@10.0.0.11:5060>`,
});

const GATEWAY = '10.0.1.31';

/** An INVITE as it came from an address, by default not that of the gateway. */
function arrived(parts: InviteParts = {}, address = '203.0.113.7'): Arrived {
  const listener = {
    address: '192.0.2.112',
    port: 5060,
    transport: 'udp',
    role: 'anycast',
  } as const;
  const source = { address, port: 5060 };
  return {
    request: someInvite(parts),
    receivedOn: { listener: { ...listener, advertise: undefined }, source },
  };
}

const sentOut = (tag: Tag, emergency: boolean): SentOut => ({
  callId: OURS,
  tag,
  caller: uriText('sip:+46701234567@op.example'),
  body: octetsOfText(SESSION),
  sentTo: { address: GATEWAY, port: 5060 },
  emergency,
  uri: uriText(emergency ? 'sip:112@x' : 'sip:200@x'),
  group: emergency ? 'psap' : 'office',
});

describe('the loop guard', () => {
  test('If the request contains a Via header field with a value placed into previous requests by this element, the request has either looped or is legitimately spiraling through it. [3261-16.3]', () => {
    const tag = mint(1, true);
    const guard = loopGuard(keysNow);
    guard.sent(sentOut(tag, true));
    const back = arrived({ ...throughProxy(tag), from: '<sip:a@b>;tag=1', contact: '<sip:x>' });
    expect(guard.isLoop(back, true, 'psap')).toBe(true);
    expect(guard.isLoop(back, true, 'another')).toBe(false);
  });

  test('the INVITE of another site is known by its token alone', () => {
    const guard = loopGuard(keysNow);
    const back = arrived(throughProxy(mint(2, true)));
    expect(guard.isLoop(back, true, 'psap')).toBe(true);
    // an ordinary call that has become an emergency call is on its way somewhere else
    expect(guard.isLoop(arrived(throughProxy(mint(2, false))), true, 'psap')).toBe(false);
  });

  test.each([
    ['its From-tag', { callId: 'new', vias: [], contact: '<sip:x@y>' }],
    ['its Contact user', { callId: 'new', vias: [], from: '<sip:a@b>;tag=new' }],
    ['its Call-ID', { vias: [], from: '<sip:a@b>;tag=new', contact: '<sip:x@y>' }],
    ['its branch', { callId: 'new', from: '<sip:a@b>;tag=new', contact: '<sip:x@y>' }],
  ])('of what a B2BUA leaves, %s alone is enough while the INVITE is out', (_, left) => {
    const tag = mint(1, true);
    const guard = loopGuard(keysNow);
    const back = arrived({ ...throughProxy(tag), ...left });
    guard.sent(sentOut(tag, true));
    expect(guard.isLoop(back, true, 'psap')).toBe(true);
    guard.forget(OURS);
    expect(guard.isLoop(back, true, 'psap')).toBe(false);
    expect(guard.size()).toBe(0);
  });

  test('a forged token makes no loop, nor one that was moved to another call', () => {
    const tag = mint(1, true);
    const guard = loopGuard(keysNow);
    const moved = arrived({ ...throughProxy(tag), callId: 'another' });
    expect(guard.isLoop(moved, true, 'psap')).toBe(false);
    const forged = `v1k1.b.e.h.abcdefgh.${'a'.repeat(16)}` as Tag;
    expect(guard.isLoop(arrived(throughProxy(forged)), true, 'psap')).toBe(false);
    expect(guard.isLoop(arrived(), true, 'psap')).toBe(false);
  });

  test('an ordinary call that a callee has forwarded spirals, one for the same callee loops', () => {
    const tag = mint(1, false);
    const guard = loopGuard(keysNow);
    guard.sent(sentOut(tag, false));
    const backFor = (user: string) =>
      arrived({ ...throughProxy(tag), uri: `sip:${user}@192.0.2.112` });
    expect(guard.isLoop(backFor('200'), false, 'office')).toBe(true);
    expect(guard.isLoop(backFor('300'), false, 'office')).toBe(false);
    expect(guard.isLoop(backFor('112'), true, 'psap')).toBe(false);
  });

  test('a B2BUA that keeps no name of ours is known by whom it calls for, and what with', () => {
    const guard = loopGuard(keysNow);
    guard.sent(sentOut(mint(1, true), true));
    const from = '"A" <sip:+46701234567@b2bua.example>;tag=new';
    const back = { callId: 'new', from, body: SESSION };
    expect(guard.isLoop(arrived(back, GATEWAY), true, 'psap')).toBe(true);
    const others = [
      arrived(back),
      arrived({ ...back, body: `${SESSION}s=another\r\n` }, GATEWAY),
      arrived({ ...back, from: '<sip:+46709999999@b2bua.example>;tag=new' }, GATEWAY),
      arrived({ ...back, body: '' }, GATEWAY),
    ];
    expect(others.map((one) => guard.isLoop(one, true, 'psap'))).toEqual(others.map(() => false));
    guard.forget(OURS);
    expect(guard.isLoop(arrived(back, GATEWAY), true, 'psap')).toBe(false);
  });

  test('a gateway may send a call on to somebody outside, and not to whom the caller dialled', () => {
    const guard = loopGuard(keysNow);
    guard.sent(sentOut(mint(1, true), true));
    const onItsWay = (uri: string): Arrived => {
      const { request, receivedOn } = arrived({ callId: OURS, uri }, GATEWAY);
      const listener = { ...receivedOn.listener, role: 'gateway' } as const;
      return { request, receivedOn: { ...receivedOn, listener } };
    };
    expect(guard.isLoop(onItsWay('sip:112@10.0.0.11'), false, 'carriers')).toBe(true);
    expect(guard.isLoop(onItsWay('sip:112@10.0.0.11'), true, 'carriers')).toBe(true);
    expect(guard.isLoop(onItsWay('sip:+46709999999@10.0.0.11'), false, 'carriers')).toBe(false);
  });

  test('two callers who hide their number are two', () => {
    const guard = loopGuard(keysNow);
    const caller = uriText('sip:anonymous@anonymous.invalid');
    guard.sent({ ...sentOut(mint(1, true), true), caller });
    const from = '<sip:anonymous@anonymous.invalid>;tag=new';
    const other = arrived({ callId: 'new', from, body: SESSION }, GATEWAY);
    expect(guard.isLoop(other, true, 'psap')).toBe(false);
  });

  test('a heap of made-up tokens is not looked through to its end', () => {
    const tag = mint(2, true);
    const guard = loopGuard(keysNow);
    const forged = `z9hG4bKv1k1.b.e.h.abcdefgh.${'a'.repeat(16)}.1`;
    const via = (branch: string) => `SIP/2.0/UDP 10.0.0.11:5060;branch=${branch}`;
    const heap = Array.from({ length: 40 }, () => via(forged));
    const invite = { callId: OURS, vias: [...heap, via(`z9hG4bK${tag}.1`)] };
    expect(guard.isLoop(arrived(invite), true, 'psap')).toBe(false);
    const onTop = { callId: OURS, vias: [via(`z9hG4bK${tag}.1`), ...heap] };
    expect(guard.isLoop(arrived(onTop), true, 'psap')).toBe(true);
  });

  test('remembers no more names than it may', () => {
    const guard = loopGuard(keysNow, 10);
    for (let call = 0; call < 100; call += 1) guard.sent(sentOut(mint(1, true), true));
    expect(guard.size()).toBe(10);
  });
});
