import { bytesOf, octetsOf } from '../../base/brands.ts';
import type { World } from '../../base/time.ts';
import { whyOf } from '../../base/why-of.ts';
import type { Announcement, AnnouncementEars, Announcer } from '../../ports/announcer.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { CallId } from '../../ports/media-anchor.ts';
import { heardOf, shownTo, whyUnusable } from './audio-sdp.ts';
import type { Channel } from './media-link.ts';
import type { MediaLinks } from './media-links.ts';
import { within } from './within.ts';

export type AnnouncerParts = {
  readonly world: World;
  readonly links: MediaLinks;
  readonly sink: EventSink;
  /** The cadence heard between two prompts, as FreeSWITCH writes it: `%(on,off,Hz)`. */
  readonly ringback: string;
};

/** Callers who are spoken to at one time; of more than that nobody new is. */
const TALKS_MAX = 2000;
/** How long a caller waits for the first sound. */
const SPEAKING_MS = 1800;
/** How often ringing is heard between two prompts. */
const RINGS = 3;

/** One caller who is spoken to, by one channel whatever is said. */
type Talk = {
  readonly call: CallId;
  readonly offer: string;
  channel: Channel | undefined;
};

/** What is said to a caller, until something else is. */
type Speech = Announcement & { readonly talk: Talk; readonly ears: AnnouncementEars };

/** Speaks to callers by channels of FreeSWITCH. */
export class FreeswitchAnnouncer implements Announcer {
  readonly #parts: AnnouncerParts;
  readonly #speeches = new Map<CallId, Speech>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  speak(what: Announcement, ears: AnnouncementEars): void {
    const { call, offer } = what;
    const before = this.#speeches.get(call);
    const speech = { ...what, ears, talk: before?.talk ?? { call, offer, channel: undefined } };
    if (before === undefined && this.#speeches.size >= TALKS_MAX) {
      this.#complain(speech, `${TALKS_MAX} callers are spoken to already`);
      ears.onOver();
      return;
    }
    this.#speeches.set(call, speech);
    void this.#deliver(speech);
  }

  hush(call: CallId): void {
    const speech = this.#speeches.get(call);
    if (speech !== undefined) this.#end(speech);
  }

  #isSaid(speech: Speech): boolean {
    return this.#speeches.get(speech.call) === speech;
  }

  async #deliver(speech: Speech): Promise<void> {
    const { talk, ears } = speech;
    const channel = talk.channel === undefined ? await this.#call(speech) : await this.#cut(talk);
    if (!this.#isSaid(speech)) return;
    if (channel === undefined) this.#complain(speech, 'no media server speaks');
    else {
      const { endpoint } = channel;
      const onStart = () => {
        if (!this.#isSaid(speech)) return;
        const own = shownTo(endpoint.local.sdp ?? '', talk.offer, 'sendrecv');
        ears.onSpeaking(octetsOf(bytesOf(own)));
      };
      endpoint.once('playback-start', onStart);
      await this.#play(speech, channel);
      endpoint.off('playback-start', onStart);
    }
    if (this.#isSaid(speech)) this.#over(speech);
  }

  /** Until all is said; what is repeated ends with the talk. */
  async #play(speech: Speech, { endpoint }: Channel): Promise<void> {
    const { prompt, isRepeated } = speech;
    const tone = `tone_stream://${this.#parts.ringback};loops=${RINGS}`;
    let files = isRepeated ? [prompt, tone] : [prompt];
    for (let turn = 0; files.length > 0 && this.#isSaid(speech); turn += 1) {
      const file = files[turn % files.length] ?? prompt;
      try {
        await endpoint.play(file);
      } catch (error) {
        this.#complain(speech, whyOf(error), file);
        files = files.filter((one) => one !== file);
      }
      if (!isRepeated) return;
    }
  }

  /** What it says now would go on first. */
  async #cut({ channel }: Talk): Promise<Channel | undefined> {
    if (channel === undefined) return undefined;
    const { uuid } = channel.endpoint;
    await within(this.#parts.world, SPEAKING_MS, channel.endpoint.api('uuid_break', [uuid, 'all']));
    return channel;
  }

  async #call(speech: Speech): Promise<Channel | undefined> {
    const { talk } = speech;
    const { world, links } = this.#parts;
    const link = links.next();
    if (link === undefined || whyUnusable(talk.offer) !== undefined) return undefined;
    const made = link.channel('outside', heardOf(talk.offer));
    const channel = await within(world, SPEAKING_MS, made);
    if (channel === undefined || this.#speeches.get(talk.call)?.talk !== talk) {
      made.then(({ leg }) => leg.destroy()).catch(() => undefined);
      return undefined;
    }
    talk.channel = channel;
    channel.leg.once('destroy', () => {
      const now = this.#speeches.get(talk.call);
      if (now?.talk === talk) this.#over(now);
    });
    return channel;
  }

  #complain({ call: callId }: Speech, why: string, file?: string): void {
    this.#parts.sink.note({ event: 'prompt-unplayed', level: 'error', callId, file, why });
  }

  #over(speech: Speech): void {
    this.#end(speech);
    speech.ears.onOver();
  }

  #end({ call, talk }: Speech): void {
    this.#speeches.delete(call);
    void talk.channel?.leg.destroy();
  }
}
