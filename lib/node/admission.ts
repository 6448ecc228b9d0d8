import { isMarkedAsCallback } from '../call/callback-mark.ts';
import type { Gateway, Group } from '../gateways/options.ts';
import { isUnder, SOS } from '../gateways/routes.ts';
import type { Arrived } from '../guard/loop-guard.ts';
import { type Condition, REFUSALS, type Refused } from '../guard/refusals.ts';
import type { ScannerMark } from '../guard/scanner-marks.ts';
import type { Standing } from '../guard/shares.ts';
import type { Trunk } from '../guard/trunks.ts';
import { headerValue } from '../sip/headers.ts';
import { unknownTags } from '../sip/option-tags.ts';
import { isIntervalTooSmall } from '../sip/session-expires.ts';
import { isSip, parseUri } from '../sip/uri.ts';

/** What is known of a new call when it is admitted or not. */
export type Inquiry = {
  readonly invite: Arrived;
  readonly trunk: Trunk | undefined;
  /** The gateway that calls outwards. Absent: it comes from elsewhere. */
  readonly gateway: Gateway | undefined;
  /** Whether there is a group for calls outwards. */
  readonly hasWayOut: boolean;
  /** It is a gateway's that wants the place of another one in a call that is not here. */
  readonly replacesNothing: boolean;
  /** The group that the routes name; absent: none. */
  readonly routed: Group | undefined;
  readonly emergency: boolean;
  readonly isLoop: boolean;
  readonly isBuried: boolean;
  readonly standing: Standing;
  /** Something about the call itself says that it is part of a flood or a scan. */
  readonly isSuspect: boolean;
  /** The node is late, and this call is among those that it does not take. */
  readonly isOverload: boolean;
  readonly isDraining: boolean;
  readonly callsNow: number;
  readonly callsMax: number;
};

type Check = {
  readonly condition: Condition;
  readonly applies: (inquiry: Inquiry) => boolean;
};

/** The order of admission: the first condition that applies and refuses decides. */
export const ADMISSION: readonly Check[] = [
  { condition: 'loop', applies: ({ isLoop }) => isLoop },
  { condition: 'replaces-nothing', applies: ({ replacesNothing }) => replacesNothing },
  { condition: 'from-gateway-side', applies: (inquiry) => isInside(inquiry) && !inquiry.hasWayOut },
  {
    condition: 'unknown-gateway',
    applies: (inquiry) => isInside(inquiry) && inquiry.gateway === undefined,
  },
  { condition: 'cancelled-before-invite', applies: ({ isBuried }) => isBuried },
  { condition: 'too-many-hops', applies: ({ invite }) => hopsLeft(invite) === 0 },
  {
    condition: 'unknown-source',
    applies: (inquiry) => inquiry.trunk === undefined && !isInside(inquiry),
  },
  { condition: 'unknown-extension', applies: ({ invite }) => requiredExtensions(invite) !== '' },
  {
    condition: 'interval-too-small',
    applies: ({ invite }) => isIntervalTooSmall(invite.request.headers),
  },
  { condition: 'unreadable-uri', applies: isUnreadable },
  { condition: 'no-route', applies: ({ routed }) => routed === undefined },
  { condition: 'over-rate', applies: ({ standing }) => standing.isOverRate },
  { condition: 'over-share', applies: ({ standing }) => standing.isOverShare },
  { condition: 'draining', applies: ({ isDraining }) => isDraining },
  { condition: 'overload', applies: ({ isOverload }) => isOverload },
  { condition: 'full', applies: ({ callsNow, callsMax }) => callsNow >= callsMax },
  { condition: 'reserved', applies: isBeyondItsRoom },
  { condition: 'exhausted', applies: ({ callsNow, callsMax }) => callsNow >= 2 * callsMax },
];

/** The refusal of a call that is not placed; undefined: it is placed. */
export function refusalOf(inquiry: Inquiry): Refused | undefined {
  for (const { condition, applies } of ADMISSION) {
    const refused = applies(inquiry) ? refusedFor(condition, inquiry.emergency) : undefined;
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** Undefined: such a call is placed all the same. */
export function refusedFor(condition: Condition, emergency: boolean): Refused | undefined {
  const refusal = REFUSALS[condition][emergency ? 'emergency' : 'ordinary'];
  return refusal === 'place' || refusal === 'mark' ? undefined : { condition, refusal };
}

/** Something suspicious about a call that goes on all the same. */
export type Mark = Condition | ScannerMark;

/** What an ordinary call would have been refused for, where the row says that it is to be told. */
export function conditionsMarked(inquiry: Inquiry): readonly Mark[] {
  if (!inquiry.emergency) return [];
  return ADMISSION.filter(
    ({ condition, applies }) => REFUSALS[condition].emergency === 'mark' && applies(inquiry),
  ).map(({ condition }) => condition);
}

/**
 * Whether a call is an emergency call: by the listener it came to, by the service that was dialled
 * whatever the routes say, by the group that it is routed to, or by the mark of a callback where a
 * gateway has set it; from outside that mark says nothing. Decided before any refusal.
 */
export function isEmergency(
  { request, receivedOn }: Arrived,
  routed: Group | undefined,
  gateway?: Gateway,
): boolean {
  if (receivedOn.listener.emergency === true || routed?.emergency === true) return true;
  if (gateway !== undefined && isMarkedAsCallback(request.headers)) return true;
  return isUnder(request.uri, SOS);
}

/** The Max-Forwards of the INVITE; absent or unreadable counts as 70. [3261-8.1.1.6] */
export function hopsLeft({ request }: Arrived): number {
  const text = headerValue(request.headers, 'max-forwards');
  if (text === undefined || text === '') return 70;
  const hops = Number(text);
  return Number.isInteger(hops) && hops >= 0 && hops <= 255 ? hops : 70;
}

/** The option tags that the caller requires and that are unknown to us; empty: none. */
export function requiredExtensions({ request }: Arrived): string {
  return unknownTags(request.headers).join(', ');
}

/** Of the room that emergency calls have beyond `callsMax`, what a flood may take. */
const FLOOD_SHARE = 0.75;

function isBeyondItsRoom({ isSuspect, callsNow, callsMax }: Inquiry): boolean {
  return isSuspect && callsNow >= (1 + FLOOD_SHARE) * callsMax;
}

/** `sip:2001:db8::10`, where the brackets are missing: nobody can tell the host from the port. */
function isUnreadable({ invite: { request } }: Inquiry): boolean {
  return isSip(request.uri) && parseUri(request.uri).kind === 'other';
}

function isInside({ invite }: Inquiry): boolean {
  return invite.receivedOn.listener.role === 'gateway';
}
