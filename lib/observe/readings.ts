import type { LogFile } from './counters.ts';

/** What is true at this moment; asked only when somebody looks. */
export type Present = {
  readonly callsActive: number;
  readonly lagMs: number;
  /** The share of ordinary calls that is refused for it, from 0 to 1. */
  readonly refusedShare: number;
  /** Connections of streams that there are. */
  readonly connections: readonly {
    readonly role: string;
    readonly direction: string;
    readonly count: number;
  }[];
  /** Those that there are not, since the start, by the limit they would have broken. */
  readonly connectionsRefused: Readonly<Record<string, number>>;
  /** Those that we ended, since the start, by the reason. */
  readonly connectionsGivenUp: Readonly<Record<string, number>>;
  readonly gateways: readonly {
    readonly name: string;
    readonly belief: string;
    readonly restsMs: number;
    /** Absent: it has answered no probe. */
    readonly rttMs: number | undefined;
    readonly callsNow: number;
  }[];
  readonly peers: readonly {
    readonly name: string;
    readonly isUp: boolean;
    /** Absent: it is down, or nothing has been measured yet. */
    readonly rttMs: number | undefined;
  }[];
  /** Unix milliseconds; absent: nothing speaks TLS here. */
  readonly certificateUntil: number | undefined;
};

export type Known = Present & { readonly linesLost: Readonly<Record<LogFile, number>> };

export type Metric = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
};

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** A metric that is read off the node when somebody asks. */
export type Reading = Metric & { readonly read: (known: Known) => readonly Sample[] };

export const READINGS: readonly Reading[] = [
  {
    name: 'landfall_certificate_end_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the certificate of this site ends, Unix time; absent where nothing speaks TLS.',
    read: ({ certificateUntil: until }) =>
      until === undefined ? [] : [{ labels: {}, value: until / 1000 }],
  },
  {
    name: 'landfall_calls_active',
    type: 'gauge',
    labels: [],
    help: 'Calls that have not ended.',
    read: ({ callsActive }) => [{ labels: {}, value: callsActive }],
  },
  {
    name: 'landfall_lag_seconds',
    type: 'gauge',
    labels: [],
    help: 'How long what arrives waits before this node reads it.',
    read: ({ lagMs }) => [{ labels: {}, value: lagMs / 1000 }],
  },
  {
    name: 'landfall_overload_refused_share',
    type: 'gauge',
    labels: [],
    help: 'The share of ordinary calls that is refused since the node cannot keep up, 0 to 1.',
    read: ({ refusedShare }) => [{ labels: {}, value: refusedShare }],
  },
  {
    name: 'landfall_connections',
    type: 'gauge',
    labels: ['role', 'direction'],
    help: 'Connections that are open or being opened, by listener and by who opened them.',
    read: ({ connections }) =>
      connections.map(({ role, direction, count }) => ({
        labels: { role, direction },
        value: count,
      })),
  },
  {
    name: 'landfall_connections_refused_total',
    type: 'counter',
    labels: ['limit'],
    help: 'Connections refused, and those not opened, by the limit they would have broken.',
    read: ({ connectionsRefused }) => samplesOf('limit', connectionsRefused),
  },
  {
    name: 'landfall_connections_given_up_total',
    type: 'counter',
    labels: ['why'],
    help: 'Connections that this node ended: crowded out, late with a message, unread or dead.',
    read: ({ connectionsGivenUp }) => samplesOf('why', connectionsGivenUp),
  },
  {
    name: 'landfall_gateway_up',
    type: 'gauge',
    labels: ['gateway'],
    help: 'Whether a gateway is tried before those that are down or rest: 1, else 0.',
    read: ({ gateways }) =>
      gateways.map(({ name, belief, restsMs }) => {
        return { labels: { gateway: name }, value: belief === 'down' || restsMs > 0 ? 0 : 1 };
      }),
  },
  {
    name: 'landfall_gateway_rtt_seconds',
    type: 'gauge',
    labels: ['gateway'],
    help: 'The smoothed round trip of the probes of a gateway.',
    read: ({ gateways }) =>
      gateways.flatMap(({ name, rttMs }) =>
        rttMs === undefined ? [] : [{ labels: { gateway: name }, value: rttMs / 1000 }],
      ),
  },
  {
    name: 'landfall_gateway_calls',
    type: 'gauge',
    labels: ['gateway'],
    help: 'The calls that are at a gateway, those that ring included.',
    read: ({ gateways }) =>
      gateways.map(({ name, callsNow }) => ({ labels: { gateway: name }, value: callsNow })),
  },
  {
    name: 'landfall_peer_up',
    type: 'gauge',
    labels: ['peer'],
    help: 'Whether there is a link to a peer: 1, else 0.',
    read: ({ peers }) =>
      peers.map(({ name, isUp }) => ({ labels: { peer: name }, value: isUp ? 1 : 0 })),
  },
  {
    name: 'landfall_peer_rtt_seconds',
    type: 'gauge',
    labels: ['peer'],
    help: 'The smoothed round trip on the link to a peer.',
    read: ({ peers }) =>
      peers.flatMap(({ name, rttMs }) =>
        rttMs === undefined ? [] : [{ labels: { peer: name }, value: rttMs / 1000 }],
      ),
  },
  {
    name: 'landfall_log_lost_total',
    type: 'counter',
    labels: ['file'],
    help: 'Records, and lines of the log, that could not be written.',
    read: ({ linesLost }) => samplesOf('file', linesLost),
  },
];

function samplesOf(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
