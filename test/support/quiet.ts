import type { Present } from '../../lib/observe/readings.ts';

/** A node at which nothing happens. */
export const QUIET: Present = {
  callsActive: 0,
  lagMs: 0,
  refusedShare: 0,
  connections: [],
  connectionsRefused: {},
  connectionsGivenUp: {},
  gateways: [],
  peers: [],
  certificateUntil: undefined,
};
