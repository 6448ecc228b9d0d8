import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipFault, SipMessage } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import type { Packet } from '../support/virtual-network.ts';
import { type Doors, isDoor, isInside, ONE_SITE } from './doors.ts';
import { isOutwards } from './outwards.ts';

/** A message at the edge of the site, in the order of cause and consequence. */
export type Seen = {
  readonly atMs: number;
  /** `in`: it has arrived at the site; `out`: it has left it. */
  readonly way: 'in' | 'out';
  readonly side: 'a' | 'b';
  readonly message: SipMessage;
  /** The address of the site, and the far end. */
  readonly door: Address;
  readonly far: Address;
  /** Where A is at several sites, the one that it was. */
  readonly site: number | undefined;
};

/** What is known of one caller's call, from the wire alone. */
export type Witnessed = { readonly callId: string; readonly seen: Seen[] };

export type Witness = {
  sent(atMs: number, packet: Packet, site?: number): void;
  arrived(atMs: number, packet: Packet, site?: number): void;
  /** Whether the far end of this leg was told that its INVITE rings. */
  isRung(side: Seen['side'], callId: string, cseq: number): boolean;
  readonly calls: ReadonlyMap<string, Witnessed>;
  /** Call-IDs of legs b that name no caller. */
  readonly unnamed: ReadonlySet<string>;
};

const messages = new WeakMap<Buffer, SipMessage | SipFault>();

/** Parses each datagram once, however often it is looked at. */
export function readOnce(bytes: Buffer): SipMessage | SipFault {
  const known = messages.get(bytes);
  if (known !== undefined) return known;
  const message = parse(bytes);
  messages.set(bytes, message);
  return message;
}

/** Stands at the edge of the site and sorts what passes by call. A Subject names the caller. */
export function witness(doors: Doors = ONE_SITE): Witness {
  const calls = new Map<string, Witnessed>();
  const legs = new Map<string, string>();
  const unnamed = new Set<string>();
  const keep = (
    atMs: number,
    way: Seen['way'],
    message: SipMessage,
    door: Address,
    far: Address,
    site: number | undefined,
  ) => {
    // Of its own accord the site sends probes, which belong to no call.
    if (isProbe(message)) return;
    const isOurs = way === 'out' && message.kind === 'request';
    const isNamed = isOurs || isJoin(message);
    const subject = isNamed ? headerValue(message.headers, 'subject') : undefined;
    const caller = legs.get(message.callId) ?? subject ?? message.callId;
    const side = isInside(doors, door) === isOutwards(caller) ? 'a' : 'b';
    if (side === 'b' && isNamed) {
      if (subject !== undefined) legs.set(message.callId, subject);
      else if (!legs.has(message.callId)) unnamed.add(message.callId);
    }
    const callId = side === 'a' ? message.callId : legs.get(message.callId);
    if (callId === undefined) return;
    const call = calls.get(callId) ?? { callId, seen: [] };
    calls.set(callId, call);
    call.seen.push({ atMs, way, side, message, door, far, site });
  };
  return {
    calls,
    unnamed,
    isRung(side, callId, cseq) {
      const name = side === 'a' ? callId : (legs.get(callId) ?? '');
      return (calls.get(name)?.seen ?? []).some(
        ({ way, message }) =>
          way === 'out' &&
          message.callId === callId &&
          message.kind === 'response' &&
          message.cseq.number === cseq &&
          message.status > 100 &&
          message.status < 200,
      );
    },
    sent(atMs, { bytes, from, to }, site) {
      const message = readOnce(bytes);
      if (message.kind !== 'fault' && isDoor(doors, from))
        keep(atMs, 'out', message, from, to, site);
    },
    arrived(atMs, { bytes, from, to }, site) {
      const message = readOnce(bytes);
      if (message.kind !== 'fault' && isDoor(doors, to)) keep(atMs, 'in', message, to, from, site);
    },
  };
}

/** Within a call OPTIONS goes to callers alone, and with a tag. */
function isProbe({ cseq, to }: SipMessage): boolean {
  return cseq.method === 'OPTIONS' && (to.tag === undefined || to.tag === 'opt');
}

/** A gateway's INVITE that wants the place of another one; its Subject names the caller too. */
export function isJoin(message: SipMessage): boolean {
  return message.kind === 'request' && headerValue(message.headers, 'replaces') !== undefined;
}

export function farName(far: Address): string {
  return writeAddress(far);
}
