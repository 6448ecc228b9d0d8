import { monoMs } from '../../base/brands.ts';
import { type LineWorld, WaitingLine } from '../../base/waiting-line.ts';
import { TIMER_H_MS } from '../../sip/timer-values.ts';
import { forgetWithin } from './close-within.ts';
import type { Core } from './core.ts';
import type { LegA, LegB } from './legs.ts';

/** How long a leg that is over still answers late messages. */
const LEG_LINGERS_MS = TIMER_H_MS;

/** The line in which legs that are over wait to be forgotten. */
export function legsOver(world: LineWorld, core: () => Core): WaitingLine<LegA | LegB> {
  return new WaitingLine(world, LEG_LINGERS_MS, (leg) => forgetIfOver(core(), leg));
}

export function lingerOver(core: Core, leg: LegA | LegB): void {
  leg.phase = { tag: 'over', until: monoMs(core.clock.mono() + LEG_LINGERS_MS) };
  core.over.add(leg);
}

/** Not if a late answer has revived it meanwhile. */
function forgetIfOver(core: Core, leg: LegA | LegB): void {
  if (leg.phase.tag !== 'over' || leg.phase.until > core.clock.mono()) return;
  forgetWithin(core, leg.dialogs);
  for (const { key } of leg.dialogs) core.dialogs.delete(key);
  if (leg.side === 'a') {
    core.legsA.delete(leg.id);
    return;
  }
  core.clients.forget(leg);
  // It may have been asked again, as another one of the same name.
  if (core.legsB.get(leg.id) === leg) core.legsB.delete(leg.id);
}
