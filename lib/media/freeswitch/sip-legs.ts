import { EventEmitter } from 'node:events';
import { bytesOf, NO_OCTETS, type Octets, octetsOf } from '../../base/brands.ts';
import type { Alarm, World } from '../../base/time.ts';
import type { Content, LegEvent, LegId, Listener, SipEngine } from '../../ports/sip-engine.ts';
import type { Address } from '../../sip/address.ts';
import { header } from '../../sip/header-names.ts';
import { legId, requestId, sipCallId, type Tag, tagOf, uriText } from '../../sip/ids.ts';
import { parseUri, sipUri } from '../../sip/uri.ts';
import { unheard } from './unheard.ts';

/** What speaks SIP to FreeSWITCH: the engine that speaks to the gateways. */
export type LegEngine = Pick<
  SipEngine,
  'invite' | 'cancel' | 'acknowledge' | 'hangUp' | 'ask' | 'confirm' | 'reply'
>;

export type SipLegsParts = {
  readonly world: World;
  readonly engine: LegEngine;
  /** Where our requests leave from. */
  readonly listener: Listener;
};

type CreateOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly localSdp?: string | undefined;
};

/** A leg that is not answered by then is cancelled. */
const ANSWER_MS = 1500;
const LEGS_MAX = 20_000;
const MAX_FORWARDS = 70;
const NOTHING: Content = { headers: [], body: NO_OCTETS };
const SDP = header('Content-Type', 'application/sdp');

/**
 * One dialog with FreeSWITCH, in the shape of a dialog of drachtio-srf: `destroy` is emitted when
 * FreeSWITCH has ended it.
 */
export class SipLeg extends EventEmitter {
  readonly #legs: LegBook;
  readonly #leg: LegId;
  readonly #tag: Tag;
  #requests = 0;
  #asked: { readonly request: string; readonly done: (answer: Replied) => void } | undefined;

  constructor(legs: LegBook, leg: LegId, tag: Tag) {
    super();
    this.#legs = legs;
    this.#leg = leg;
    this.#tag = tag;
  }

  /** Another offer of ours; resolves with the answer, rejects when it is refused. [3261-14.1] */
  modify(sdp: string): Promise<string> {
    if (this.#asked !== undefined) return Promise.reject(new Error('an offer is under way'));
    this.#requests += 1;
    const request = requestId(`${this.#leg}/${this.#requests}`);
    const { engine, contact } = this.#legs;
    return new Promise((resolve, reject) => {
      this.#asked = {
        request,
        done: ({ status, reason, body }) => {
          if (status >= 300) {
            reject(new Error(`${status} ${reason}`));
            return;
          }
          engine.confirm(this.#leg, request, NOTHING);
          resolve(body);
        },
      };
      engine.ask(this.#leg, this.#tag, {
        request,
        method: 'INVITE',
        maxForwards: MAX_FORWARDS,
        contact,
        headers: [SDP],
        body: octetsOf(bytesOf(sdp)),
      });
    });
  }

  /** Ends it from our side. */
  destroy(): Promise<void> {
    if (this.#legs.up.delete(this.#leg)) {
      this.#legs.engine.hangUp(this.#leg, this.#tag, []);
      this.#end();
    }
    return Promise.resolve();
  }

  hear(event: LegEvent): void {
    const { engine, up, contact } = this.#legs;
    switch (event.on) {
      case 'replied':
        if (event.status < 200 || this.#asked?.request !== event.request) return;
        this.#takeAsked()?.done(event);
        return;
      case 'asked': {
        const isMedia = event.method === 'INVITE' || event.method === 'UPDATE';
        const status = isMedia ? 488 : 200;
        const reason = isMedia ? 'Not Acceptable Here' : 'OK';
        engine.reply(this.#leg, event.request, { status, reason, contact, ...NOTHING });
        return;
      }
      case 'answered':
        // It comes again, or another one answers what can have one answer only.
        if (event.tag !== this.#tag) dismiss(engine, this.#leg, event.tag);
        return;
      case 'hung-up':
      case 'lost':
        if (event.tag !== this.#tag) return;
        up.delete(this.#leg);
        this.#end();
        return;
      default:
    }
  }

  #end(): void {
    this.#takeAsked()?.done({ status: 481, reason: 'the channel is gone', body: NO_OCTETS });
    this.emit('destroy');
  }

  #takeAsked() {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }
}

type Replied = { readonly status: number; readonly reason: string; readonly body: Octets };
type LegBook = {
  readonly engine: LegEngine;
  readonly contact: ReturnType<typeof sipUri>;
  readonly up: Map<LegId, SipLeg>;
};

function dismiss(engine: LegEngine, leg: LegId, tag: Tag): void {
  engine.acknowledge(leg, tag, NOTHING);
  engine.hangUp(leg, tag, []);
}

/** One that is called and has not answered. */
type Calling = {
  readonly offer: string | undefined;
  readonly alarm: Alarm;
  readonly resolve: (leg: SipLeg) => void;
  readonly reject: (error: Error) => void;
};

/** What drachtio-fsmrf asks of drachtio-srf, said with an engine of ours. */
export class SipLegs {
  readonly #parts: SipLegsParts;
  readonly #book: LegBook;
  /** The user of our own addresses. */
  readonly #own: string;
  readonly #host: string;
  readonly #calling = new Map<LegId, Calling>();
  /** Given up, and their last word is still owed. */
  readonly #fading = new Set<LegId>();
  #count = 0;

  constructor(parts: SipLegsParts) {
    const { engine, listener } = parts;
    this.#parts = parts;
    this.#own = `media-${this.#random(4)}`;
    this.#host = listener.advertise ?? listener.address;
    const contact = sipUri({ user: this.#own, host: this.#host, port: listener.port });
    this.#book = { engine, contact, up: new Map() };
  }

  /** How many there are. */
  get size(): number {
    return this.#book.up.size + this.#calling.size + this.#fading.size;
  }

  /** Rejects when it is refused, or not answered in time. */
  createUAC(uri: string, options: CreateOptions): Promise<SipLeg> {
    const nextHop = addressIn(uri);
    if (nextHop === undefined) return Promise.reject(new Error(`${uri} is not to be called`));
    if (this.size >= LEGS_MAX)
      return Promise.reject(new Error(`there are ${LEGS_MAX} channels already`));
    this.#count += 1;
    const id = legId(`media/${this.#count}`);
    return new Promise((resolve, reject) => {
      const alarm = this.#parts.world.timers.set(ANSWER_MS, () => this.#giveUp(id));
      this.#calling.set(id, { offer: options.localSdp, alarm, resolve, reject });
      this.#invite(id, uri, nextHop, options);
    });
  }

  /** Whether the event was of a leg of its own. */
  onLeg(id: LegId, event: LegEvent): boolean {
    if (!id.startsWith('media/')) return false;
    const { up, engine } = this.#book;
    if (event.on === 'answered') {
      const one = this.#take(id);
      if (one !== undefined) this.#answered(id, one, event);
      else if (up.has(id)) up.get(id)?.hear(event);
      else dismiss(engine, id, event.tag);
      this.#fading.delete(id);
    } else if (event.on === 'refused') {
      this.#fading.delete(id);
      this.#take(id)?.reject(new Error(`${event.status} ${event.reason}`));
    } else up.get(id)?.hear(event);
    return true;
  }

  #invite(leg: LegId, uri: string, nextHop: Address, { localSdp, headers }: CreateOptions): void {
    const { engine, listener } = this.#parts;
    const tag = tagOf(this.#random(8));
    const own = Object.entries(headers).map(([name, value]) => header(name, value));
    engine.invite({
      leg,
      listener,
      nextHop,
      uri: uriText(uri),
      from: `<${sipUri({ user: this.#own, host: this.#host })}>;tag=${tag}`,
      to: `<${uri}>`,
      tag,
      callId: sipCallId(this.#random(16)),
      contact: this.#book.contact,
      maxForwards: MAX_FORWARDS,
      headers: localSdp === undefined ? own : [...own, SDP],
      body: localSdp === undefined ? NO_OCTETS : octetsOf(bytesOf(localSdp)),
    });
  }

  #giveUp(id: LegId): void {
    const one = this.#take(id);
    this.#fading.add(id);
    this.#parts.engine.cancel(id, []);
    one?.reject(new Error(`no answer within ${ANSWER_MS} ms`));
  }

  #answered(id: LegId, { offer, resolve }: Calling, event: Answered): void {
    const leg = new SipLeg(this.#book, id, event.tag);
    this.#book.up.set(id, leg);
    const answer = { headers: [SDP], body: octetsOf(bytesOf(unheard(event.body))) };
    this.#parts.engine.acknowledge(id, event.tag, offer === undefined ? answer : NOTHING);
    resolve(leg);
  }

  #take(id: LegId): Calling | undefined {
    const one = this.#calling.get(id);
    if (one !== undefined) this.#parts.world.timers.clear(one.alarm);
    this.#calling.delete(id);
    return one;
  }

  #random(bytes: number): string {
    return Buffer.from(this.#parts.world.rng.bytes(bytes)).toString('hex');
  }
}

type Answered = Extract<LegEvent, { on: 'answered' }>;

/** FreeSWITCH names its profiles by address and port. */
function addressIn(text: string): Address | undefined {
  const uri = parseUri(text);
  if (uri.kind !== 'sip' || uri.port === undefined) return undefined;
  return { address: uri.host, port: uri.port };
}
