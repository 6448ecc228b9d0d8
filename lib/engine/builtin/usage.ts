import type { Usage } from './connection-ears.ts';
import type { Core } from './core.ts';
import { newWay, wayName } from './far.ts';
import type { Flow } from './legs.ts';

/** What live calls and open transactions need, as it is now. */
export function usageOf({ legsA, legsB, servers, clients }: Core): Usage {
  const ids = new Set<number>();
  const ways = new Set<string>();
  const take = ({ wire, to }: Flow) => {
    if (wire.listener.transport === 'udp') return;
    if (to.connection !== undefined) ids.add(to.connection);
    const way = newWay(to);
    if (way !== undefined) ways.add(wayName(wire.listener, way));
  };
  for (const { phase, flow } of legsA.values()) if (phase.tag !== 'over') take(flow);
  for (const { phase, flow } of legsB.values()) if (phase.tag !== 'over') take(flow);
  for (const flow of servers.flows()) take(flow);
  for (const flow of clients.flows()) take(flow);
  return ({ id, way }) => ids.has(id) || (way !== undefined && ways.has(way));
}

/** Whether a flow went by a connection that is gone. */
export function wentBy(lost: Parameters<Usage>[0], isOpen: (id: number) => boolean) {
  return ({ wire, to }: Flow): boolean => {
    if (wire.listener.transport === 'udp') return false;
    if (to.connection === lost.id) return true;
    if (to.connection !== undefined && isOpen(to.connection)) return false;
    const way = newWay(to);
    return way !== undefined && wayName(wire.listener, way) === lost.way;
  };
}
