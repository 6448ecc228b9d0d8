import { type ConnectionCounts, noConnectionCounts } from './connection-counts.ts';
import type { Connections } from './connections.ts';
import type { Core } from './core.ts';
import type { Counts, Sizes } from './limits.ts';

/** How much the engine holds. */
export function sizesOf(core: Core, connections: Connections | undefined): Sizes {
  const { servers, clients, legsA, legsB, dialogs, strays } = core;
  return {
    legs: legsA.size + legsB.size,
    dialogs: dialogs.size,
    serverTransactions: servers.size,
    clientTransactions: clients.size,
    strays: strays.size,
    connections: connections?.size ?? 0,
  };
}

/** What it had to leave undone since it began. */
export function countsOf(core: Core, connections: Connections | undefined): AllCounts {
  return { ...core.counts, connections: connections?.counts ?? noConnectionCounts() };
}

export type AllCounts = Readonly<Counts> & { readonly connections: Readonly<ConnectionCounts> };
