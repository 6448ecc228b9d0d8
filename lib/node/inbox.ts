import type { MonoMs } from '../base/brands.ts';
import type { Effect } from '../call/effects.ts';
import type { CallEvent } from '../call/events.ts';
import { crossMedia, restoreMedia } from './call-media.ts';
import { carryOut, type Hands } from './carry-out.ts';
import type { LiveCall } from './live-call.ts';
import { noteUnanchored, type ReAnchoring } from './re-anchor.ts';
import type { Surroundings } from './runtime.ts';

/** Takes an event of a call, or the orders that it begins with. */
export type Take = (call: LiveCall, arrived: CallEvent | readonly Effect[]) => void;

/**
 * One event of a call, all its orders, then the next event. An order whose media has to be anchored
 * first holds up what is behind it, for as long as the anchor may take.
 */
export function inboxes(
  around: Surroundings,
  hands: Hands,
  { abort, anew }: { readonly abort: (call: LiveCall) => void; readonly anew: ReAnchoring },
): Take {
  const { world, sink, decide } = around;

  /** Answers whether it is done; else it goes on by itself. */
  function empty(call: LiveCall): boolean {
    for (let next = call.inbox.shift(); next !== undefined; next = call.inbox.shift()) {
      if ('on' in next) {
        const { state, effects } = decide(call.state, next);
        call.state = state;
        if (!carryAll(call, effects, 0)) return false;
      } else if (!carryAll(call, next, 0)) return false;
    }
    return true;
  }

  function carryAll(call: LiveCall, effects: readonly Effect[], from: number): boolean {
    const at = world.clock.mono();
    for (let index = from; index < effects.length; index += 1) {
      const effect = effects[index];
      if (effect === undefined) continue;
      const awaited = withMedia(around, anew, call, effect);
      if (awaited !== undefined) {
        void awaited.then((ready) =>
          work(call, () => {
            if (ready !== undefined) carry(call, ready, world.clock.mono());
            return carryAll(call, effects, index + 1) && empty(call);
          }),
        );
        return false;
      }
      carry(call, effect, at);
    }
    return true;
  }

  function carry(call: LiveCall, effect: Effect, at: MonoMs): void {
    if (effect.do === 'cancel-b' && !hasLeft(call, effect.attempt)) return;
    if (effect.do === 'reply' && effect.request === call.media?.anew) anew.reply(call, effect);
    else carryOut(call, effect, hands);
    if (effect.do === 'answer-a') {
      around.merges.answered(call.claim, call.legA);
      for (const { callId } of call.legsB) around.loops.forget(callId);
    }
    tellNeighbours(around, call, effect);
    around.tell.ordered(call, effect, at);
  }

  /** An exception ends this one call, never the node. */
  function work(call: LiveCall, doIt: () => boolean): void {
    try {
      if (!doIt()) return;
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      sink.note({ event: 'bug', level: 'error', callId: call.state.facts.callId, stack });
      abort(call);
    }
    call.isBusy = false;
  }

  return (call, arrived) => {
    call.inbox.push(arrived);
    if (call.isBusy) return;
    call.isBusy = true;
    work(call, () => empty(call));
  };
}

/** How far the call is, for sites that get its INVITE too. */
function tellNeighbours({ neighbourhood }: Surroundings, call: LiveCall, effect: Effect): void {
  const phase = PHASES[effect.do];
  const { claimed, state } = call;
  if (neighbourhood === undefined || claimed === undefined || phase === undefined) return;
  if (phase === 'failed' && state.facts.times.answered !== undefined) return;
  neighbourhood.progress(claimed, phase);
}

const PHASES: Partial<Record<Effect['do'], 'ringing' | 'answered' | 'failed'>> = {
  'ring-a': 'ringing',
  'answer-a': 'answered',
  end: 'failed',
};

/** Else its media could not be anchored, and the core is about to hear of it. */
const hasLeft = ({ legsB }: LiveCall, attempt: number) => legsB.length >= attempt;

/**
 * What has to be asked of the media anchor before an order is carried out, and the order as it is
 * then; nothing of it is left if the call is not to go on. Undefined: nothing has to be asked.
 */
function withMedia(
  { world, sink }: Surroundings,
  anew: ReAnchoring,
  call: LiveCall,
  effect: Effect,
): Promise<Effect | undefined> | undefined {
  const { media } = call;
  if (media === undefined) return undefined;
  if (effect.do === 'end') {
    return media.anchor.release(call.state.facts.callId).then((released) => {
      media.legs = released.kind === 'released' ? released.legs : undefined;
      return effect;
    });
  }
  if (media.isUnanchored) return undefined;
  const restored = restoreMedia(media, call.state, effect);
  if (restored !== undefined) return restored.then(() => effect);
  return crossMedia(media, call.state, effect)?.then((crossed) => {
    if (crossed.kind === 'crossed') return crossed.effect;
    const { reason } = crossed;
    if (effect.do === 'invite-b' && !call.state.facts.emergency) {
      const { attempt } = effect;
      call.inbox.push({ on: 'media-failed', at: world.clock.mono(), attempt, reason });
      return undefined;
    }
    const level = effect.do === 'invite-b' ? 'error' : 'warn';
    noteUnanchored(sink, call, level, reason);
    const isAsked = effect.do === 'ask' || effect.do === 'reply';
    if (isAsked && effect.request === media.anew) {
      anew.onFailed(call, effect);
      return undefined;
    }
    if (effect.do === 'invite-b') media.isUnanchored = true;
    else anew.begin(call);
    return effect;
  });
}
