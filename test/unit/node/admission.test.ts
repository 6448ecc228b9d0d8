import { describe, expect, test } from '@jest/globals';
import type { Gateway, Group } from '../../../lib/gateways/options.ts';
import { type Condition, REFUSALS } from '../../../lib/guard/refusals.ts';
import {
  ADMISSION,
  conditionsMarked,
  hopsLeft,
  type Inquiry,
  isEmergency,
  refusalOf,
} from '../../../lib/node/admission.ts';
import type { ListenerRole, ReceivedInvite } from '../../../lib/ports/sip-engine.ts';
import { legId } from '../../../lib/sip/ids.ts';
import { parse } from '../../../lib/sip/parse.ts';

function invite(uri: string, headers: readonly string[] = [], role: ListenerRole = 'anycast') {
  const text = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK1',
    'From: <sip:a@b>;tag=1',
    'To: <sip:112@c>',
    'Call-ID: one',
    'CSeq: 1 INVITE',
    ...headers,
    '',
    '',
  ];
  const request = parse(Buffer.from(text.join('\r\n')));
  if (request.kind !== 'request') throw new Error(`the test's own INVITE is a ${request.kind}`);
  const listener = { address: '192.0.2.112', port: 5060, transport: 'udp' as const, role };
  const received: ReceivedInvite = {
    leg: legId('a1'),
    request,
    receivedOn: {
      listener: { ...listener, advertise: undefined },
      source: { address: '203.0.113.7', port: 5060 },
    },
    raw: Buffer.alloc(0),
  };
  return received;
}

const office: Group = {
  name: 'office',
  gateways: [],
  emergency: false,
  failoverOn: [],
  lastResort: undefined,
};
const trunk = { name: 'x', source: [], offAnycast: 'always' as const };
const fine: Inquiry = {
  invite: invite('sip:200@c'),
  trunk,
  gateway: undefined,
  hasWayOut: false,
  replacesNothing: false,
  routed: office,
  emergency: false,
  isLoop: false,
  isBuried: false,
  standing: { isOverRate: false, isOverShare: false },
  isSuspect: false,
  isOverload: false,
  isDraining: false,
  callsNow: 0,
  callsMax: 10,
};
const conditionOf = (changes: Partial<Inquiry>) => refusalOf({ ...fine, ...changes })?.condition;

/** How each condition comes about. */
const CASES: Readonly<Record<Condition, Partial<Inquiry>>> = {
  loop: { isLoop: true },
  'from-gateway-side': { invite: invite('sip:200@c', [], 'gateway') },
  'replaces-nothing': { replacesNothing: true },
  'unknown-gateway': { invite: invite('sip:200@c', [], 'gateway'), hasWayOut: true },
  'cancelled-before-invite': { isBuried: true },
  'too-many-hops': { invite: invite('sip:200@c', ['Max-Forwards: 0']) },
  'unreadable-uri': { invite: invite('sip:200@2001:db8::10') },
  'unknown-source': { trunk: undefined },
  'unknown-extension': { invite: invite('sip:200@c', ['Require: timer, 100rel, foo']) },
  'interval-too-small': {
    invite: invite('sip:200@c', ['Supported: timer', 'Session-Expires: 89']),
  },
  'no-route': { routed: undefined },
  'over-rate': { standing: { isOverRate: true, isOverShare: false } },
  'over-share': { standing: { isOverRate: false, isOverShare: true } },
  draining: { isDraining: true },
  overload: { isOverload: true },
  full: { callsNow: 10 },
  reserved: { isSuspect: true, callsNow: 18 },
  exhausted: { callsNow: 20 },
};

describe('admission', () => {
  test('every row of the refusal table is reached by a check, and a plain call is placed', () => {
    expect(ADMISSION.map(({ condition }) => condition).toSorted()).toEqual(
      Object.keys(REFUSALS).toSorted(),
    );
    expect(refusalOf(fine)).toBeUndefined();
  });

  for (const [condition, changes] of Object.entries(CASES)) {
    test(`${condition}: an ordinary call is refused as the table says`, () => {
      const found = conditionOf(changes);
      // a site without any room is full first
      const isFull = condition === 'exhausted' || condition === 'reserved';
      expect(found).toBe(isFull ? 'full' : condition);
    });

    test(`${condition}: an emergency call is refused only where it cannot be placed`, () => {
      const found = conditionOf({ ...changes, emergency: true });
      const row = REFUSALS[condition as Condition].emergency;
      expect(found).toBe(row === 'place' || row === 'mark' ? undefined : condition);
    });
  }

  test('an emergency call that is over its share is marked with each condition of it', () => {
    const over = { ...fine, standing: { isOverRate: true, isOverShare: true } };
    expect(conditionsMarked({ ...over, emergency: true })).toEqual(['over-rate', 'over-share']);
    expect(conditionsMarked(over)).toEqual([]);
  });

  test('the last part of the room is kept for emergency calls that no mark is on', () => {
    const emergency = { emergency: true, isSuspect: true };
    expect(conditionOf({ ...emergency, callsNow: 17 })).toBeUndefined();
    expect(conditionOf({ ...emergency, callsNow: 18 })).toBe('reserved');
    expect(conditionOf({ emergency: true, callsNow: 19 })).toBeUndefined();
    expect(conditionOf({ emergency: true, callsNow: 20 })).toBe('exhausted');
  });

  test('an emergency call that comes while the node is late is placed and marked', () => {
    const late = { ...fine, emergency: true, isOverload: true };
    expect(refusalOf(late)).toBeUndefined();
    expect(conditionsMarked(late)).toEqual(['overload']);
  });

  test('the first check that refuses decides', () => {
    expect(conditionOf({ isBuried: true, trunk: undefined })).toBe('cancelled-before-invite');
  });

  test('what is an emergency call is decided by the listener, the service URN or the group', () => {
    expect(isEmergency(invite('urn:service:sos.fire'), undefined)).toBe(true);
    expect(isEmergency(invite('urn:service:sos'), office)).toBe(true);
    expect(isEmergency(invite('sip:112@c'), { ...office, emergency: true })).toBe(true);
    expect(isEmergency(invite('sip:112@c'), office)).toBe(false);
    const { receivedOn, ...rest } = invite('sip:12345@c');
    const listener = { ...receivedOn.listener, emergency: true };
    const there = { ...rest, receivedOn: { ...receivedOn, listener } };
    expect(isEmergency(there, undefined)).toBe(true);
    expect(isEmergency(invite('urn:service:test.sos'), undefined)).toBe(false);
  });

  test('the mark of a callback counts where a gateway has set it, and nowhere else', () => {
    const gateway = { name: 'psap' } as Gateway;
    const marked = invite('sip:+4670@c', ['Priority: psap-callback'], 'gateway');
    expect(isEmergency(marked, office, gateway)).toBe(true);
    expect(isEmergency(marked, office)).toBe(false);
    expect(isEmergency(invite('sip:+4670@c', [], 'gateway'), office, gateway)).toBe(false);
  });

  test('an INVITE without Max-Forwards, or with one that is no number, has 70 hops left [3261-8.1.1.6]', () => {
    expect(hopsLeft(invite('sip:x@y'))).toBe(70);
    expect(hopsLeft(invite('sip:x@y', ['Max-Forwards: abc']))).toBe(70);
    expect(hopsLeft(invite('sip:x@y', ['Max-Forwards: 12']))).toBe(12);
    expect(hopsLeft(invite('sip:x@y', ['Max-Forwards: 0']))).toBe(0);
  });
});
