import type { Host } from '../../../apps/lab/caller-line.ts';

const NET = '127.45.0';

export type Transport = 'UDP' | 'TCP' | 'TLS';

export const A = `${NET}.112`;
export const U = `${NET}.11`;
export const GATEWAY_SIDE = `${NET}.21`;
export const ADMIN = `${NET}.1:8112`;
export const PORT_OF: Readonly<Record<Transport, number>> = { UDP: 5060, TCP: 5060, TLS: 5061 };

/** Of the trunk; a stream leaves from any port of the same address. */
export const CALLERS = [101, 102, 103, 104].map((host) => `${NET}.${host}`);
export const STICKY_CALLER = '127.45.1.101';
/** Whom no trunk names: they reach emergency groups alone. */
export const STRANGERS = Array.from({ length: 20 }, (_, at) => `127.45.7.${at + 1}`);

/** Gateways by the name that is dialled; `fickle` refuses or is silent when a scenario wants it. */
export const GATEWAYS = {
  main: { host: `${NET}.31`, port: 5080 },
  fickle: { host: `${NET}.32`, port: 5080 },
  tcp: { host: `${NET}.33`, port: 5080 },
  tls: { host: `${NET}.34`, port: 5081 },
  /** It listens on UDP and TCP: an emergency INVITE is often large. */
  psap: { host: `${NET}.35`, port: 5080 },
  /** Outside: PSAPs call back through it. */
  carrier: { host: `${NET}.41`, port: 5080 },
} as const satisfies Readonly<Record<string, Host>>;

export const SOURCES = { trunk: `${NET}.0/24`, sticky: '127.45.1.0/24' };
