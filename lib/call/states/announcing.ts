import type { MonoMs } from '../../base/brands.ts';
import { header } from '../../sip/header-names.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import type { Facts } from '../facts.ts';
import { cancelAll } from '../fading.ts';
import { earlyForkFor } from '../forks.ts';
import type { Dialing, Verdict } from '../state.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { finish } from './finishing.ts';

/** How long a caller may be spoken to before it is refused. */
const FAREWELL_MS = 15_000;

type Spoken = { readonly voice: Dialing['voice']; readonly effects: readonly Effect[] };

/** When the budget is over and the hunt goes on, the caller is told so, once. */
export function speakOfHunt({ facts, voice }: Omit<Dialing, 'current'>, at: MonoMs): Spoken {
  const { prompts, rules, startedAt } = facts;
  const prompt = prompts?.hunting;
  const isDue = voice === undefined && at - startedAt >= rules.budgetMs;
  if (prompt === undefined || !isDue || !maySpeak(facts)) return { voice, effects: [] };
  return { voice: 'hunting', effects: [{ do: 'announce', prompt, isRepeated: true }] };
}

/**
 * A call that failed: its caller hears why before it is refused. Gateways that were given up and
 * not cancelled may still answer meanwhile.
 */
export function part(state: Dialing, verdict: Verdict, before: readonly Effect[]): Transition {
  const prompt = state.facts.prompts?.failed;
  const mayWait = verdict.why !== 'hung-up-at-shutdown' && state.verdict === undefined;
  if (prompt === undefined || !mayWait || !maySpeak(state.facts))
    return finish(state, verdict, before);
  const { current } = state;
  const { fading, effects } = cancelAll(current === undefined ? [] : [current], []);
  return transition(
    {
      ...state,
      current: undefined,
      next: [],
      fading: [...fading, ...state.fading],
      voice: 'failed',
      verdict,
    },
    [
      ...before,
      ...effects,
      { do: 'announce', prompt, isRepeated: false },
      { do: 'set-timer', name: 'announcement', delayMs: FAREWELL_MS },
    ],
  );
}

/** The caller gets the media server's answer in an early dialog. [3960-3.1] */
export function announced(state: Dialing, event: EventOf<'announced'>): Transition {
  const { facts, fork, mayCarrySdp } = earlyForkFor(state.facts, 0, undefined, true);
  if (state.voice === undefined || !mayCarrySdp) return ignored(state, event);
  const says = { status: 183, reason: reasonPhrase(183), headers: [SDP], body: event.sdp };
  return transition({ ...state, facts }, [{ do: 'ring-a', fork, ...says }]);
}

const SDP = header('Content-Type', 'application/sdp');

/** Nothing more is said: whoever was to be refused is refused now. */
export function announcementOver(state: Dialing, event: CallEvent): Transition {
  if (state.verdict === undefined) return ignored(state, event);
  return finish(state, state.verdict, []);
}

/** To be spoken to, a caller needs an offer of its own, and an early dialog that is still free. */
function maySpeak(facts: Facts): boolean {
  return facts.asked.body !== '' && earlyForkFor(facts, 0, undefined, true).mayCarrySdp;
}
