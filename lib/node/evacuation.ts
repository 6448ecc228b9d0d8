import type { Timers } from '../base/time.ts';
import type { LiveCall } from './live-call.ts';

/** 300 calls a second: each costs two re-INVITEs and what is asked of the next media server. */
const AT_ONCE = 6;
const EVERY_MS = 20;

/** Calls that wait to be moved. */
export type Evacuation = { add(call: LiveCall): void };

/**
 * Moves calls a few at a time, emergency calls first: who takes all calls of a lost media server
 * at once is the next one that is lost.
 */
export function evacuation(timers: Timers, move: (call: LiveCall) => void): Evacuation {
  const emergency = new Set<LiveCall>();
  const ordinary = new Set<LiveCall>();
  let isMoving = false;

  function moveSome(): void {
    for (let left = AT_ONCE; left > 0; left -= 1) {
      const call = first(emergency) ?? first(ordinary);
      if (call === undefined) break;
      move(call);
    }
    isMoving = emergency.size + ordinary.size > 0;
    if (isMoving) timers.set(EVERY_MS, moveSome);
  }

  return {
    add(call) {
      (call.state.facts.emergency ? emergency : ordinary).add(call);
      // Those that are lost with it are told of within the same turn.
      if (!isMoving) timers.set(0, moveSome);
      isMoving = true;
    },
  };
}

function first(calls: Set<LiveCall>): LiveCall | undefined {
  for (const call of calls) {
    calls.delete(call);
    return call;
  }
  return undefined;
}
