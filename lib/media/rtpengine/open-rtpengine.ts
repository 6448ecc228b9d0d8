import type { World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { CallId, MediaAnchor, MediaEars, Released } from '../../ports/media-anchor.ts';
import { takeTurn } from '../turns.ts';
import { type AnchoredCall, attemptOf, newAnchoredCall } from './anchored-call.ts';
import { type Homes, openHomes } from './homes.ts';
import {
  type Asking,
  abandonOf,
  answerOf,
  type Failed,
  failed,
  offerOf,
  releaseOf,
  restoreOf,
} from './negotiation.ts';
import { type NgSockets, openNgSocket } from './ng-socket.ts';
import type { RtpengineOptions } from './options.ts';

export type RtpengineParts = {
  readonly world: World;
  readonly options: RtpengineOptions;
  readonly sink: EventSink;
  readonly ears: MediaEars;
  /** Absent: the real network. */
  readonly openSocket?: NgSockets;
};

/** How much may be under way for one call, and how many legs b it may have. */
export const UNDER_WAY_MAX = 16;
export const ATTEMPTS_MAX = 64;

/** Anchors media at one of several rtpengines, which it asks by the ng protocol. */
export function openRtpengine(parts: RtpengineParts): MediaAnchor {
  const { world, options, sink, ears, openSocket = openNgSocket } = parts;
  const calls = new Map<CallId, AnchoredCall>();
  const homes: Homes = openHomes({ world, options, sink, ears, openSocket });
  const asking: Asking = { world, homes, interfaces: options.interfaces };

  return {
    offer: (offer) =>
      inTurn('offer', offer.call, newcomer, async (call) => {
        if (!call.attempts.has(offer.attempt) && call.attempts.size >= ATTEMPTS_MAX)
          return failed('full', `${ATTEMPTS_MAX} attempts`);
        return offerOf(asking, call, attemptOf(call, offer.attempt, world), offer);
      }),
    answer: (answer) =>
      inTurn('answer', answer.call, known, (call) => answerOf(asking, call, answer)),
    async restore(id, attempt) {
      await inTurn('restore', id, known, (call) => restoreOf(asking, call, attempt));
    },
    async abandon(id, attempt) {
      await inTurn('abandon', id, known, (call) => abandonOf(call, attempt));
    },
    async release(id): Promise<Released> {
      const call = calls.get(id);
      if (call === undefined) return { kind: 'released', legs: undefined };
      calls.delete(id);
      return told('release', await after(call, () => releaseOf(asking, call)));
    },
    close: homes.close,
  };

  function known(id: CallId): AnchoredCall | Failed {
    return calls.get(id) ?? failed('lost', 'nothing is anchored');
  }

  function newcomer(id: CallId): AnchoredCall | Failed {
    const old = calls.get(id);
    if (old !== undefined) return old;
    if (calls.size >= options.callsMax) return failed('full', `${calls.size} calls`);
    const call = newAnchoredCall(id, world);
    calls.set(id, call);
    return call;
  }

  async function inTurn<T extends { readonly kind: string }>(
    what: string,
    id: CallId,
    find: (id: CallId) => AnchoredCall | Failed,
    work: (call: AnchoredCall) => Promise<T | Failed>,
  ): Promise<T | Failed> {
    const call = find(id);
    if ('why' in call) return told(what, call);
    if (call.underWay >= UNDER_WAY_MAX) return told(what, failed('full', `${call.underWay} asks`));
    return told(what, await after(call, () => work(call)));
  }

  function after<T>(call: AnchoredCall, work: () => Promise<T>): Promise<T> {
    return takeTurn(call, work, () => homes.onRest(call));
  }

  function told<T extends { readonly kind: string } | Failed>(what: string, outcome: T): T {
    sink.count('media', `${what}-${'why' in outcome ? outcome.why : 'done'}`);
    return outcome;
  }
}
