import type { Brand } from '../base/brands.ts';
import type { UriText } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { Destination } from './dns/hop.ts';

export type GatewayName = Brand<string, 'GatewayName'>;

/** How a gateway is asked whether it lives. */
export type ProbeRules = {
  readonly everySec: number;
  /** Failures in a row after which it is down. */
  readonly downAfter: number;
  /** Answers in a row after which it comes back. */
  readonly upAfter: number;
  readonly timeoutMs: number;
};

export type Gateway = {
  readonly name: GatewayName;
  readonly uri: UriText;
  /** What the URI says of where it is. */
  readonly destination: Destination;
  /** Whether what is too large for a datagram goes to it by TCP. Absent: it does not. */
  readonly largeByTcp?: boolean | undefined;
  /** Lower is tried first. */
  readonly priority: number;
  /** Its share among those of one priority; absent or 0 everywhere: in the order of the group. */
  readonly weight?: number | undefined;
  /** Calls at once; absent: any number. */
  readonly callsMax?: number | undefined;
  /** What our INVITEs to it say besides. */
  readonly headers?: readonly Header[] | undefined;
  /** Absent: it is not asked, only real calls tell. */
  readonly probe?: ProbeRules | undefined;
};

/** A final status, or `transport` (could not be sent), or `timeout` (silence). */
export type FailoverCondition = number | 'transport' | 'timeout';

export type Group = {
  readonly name: string;
  readonly gateways: readonly GatewayName[];
  readonly emergency: boolean;
  /** Which failures of a gateway move the hunt on; `any` is every 3xx to 6xx, transport, timeout. */
  readonly failoverOn: readonly FailoverCondition[] | 'any';
  /** Whether a 3xx to another gateway of the site is followed, once. Absent: it is not. */
  readonly followRedirects?: boolean | undefined;
  /** Whether media of its calls crosses the site where the site anchors any. Absent: it does. */
  readonly anchor?: boolean | undefined;
  /** How RTP is protected toward its gateways. Absent: as the caller offers it. */
  readonly srtp?: 'as-offered' | 'none' | undefined;
  /** `service`: for the dialled emergency service URN, else for the first one. Absent: as dialled. */
  readonly asksFor?: 'service' | undefined;
  /** Whether REFER crosses, or that of a gateway is carried out here. Absent: it is refused. */
  readonly transfers?: 'pass' | 'execute' | undefined;
  /** Tried when every gateway has failed. */
  readonly lastResort: Gateway | undefined;
};

/** Where calls go that gateways make, as a PSAP does that calls somebody back. */
export type Callbacks = {
  readonly group: Group;
  /** Those of the group, reached from U; the others are no way out. */
  readonly gateways: readonly Gateway[];
};

/** What must hold of a call; all that is named must. */
export type RouteMatch = {
  /** The service URN itself and everything below it. [5031-4.1] */
  readonly urn?: string | undefined;
  /** The user part of a sip or tel URI; `*` at the end stands for any ending. */
  readonly user?: string | undefined;
  /** The configured trunk that it comes from. */
  readonly trunk?: string | undefined;
};

/** The first route whose match holds decides. */
export type Route = { readonly match: RouteMatch; readonly group: string };
