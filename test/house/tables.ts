/** A folder, the folders it may import from, and what it may take from Node itself. */
export type Room = {
  readonly folder: string;
  /** Folders whose values it may use. */
  readonly values: readonly string[];
  /** Folders of which it may use types alone. */
  readonly types: readonly string[];
  /** Modules of Node; absent: any of them. */
  readonly node: readonly string[] | undefined;
};

const PURE: readonly string[] = [];
const LIB = ['lib/base', 'lib/sip'];
const STATELESS = ['node:net'];

/**
 * Docs/ARCHITECTURE, the rooms. The longest folder that a file lies in decides, and a room may
 * always import from itself.
 */
export const ROOMS: readonly Room[] = [
  { folder: 'lib/base', values: [], types: [], node: ['node:crypto'] },
  { folder: 'lib/sip', values: ['lib/base'], types: [], node: ['node:crypto'] },
  { folder: 'lib/call', values: LIB, types: [], node: PURE },
  { folder: 'lib/ports', values: [], types: [...LIB, 'lib/call'], node: PURE },
  { folder: 'lib/guard', values: LIB, types: ['lib/ports'], node: STATELESS },
  { folder: 'lib/gateways', values: LIB, types: ['lib/ports'], node: PURE },
  {
    folder: 'lib/gateways/dns/client',
    values: [...LIB, 'lib/gateways/dns'],
    types: ['lib/ports'],
    node: ['node:dgram', 'node:net', 'node:fs'],
  },
  { folder: 'lib/cluster', values: LIB, types: ['lib/ports'], node: PURE },
  {
    folder: 'lib/cluster/links/tls',
    values: [...LIB, 'lib/cluster'],
    types: ['lib/ports'],
    node: ['node:tls', 'node:crypto'],
  },
  {
    folder: 'lib/cluster/redis',
    values: [...LIB, 'lib/cluster'],
    types: ['lib/ports'],
    node: PURE,
  },
  { folder: 'lib/media', values: LIB, types: ['lib/ports'], node: PURE },
  {
    folder: 'lib/media/rtpengine',
    values: [...LIB, 'lib/media'],
    types: ['lib/ports'],
    node: ['node:dgram', 'node:net'],
  },
  {
    folder: 'lib/media/freeswitch',
    values: [...LIB, 'lib/media'],
    types: ['lib/ports'],
    node: ['node:events', 'node:net'],
  },
  { folder: 'lib/engine/builtin', values: LIB, types: ['lib/ports'], node: undefined },
  { folder: 'lib/engine/builtin/proto', values: LIB, types: ['lib/ports'], node: PURE },
  {
    folder: 'lib/engine/drachtio',
    values: [...LIB, 'lib/engine/builtin/proto'],
    types: ['lib/ports'],
    node: ['node:net'],
  },
  {
    folder: 'lib/observe',
    values: [...LIB, 'lib/call'],
    types: ['lib/ports'],
    node: undefined,
  },
  {
    folder: 'lib/node',
    values: [...LIB, 'lib/call', 'lib/guard', 'lib/gateways'],
    types: ['lib/ports'],
    node: PURE,
  },
  { folder: 'config', values: LIB, types: ['lib'], node: undefined },
  { folder: 'apps', values: ['lib', 'config'], types: [], node: undefined },
];

/** The one folder that may name a third-party package. */
export const HOMES: Readonly<Record<string, string>> = {
  pino: 'lib/observe',
  'prom-client': 'lib/observe',
  'drachtio-srf': 'lib/engine/drachtio',
  'drachtio-fsmrf': 'lib/media/freeswitch',
  'drachtio-modesl': 'lib/media/freeswitch',
  convict: 'config',
  yaml: 'config',
  ioredis: 'lib/cluster/redis',
  'dns-packet': 'lib/gateways/dns/client',
};
