import type { Address } from '../../sip/address.ts';

export type FreeswitchOptions = {
  readonly servers: readonly FreeswitchServer[];
  /** How many calls it has at one time. */
  readonly callsMax: number;
};

export type FreeswitchServer = {
  /** Its event socket. */
  readonly esl: Address;
  readonly secret: string;
  /** Where each of its channels connects to; port 0: any. */
  readonly listen: Address;
  /** By what address it reaches that place; absent: by that one. */
  readonly advertise: string | undefined;
  /** Its SIP profiles, by the names they have in its own configuration. */
  readonly profiles: Readonly<Record<Network, string>>;
};

export type Network = 'outside' | 'inside';
