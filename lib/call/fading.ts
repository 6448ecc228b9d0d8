import { NO_OCTETS } from '../base/brands.ts';
import type { Header } from '../sip/message.ts';
import type { Effect } from './effects.ts';
import type { CallEvent, EventOf } from './events.ts';
import type { Facts } from './facts.ts';
import { withOutcome } from './notes.ts';
import type { Attempt, Bridge } from './state.ts';

/** Asks every attempt that was not asked yet to stop. */
export function cancelAll(
  attempts: readonly Attempt[],
  headers: readonly Header[],
): { readonly fading: Attempt[]; readonly effects: Effect[] } {
  const effects: Effect[] = [];
  const fading = attempts.map((attempt): Attempt => {
    if (attempt.cancel === 'asked') return attempt;
    effects.push({ do: 'cancel-b', attempt: attempt.number, headers });
    return { ...attempt, cancel: 'asked' };
  });
  return { fading, effects };
}

/**
 * Hangs up a callee whose 2xx nobody waits for: it believes it is in a call. [3261-9.1] [3261-15]
 */
export function hangUpUnwanted({ attempt, tag }: EventOf<'b-answered'>): Effect[] {
  return [
    { do: 'ack-b', attempt, tag, headers: [], body: NO_OCTETS },
    { do: 'bye-b', attempt, tag, headers: [] },
  ];
}

type Faded = { facts: Facts; fading: readonly Attempt[]; effects: Effect[] };

/**
 * Takes an event of leg b that does not concern the bridge, once the question who answers is
 * settled. Undefined: the event is not of that sort.
 */
export function stepFading(
  { facts, fading }: { readonly facts: Facts; readonly fading: readonly Attempt[] },
  bridge: Bridge | undefined,
  event: CallEvent,
): Faded | undefined {
  switch (event.on) {
    case 'b-answered': {
      if (event.attempt === bridge?.attempt && event.tag === bridge.tag) return undefined;
      const isFading = fading.some(({ number }) => number === event.attempt);
      return {
        facts: isFading ? withOutcome(facts, event.attempt, event.status, event.reason) : facts,
        fading: fading.filter(({ number }) => number !== event.attempt),
        effects: hangUpUnwanted(event),
      };
    }
    case 'b-refused':
      return over({ facts, fading }, event.attempt, event.status, event.reason);
    case 'media-failed':
      return over({ facts, fading }, event.attempt, MEDIA_FAILED, event.reason);
    default:
      return undefined;
  }
}

/** As what an attempt counts whose INVITE never left, since its media could not be anchored. */
export const MEDIA_FAILED = 500;

/** Nothing is owed by that attempt any more; undefined: nothing was. */
function over(
  { facts, fading }: Omit<Faded, 'effects'>,
  attempt: number,
  status: number,
  reason: string,
): Faded | undefined {
  if (!fading.some(({ number }) => number === attempt)) return undefined;
  return {
    facts: withOutcome(facts, attempt, status, reason),
    fading: fading.filter(({ number }) => number !== attempt),
    effects: [],
  };
}
