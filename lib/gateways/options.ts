import type { Brand } from '../base/brands.ts';
import type { UriText } from '../sip/ids.ts';
import type { Destination } from './dns/hop.ts';

export type GatewayName = Brand<string, 'GatewayName'>;

export type Gateway = {
  readonly name: GatewayName;
  readonly uri: UriText;
  /** What the URI says of where it is. */
  readonly destination: Destination;
  /** Whether what is too large for a datagram goes to it by TCP. Absent: it does not. */
  readonly largeByTcp?: boolean | undefined;
  /** Lower is tried first. */
  readonly priority: number;
};

/** A final status, or `transport` (could not be sent), or `timeout` (silence). */
export type FailoverCondition = number | 'transport' | 'timeout';

export type Group = {
  readonly name: string;
  readonly gateways: readonly GatewayName[];
  readonly emergency: boolean;
  /** Which failures of a gateway move the hunt on; `any` is every 3xx to 6xx, transport, timeout. */
  readonly failoverOn: readonly FailoverCondition[] | 'any';
  /** Tried when every gateway has failed. */
  readonly lastResort: Gateway | undefined;
};

/** The first route whose match holds decides. */
export type Route = {
  readonly match: /** The service URN itself and everything below it. [5031-4.1] */
    | { readonly urn: string }
    /** The user part of a sip or tel URI; `*` at the end stands for any ending. */
    | { readonly user: string };
  readonly group: string;
};
