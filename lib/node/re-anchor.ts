import { type MonoMs, NO_OCTETS, type Octets } from '../base/brands.ts';
import type { Effect } from '../call/effects.ts';
import type { CallEvent } from '../call/events.ts';
import type { Bridge } from '../call/state.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { LegEvent } from '../ports/sip-engine.ts';
import { header } from '../sip/header-names.ts';
import { type RequestId, requestId, type Tag } from '../sip/ids.ts';
import { reasonPhrase } from '../sip/status.ts';
import { type CallMedia, hearCaller } from './call-media.ts';
import { evacuation } from './evacuation.ts';
import { contactAt } from './identities.ts';
import { forkOf, forkTag, type LiveCall } from './live-call.ts';
import type { Surroundings } from './runtime.ts';

/** After a refusal twice as long each time, until there have been too many of them in a row. */
const AGAIN_MS = 500;
const REFUSALS_MAX = 8;
const INVITE = { method: 'INVITE', maxForwards: 70 };
const SDP_TYPE = header('Content-Type', 'application/sdp');
const NOTHING = { headers: [], body: NO_OCTETS };

type Take = (call: LiveCall, event: CallEvent) => void;
type Replied = Extract<LegEvent, { on: 'replied' }>;

/**
 * Anchors an answered call anew whose anchor is gone. To the core it looks as if the caller asked:
 * its last SDP is offered to the gateway, and the answer to that is offered to the caller, whose
 * ACK to the core is its answer to us. [3725-4.1]
 */
export type ReAnchoring = {
  begin(call: LiveCall): void;
  /** The core answers a request of ours, as if to the caller. */
  reply(call: LiveCall, effect: Extract<Effect, { do: 'reply' }>): void;
  /** The caller answers the offer of ours. */
  onReplied(call: LiveCall, event: Replied): void;
  /** Nobody anchors now what we ask the gateway, or what it answers. */
  onFailed(call: LiveCall, effect: Extract<Effect, { do: 'ask' | 'reply' }>): void;
};

export function reAnchoring(
  around: Pick<Surroundings, 'world' | 'engine' | 'sink'>,
  take: Take,
): ReAnchoring {
  const { world, engine, sink } = around;
  const { begin, refused } = openTries(around, take);

  /** A port or a key of the caller may be another one than before. */
  async function settle(call: LiveCall, media: CallMedia, answer: Replied): Promise<void> {
    const anchored = await hearCaller(media, call.state, answer);
    if (anchored?.kind === 'failed') {
      noteUnanchored(sink, call, 'warn', `${anchored.why}: ${anchored.reason}`);
      refused(call, media);
      return;
    }
    media.anew = undefined;
    media.refusals = 0;
  }

  /** The gateway has agreed to what the caller did not. */
  function takeBack(call: LiveCall, media: CallMedia): void {
    const { state } = call;
    if ('bridge' in state) void media.anchor.restore(state.facts.callId, state.bridge.attempt);
    refused(call, media);
  }

  function confirm(call: LiveCall, tag: Tag, request: RequestId): void {
    const dialog = { side: 'a', fork: forkOf(call, tag) } as const;
    take(call, { on: 'confirmed', at: world.clock.mono(), dialog, request, ...NOTHING });
  }

  return {
    begin,
    reply(call, { status, body, request }) {
      const { media, state } = call;
      if (media === undefined || status < 200) return;
      if (status >= 300 || !('bridge' in state)) {
        refused(call, media);
        return;
      }
      const tag = forkTag(call, state.bridge.fork);
      const contact = contactAt(call.contactListener, tag);
      engine.ask(call.legA, tag, { ...INVITE, request, contact, ...sdp(body) });
    },
    onReplied(call, event) {
      const { media } = call;
      const { status, request, tag } = event;
      if (media === undefined || status < 200) return;
      if (status < 300) {
        engine.confirm(call.legA, request, NOTHING);
        void settle(call, media, event);
      } else takeBack(call, media);
      confirm(call, tag, request);
    },
    onFailed(call, { do: what, request }) {
      const { media, state } = call;
      if (media === undefined || !('bridge' in state)) return;
      if (what === 'ask') {
        take(call, refusalByB(state.bridge, request, world.clock.mono()));
        return;
      }
      takeBack(call, media);
      confirm(call, forkTag(call, state.bridge.fork), request);
    },
  };
}

type Tries = {
  readonly begin: (call: LiveCall) => void;
  readonly refused: (call: LiveCall, media: CallMedia) => void;
};

/** Tries one call after the other, and one that was refused again. */
function openTries({ world, sink }: Pick<Surroundings, 'world' | 'sink'>, take: Take): Tries {
  const { clock, timers } = world;
  let names = 0;
  const lost = evacuation(timers, (call) => {
    if (call.media !== undefined && call.media.alarm === undefined) tryIt(call, call.media);
  });

  function tryIt(call: LiveCall, media: CallMedia): void {
    const { state } = call;
    if (state.tag === 'ended' || media.isUnanchored || media.refusals >= REFUSALS_MAX) return;
    if (state.tag !== 'talking' || media.saidByA === undefined || media.anew !== undefined) {
      later(call, media, AGAIN_MS);
      return;
    }
    names += 1;
    const request = requestId(`m${names.toString(36)}`);
    media.anew = request;
    const as = {
      dialog: { side: 'a', fork: state.bridge.fork },
      request,
      door: undefined,
    } as const;
    take(call, { on: 'asked', at: clock.mono(), ...as, ...INVITE, ...sdp(media.saidByA) });
  }

  function later(call: LiveCall, media: CallMedia, delayMs: number): void {
    if (media.alarm !== undefined) timers.clear(media.alarm);
    media.alarm = timers.set(delayMs, () => {
      media.alarm = undefined;
      tryIt(call, media);
    });
  }

  function refused(call: LiveCall, media: CallMedia): void {
    media.anew = undefined;
    media.refusals += 1;
    if (media.refusals >= REFUSALS_MAX)
      noteUnanchored(sink, call, 'error', `${REFUSALS_MAX} offers were refused`);
    else later(call, media, AGAIN_MS * 2 ** (media.refusals - 1));
  }

  // What was refused is given up at the anchor, which tells of that as of any other loss.
  return { begin: (call) => lost.add(call), refused };
}

const sdp = (body: Octets) => ({ headers: [SDP_TYPE], body });

/** A warning is tried again, an error is for good. */
export function noteUnanchored(
  sink: EventSink,
  { state: { facts } }: LiveCall,
  level: 'warn' | 'error',
  why: string,
): void {
  const { callId, emergency } = facts;
  sink.note({ event: 'media-unanchored', level, callId, emergency, why });
}

/** As if the gateway had refused the offer that could not be anchored. */
function refusalByB({ attempt, tag }: Bridge, request: RequestId, at: MonoMs): CallEvent {
  const says = { status: 500, reason: reasonPhrase(500), ...NOTHING };
  return { on: 'replied', at, dialog: { side: 'b', attempt, tag }, request, ...says };
}
