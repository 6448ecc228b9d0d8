/** Why a new call might not be placed. */
export type Condition =
  | 'loop'
  | 'cancelled-before-invite'
  | 'from-gateway-side'
  | 'unknown-gateway'
  | 'replaces-nothing'
  | 'too-many-hops'
  | 'unreadable-uri'
  | 'unknown-extension'
  | 'interval-too-small'
  | 'unknown-source'
  | 'no-route'
  | 'over-rate'
  | 'over-share'
  | 'draining'
  | 'overload'
  | 'full'
  | 'reserved'
  | 'exhausted';

export type Refusal = {
  readonly status: number;
  /** The text of the Warning. */
  readonly says: string;
  /** Whether a jittered Retry-After is added. */
  readonly retryLater?: true;
};

/** What a call was refused for. */
export type Refused = { readonly condition: Condition; readonly refusal: Refusal };

export type Row = {
  readonly ordinary: Refusal;
  /** The emergency call goes on all the same; `mark`: and its record says so. */
  readonly emergency: Refusal | 'place' | 'mark';
};

/**
 * Every refusal that the node can give to an INVITE. The emergency column refuses only what cannot
 * be placed at all. Overload says 500: a 503 would tell a carrier to send nothing to A, 112
 * included.
 */
export const REFUSALS: Readonly<Record<Condition, Row>> = {
  // What is refused is our own INVITE; the call that it belongs to hunts on.
  loop: {
    ordinary: { status: 482, says: 'this INVITE of ours has come back' },
    emergency: { status: 482, says: 'this INVITE of ours has come back' },
  },
  'cancelled-before-invite': {
    ordinary: { status: 487, says: 'this call was cancelled before its INVITE came' },
    emergency: { status: 487, says: 'this call was cancelled before its INVITE came' },
  },
  'from-gateway-side': {
    ordinary: { status: 403, says: 'calls from the gateway side are not placed' },
    emergency: { status: 403, says: 'calls from the gateway side are not placed' },
  },
  'replaces-nothing': {
    ordinary: { status: 481, says: 'the call that this INVITE is to join is not here' },
    emergency: { status: 481, says: 'the call that this INVITE is to join is not here' },
  },
  // Whoever is no gateway has no way out of the site, whatever it says of the call.
  'unknown-gateway': {
    ordinary: { status: 403, says: 'this source is no gateway of this site' },
    emergency: { status: 403, says: 'this source is no gateway of this site' },
  },
  'too-many-hops': {
    ordinary: { status: 483, says: 'Max-Forwards is 0' },
    emergency: { status: 483, says: 'Max-Forwards is 0' },
  },
  'unreadable-uri': {
    ordinary: { status: 400, says: 'the host of the Request-URI cannot be read' },
    emergency: 'place',
  },
  'unknown-extension': {
    ordinary: { status: 420, says: 'a required extension is not supported' },
    emergency: 'place',
  },
  // An emergency call goes on without a session timer on that leg. [4028-9]
  'interval-too-small': {
    ordinary: { status: 422, says: 'the session interval is less than Min-SE' },
    emergency: 'place',
  },
  'unknown-source': {
    ordinary: { status: 403, says: 'this source reaches emergency services only' },
    emergency: 'place',
  },
  'no-route': {
    ordinary: { status: 404, says: 'no route matches the dialled address' },
    emergency: 'place',
  },
  'over-rate': {
    ordinary: { status: 500, says: 'too many calls a second from this source', retryLater: true },
    emergency: 'mark',
  },
  'over-share': {
    ordinary: { status: 500, says: 'too many calls at once from this source', retryLater: true },
    emergency: 'mark',
  },
  draining: {
    ordinary: { status: 500, says: 'this site is draining', retryLater: true },
    emergency: 'place',
  },
  // The node itself is late: it is told in the record of an emergency call, which may be slow.
  overload: {
    ordinary: { status: 500, says: 'this site cannot keep up', retryLater: true },
    emergency: 'mark',
  },
  full: {
    ordinary: { status: 500, says: 'too many calls at this site', retryLater: true },
    emergency: 'place',
  },
  // Whoever floods the site with emergency calls does not take the last of its room.
  reserved: {
    ordinary: { status: 500, says: 'too many calls at this site', retryLater: true },
    emergency: { status: 500, says: 'the room left is for callers within their share' },
  },
  exhausted: {
    ordinary: { status: 500, says: 'no room for another call at this site', retryLater: true },
    emergency: { status: 500, says: 'no room for another call at this site' },
  },
};
