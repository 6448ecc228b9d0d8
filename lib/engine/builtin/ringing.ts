import type { Core } from './core.ts';
import type { LegA } from './legs.ts';
import { respond } from './respond.ts';

const MINUTE_MS = 60_000;

/**
 * Says again what the caller was told last, as long as nothing else is: a proxy on the way gives a
 * call up that it hears nothing of, and a router forgets who is behind it before the answer comes.
 * [3261-13.3.1.1]
 */
export function keepRinging(core: Core, leg: LegA): void {
  stopRinging(core, leg);
  const { said, phase } = leg;
  if (said === undefined || phase.tag !== 'pending') return;
  const pauseMs = leg.isBehindNat ? Math.min(core.limits.natKeepAliveMs, MINUTE_MS) : MINUTE_MS;
  leg.ringing = core.timers.set(pauseMs, () => {
    if (leg.phase.tag !== 'pending') return;
    for (const transaction of leg.phase.transactions) respond(core, transaction, said);
    keepRinging(core, leg);
  });
}

export function stopRinging(core: Core, leg: LegA): void {
  if (leg.ringing !== undefined) core.timers.clear(leg.ringing);
  leg.ringing = undefined;
}
