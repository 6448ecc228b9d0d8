import type { Core } from './core.ts';
import { silenceA } from './leg-a.ts';
import { silenceB } from './leg-b.ts';

/** Stops everything that would still happen by itself, and forgets it. */
export function silence(core: Core): void {
  const { servers, clients, legsA, legsB, dialogs, strays, timers } = core;
  for (const leg of legsA.values()) silenceA(core, leg);
  for (const leg of legsB.values()) silenceB(core, leg);
  for (const { alarm } of strays.values()) timers.clear(alarm);
  servers.close();
  clients.close();
  core.over.clear();
  for (const map of [legsA, legsB, dialogs, strays]) map.clear();
}
