import type { World } from '../../base/time.ts';
import { whyOf } from '../../base/why-of.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type {
  Anchored,
  CallId,
  MediaAnchor,
  MediaAnswer,
  MediaEars,
  MediaOffer,
  Released,
} from '../../ports/media-anchor.ts';
import { takeTurn } from '../turns.ts';
import { attemptOf, type BridgedCall, leave, newBridgedCall, partiesOf } from './bridged-call.ts';
import { abandonOf, answerOf, type Bridging, type Failed, failed, offerOf } from './bridging.ts';
import { countsOf } from './counts.ts';
import type { Channel, MediaLink } from './media-link.ts';
import type { MediaLinks } from './media-links.ts';
import { within } from './within.ts';

export type FreeswitchParts = {
  readonly world: World;
  readonly links: MediaLinks;
  /** How many calls are anchored at one time. */
  readonly callsMax: number;
  readonly sink: EventSink;
  readonly ears: MediaEars;
};

/** How much may be under way for one call, and how many legs b it may have. */
const UNDER_WAY_MAX = 16;
const ATTEMPTS_MAX = 64;
/** How long one ask may take in all; a call whose channels take longer begins anew. */
const ASK_MS = 1900;
const COUNTS_MS = 500;

/** Anchors media at one of several FreeSWITCHes: each leg has a channel, and two are bridged. */
export class FreeswitchAnchor implements MediaAnchor {
  readonly #parts: FreeswitchParts;
  readonly #bridging: Bridging;
  readonly #calls = new Map<CallId, BridgedCall>();

  constructor(parts: FreeswitchParts) {
    this.#parts = parts;
    const { links } = parts;
    this.#bridging = {
      homeFor: ({ home }) => (home?.isUp === true ? home : links.next()),
      onGone: (call, channel) => {
        if (isOf(call, channel)) this.#lose(call);
      },
    };
    links.onTurned((link) => {
      this.#evacuate();
      if (link.isUp) void this.#review(link);
    });
  }

  async offer(offer: MediaOffer): Promise<Anchored> {
    const call = this.#calls.get(offer.call) ?? this.#newcomer(offer.call);
    return await this.#inTurn('offer', call, async (known) => {
      if (!known.attempts.has(offer.attempt) && known.attempts.size >= ATTEMPTS_MAX)
        return failed('full', `${ATTEMPTS_MAX} attempts`);
      const attempt = attemptOf(known, offer.attempt, this.#parts.world);
      if (offer.isRecorded === true) known.recordings ??= 0;
      return await offerOf(this.#bridging, known, attempt, offer);
    });
  }

  async answer(answer: MediaAnswer): Promise<Anchored> {
    const call = this.#calls.get(answer.call) ?? failed('lost', 'nothing is anchored');
    return await this.#inTurn('answer', call, async (known) => {
      const anchored = await answerOf(this.#bridging, known, answer);
      if (anchored.kind === 'anchored') void this.#record(known);
      return anchored;
    });
  }

  /** An offer that was not agreed has changed nothing. */
  async restore(): Promise<void> {}

  async abandon(id: CallId, attempt: number): Promise<void> {
    const call = this.#calls.get(id);
    if (call !== undefined) await this.#after(call, async () => abandonOf(call, attempt));
  }

  async release(id: CallId): Promise<Released> {
    const call = this.#calls.get(id);
    if (call === undefined) return { kind: 'released', legs: undefined };
    this.#calls.delete(id);
    const { world, sink } = this.#parts;
    const legs = await this.#after(call, () => within(world, COUNTS_MS, countsOf(call)));
    call.isOver = true;
    leave(call);
    sink.count('media', 'release-done');
    return { kind: 'released', legs };
  }

  close(): void {
    for (const call of this.#calls.values()) call.isOver = true;
    this.#calls.clear();
  }

  /** What cannot be recorded is talked all the same. */
  async #record(call: BridgedCall): Promise<void> {
    const { home, a, recordings, id } = call;
    if (recordings === undefined || a.channel === undefined) return;
    if (call.recorded === a.channel) return;
    call.recorded = a.channel;
    call.recordings = recordings + 1;
    const name = recordings === 0 ? id : `${id}~${recordings + 1}`;
    try {
      await home?.record(a.channel, name);
    } catch (error) {
      const why = whyOf(error);
      this.#parts.sink.note({ event: 'unrecorded', level: 'error', callId: id, why });
    }
  }

  #newcomer(id: CallId): BridgedCall | Failed {
    const { callsMax, world } = this.#parts;
    if (this.#calls.size >= callsMax) return failed('full', `${callsMax} calls`);
    const call = newBridgedCall(id, world);
    this.#calls.set(id, call);
    return call;
  }

  async #inTurn<T extends { readonly kind: string }>(
    what: string,
    call: BridgedCall | Failed,
    work: (call: BridgedCall) => Promise<T | Failed>,
  ): Promise<T | Failed> {
    const outcome = 'why' in call ? call : await this.#ask(call, work);
    this.#parts.sink.count('media', `${what}-${'why' in outcome ? outcome.why : 'done'}`);
    return outcome;
  }

  async #ask<T>(call: BridgedCall, work: (call: BridgedCall) => Promise<T>): Promise<T | Failed> {
    if (call.underWay >= UNDER_WAY_MAX) return failed('full', `${call.underWay} asks`);
    return await this.#after(call, async () => {
      const done = await within(this.#parts.world, ASK_MS, work(call));
      if (done !== undefined) return done;
      this.#lose(call);
      return failed('silent', `nothing within ${ASK_MS} ms`);
    });
  }

  #after<T>(call: BridgedCall, work: () => Promise<T>): Promise<T> {
    return takeTurn(call, work, () => this.#onRest(call));
  }

  /** As long as nobody else is up, media may still flow where it does, and calls stay. */
  #evacuate(): void {
    if (this.#parts.links.next() === undefined) return;
    for (const call of this.#calls.values()) if (call.home?.isUp === false) this.#lose(call);
  }

  /** One that has come back may have been started anew, and know nothing of its calls. */
  async #review(link: MediaLink): Promise<void> {
    for (const call of [...this.#calls.values()].filter(({ home }) => home === link)) {
      const channels = partiesOf(call).flatMap(({ channel }) => channel ?? []);
      for (const channel of channels) {
        const isThere = await link.has(channel);
        if (!isThere && isOf(call, channel)) this.#lose(call);
      }
    }
  }

  #lose(call: BridgedCall): void {
    leave(call);
    call.isLost = true;
    this.#onRest(call);
  }

  /** Said when nothing is under way: what is may itself begin the call anew. */
  #onRest(call: BridgedCall): void {
    if (!call.isLost || call.underWay > 0 || call.isOver) return;
    call.isLost = false;
    this.#parts.ears.onLost(call.id);
  }
}

function isOf(call: BridgedCall, channel: Channel): boolean {
  return partiesOf(call).some((party) => party.channel === channel);
}
