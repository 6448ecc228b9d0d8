/** Whose doing the end of a call was. A call that was talked on and hung up is nobody's fault. */
export type Fault = 'none' | 'caller' | 'callee' | 'gateway' | 'us' | 'unknown';

export type EndReason =
  | 'caller-hung-up'
  | 'callee-hung-up'
  | 'caller-cancelled'
  | 'cancelled-before-invite'
  | 'message-delivered'
  | 'callee-busy'
  | 'callee-declined'
  | 'callee-unavailable'
  | 'callee-not-found'
  | 'callee-did-not-answer'
  | 'gateway-refused'
  | 'gateways-exhausted'
  | 'caller-never-acknowledged'
  | 'caller-lost'
  | 'gateway-lost'
  | 'engine-lost'
  | 'transfer-failed'
  | 'media-failed'
  | 'malformed'
  | 'too-many-hops'
  | 'unknown-extension'
  | 'interval-too-small'
  | 'unknown-source'
  | 'no-route'
  | 'loop'
  | 'over-rate'
  | 'over-share'
  | 'overloaded'
  | 'full'
  | 'draining'
  | 'from-gateway-side'
  | 'unknown-gateway'
  | 'replaces-nothing'
  | 'another-site-has-it'
  | 'hung-up-at-shutdown'
  | 'bug';

/** How a call came to its end; each call has exactly one. */
export type Termination = {
  readonly fault: Fault;
  readonly reason: EndReason;
  /** The final status the caller got for its INVITE. */
  readonly status: number;
};

/** Who answers for what. One row a reason; nothing ends a call without standing here. */
export const FAULT_OF: Readonly<Record<EndReason, Fault>> = {
  'caller-hung-up': 'none',
  'callee-hung-up': 'none',
  'caller-cancelled': 'caller',
  'cancelled-before-invite': 'caller',
  'message-delivered': 'none',
  'callee-busy': 'callee',
  'callee-declined': 'callee',
  'callee-unavailable': 'callee',
  'callee-not-found': 'callee',
  'callee-did-not-answer': 'callee',
  'gateway-refused': 'gateway',
  'gateways-exhausted': 'gateway',
  'caller-never-acknowledged': 'caller',
  'caller-lost': 'caller',
  'gateway-lost': 'gateway',
  'engine-lost': 'us',
  'transfer-failed': 'gateway',
  'media-failed': 'us',
  malformed: 'caller',
  'too-many-hops': 'caller',
  'unknown-extension': 'caller',
  'interval-too-small': 'caller',
  'unknown-source': 'caller',
  'no-route': 'caller',
  loop: 'gateway',
  'over-rate': 'caller',
  'over-share': 'caller',
  overloaded: 'us',
  full: 'us',
  draining: 'us',
  'from-gateway-side': 'gateway',
  'unknown-gateway': 'caller',
  'replaces-nothing': 'gateway',
  'another-site-has-it': 'none',
  'hung-up-at-shutdown': 'us',
  bug: 'us',
};

export function terminated(reason: EndReason, status: number): Termination {
  return { fault: FAULT_OF[reason], reason, status };
}

/** What a gateway's final status says about the end of an ordinary call that does not hunt on. */
export function reasonOfStatus(status: number): EndReason {
  if (status === 486 || status === 600) return 'callee-busy';
  if (status === 403 || status === 603 || status === 607 || status === 608) {
    return 'callee-declined';
  }
  if (status === 480 || status === 408) return 'callee-unavailable';
  if (status === 404 || status === 410 || status === 484 || status === 604) {
    return 'callee-not-found';
  }
  return 'gateway-refused';
}
