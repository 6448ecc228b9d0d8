import type { Address } from '../../sip/address.ts';

export type RtpengineOptions = {
  readonly instances: readonly RtpengineInstance[];
  /** What each network is called where rtpengine is configured: its `interface` names. */
  readonly interfaces: { readonly outside: string; readonly inside: string };
  /** How many calls are anchored at one time. */
  readonly callsMax: number;
};

export type RtpengineInstance = {
  /** Where it listens for the ng protocol. */
  readonly ng: Address;
  /** Its share of the calls. */
  readonly weight: number;
};
