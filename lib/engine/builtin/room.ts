import type { Arrival } from './arrival.ts';
import type { Core } from './core.ts';
import type { Limits } from './limits.ts';

/** What belongs to no call may fill so much of the room that calls need. */
const STRAYS_SHARE = 0.5;
/** What requests in dialogs may use beyond the room that is closed to others. */
const IN_DIALOG_SHARE = 1.1;
/** As much again as this part of all room is for emergencies alone. */
const RESERVE_SHARE = 0.25;

/** What finds `common` room full, and is an emergency, goes into the `reserve`. */
export type Room = 'common' | 'reserve';

/** Where a new call finds room; undefined: there is none. */
export function roomForCall(core: Core, arrival: Arrival): Room | undefined {
  const { limits, legsA } = core;
  if (legsA.size < limits.legsMax && hasRoom(core, 1)) return 'common';
  const isOpen = legsA.size < legsMaxFor(limits, true);
  return isOpen && core.isEmergency(arrival) ? roomForEmergency(core) : undefined;
}

/** Likewise a MESSAGE outside of every dialog. */
export function roomForMessage(core: Core, arrival: Arrival): Room | undefined {
  if (hasRoom(core, STRAYS_SHARE)) return 'common';
  return core.isEmergency(arrival) ? roomForEmergency(core) : undefined;
}

export function roomForStray(core: Core): Room | undefined {
  return hasRoom(core, STRAYS_SHARE) ? 'common' : undefined;
}

export function roomInDialog(core: Core): Room | undefined {
  return hasRoom(core, IN_DIALOG_SHARE) ? 'common' : undefined;
}

function roomForEmergency(core: Core): Room | undefined {
  if (hasRoom(core, 1)) return 'common';
  const { servers, limits } = core;
  return servers.reserved < limits.transactionsMax * RESERVE_SHARE ? 'reserve' : undefined;
}

/** The reserve is counted by itself: what emergencies fill there, calls that are up do not lack. */
function hasRoom({ servers, limits }: Core, share: number): boolean {
  return servers.size - servers.reserved < limits.transactionsMax * share;
}

/** How many legs of one side there may be. */
export function legsMaxFor({ legsMax }: Limits, isEmergency = false): number {
  return isEmergency ? legsMax * (1 + RESERVE_SHARE) : legsMax;
}

/** How many requests of ours may be open for one more outside of every dialog. */
export function requestsMaxFor({ transactionsMax }: Limits, isEmergency = false): number {
  return isEmergency ? transactionsMax * (1 + RESERVE_SHARE) : transactionsMax;
}
