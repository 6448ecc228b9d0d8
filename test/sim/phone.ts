import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipResponse } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { parseUri } from '../../lib/sip/uri.ts';
import type { VirtualNetwork } from '../support/virtual-network.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { CALLBACK_MARK, callIdOf } from './outwards.ts';
import type { PhonePlan } from './phone-plan.ts';
import { Acknowledges } from './reliable.ts';
import { Session } from './session.ts';
import { type Repeater, repeat, response, wire } from './wire.ts';
import { Within } from './within.ts';
import type { Witness } from './witness.ts';

/** However long the gateway lets it go on. */
const TALK_MS_MAX = 120_000;

const SESSION_SEC = 90;
const SESSION = [
  `Session-Expires: ${SESSION_SEC}`,
  'Supported: timer',
  'Allow: INVITE, ACK, CANCEL, BYE, UPDATE',
];

/** A caller after RFC 3261, written apart from our machines; it keeps what it saw. */
export class Phone {
  readonly plan: PhonePlan;
  readonly callId: string;
  readonly finals = new Set<number>();
  readonly faults: string[] = [];
  state: 'idle' | 'calling' | 'cancelling' | 'talking' | 'over' = 'idle';
  answeredAtMs: number | undefined;
  hasGivenUp = false;
  readonly session: Session;
  /** Is about to leave who it talks with. */
  onOver: () => void = () => undefined;
  readonly #me: Address;
  readonly #dialled: Address;
  readonly #time: VirtualWorld;
  readonly #send: (bytes: Buffer, to: Address) => void;
  readonly #close: () => void;
  #invite: Repeater | undefined;
  readonly #within: Within;
  readonly #repeaters = new Map<string, Repeater>();
  #ack: { bytes: Buffer; to: Address } | undefined;
  #toTag = '';
  #target = '';
  #next: Address;
  #heardProvisional = false;
  readonly #acknowledges: Acknowledges;
  /** The To-tags of dialogs in which its PRACK has answered an offer. */
  readonly #settled = new Set<string>();
  #refreshedAtMs = 0;

  constructor(
    name: string,
    plan: PhonePlan,
    me: Address,
    dialled: Address,
    time: VirtualWorld,
    network: VirtualNetwork,
    edge: Witness,
  ) {
    this.plan = plan;
    this.callId = callIdOf(name, plan.isInside === true);
    this.session = new Session(plan.hasOwnSdp === true ? this.callId : undefined);
    this.#me = me;
    this.#dialled = dialled;
    this.#next = dialled;
    this.#time = time;
    const socket = network.attach(me, {
      onDatagram: (bytes, from) => this.#hear(bytes, from),
      onSendFailure: () => undefined,
    });
    this.#send = (bytes, to) => socket.send(bytes, to);
    this.#close = () => socket.close();
    this.#acknowledges = new Acknowledges(this.#after, (what) => void this.faults.push(what));
    this.#within = new Within(plan.within, 1, {
      me,
      session: this.session,
      after: this.#after,
      request: (method, cseq, branch, body) => this.#request(method, cseq, branch, body),
      send: (bytes) => this.#send(bytes, this.#next),
      isUp: () => this.state === 'talking',
      isSettled: () => true,
      isRung: (cseq) => edge.isRung('a', this.callId, cseq),
      complain: (what) => void this.faults.push(what),
    });
  }

  dial(): void {
    this.state = 'calling';
    const invite = this.#request(
      'INVITE',
      1,
      'first',
      this.plan.lateOffer ? '' : this.session.first,
    );
    this.#invite = repeat(this.#after, () => this.#send(invite, this.#dialled), 64_000);
    this.#after(this.plan.patienceMs, () => this.#giveUp());
  }

  /** Gives its address back. */
  leave(): void {
    this.#close();
  }

  readonly #after = (delayMs: number, run: () => void) => {
    this.#time.at(this.#time.nowMs + delayMs, run);
  };

  /** No CANCEL before a provisional: it is sent with the first one. */
  #giveUp(): void {
    if (this.state !== 'calling') return;
    this.hasGivenUp = true;
    if (!this.#heardProvisional) return;
    this.state = 'cancelling';
    const cancel = this.#request('CANCEL', 1, 'first', '');
    const repeater = repeat(this.#after, () => this.#send(cancel, this.#dialled), 4000);
    this.#repeaters.set('CANCEL', repeater);
  }

  #hear(bytes: Buffer, from: Address): void {
    const message = parse(bytes);
    if (message.kind === 'fault') {
      this.faults.push(`unparsable: ${message.reason}`);
      return;
    }
    if (message.kind === 'response') {
      this.#hearResponse(message);
      return;
    }
    if (message.method === 'UPDATE' || message.method === 'INVITE') this.#refreshed();
    if (this.#within.hearRequest(message, (bytes) => this.#send(bytes, from))) return;
    if (message.method === 'ACK') return;
    if (message.method !== 'BYE') this.faults.push(`a ${message.method} came to the caller`);
    this.#send(response(message, 200, {}), from);
    this.#over();
  }

  #hearResponse(message: SipResponse): void {
    if (this.#within.hearResponse(message)) return;
    if (message.cseq.method === 'PRACK') {
      this.#acknowledges.answered(message);
      return;
    }
    if (message.cseq.method !== 'INVITE') {
      this.#repeaters.get(message.cseq.method)?.stop();
      this.#repeaters.get(`${message.cseq.method} ${message.to.tag}`)?.stop();
      return;
    }
    this.#invite?.stop();
    if (message.status < 200) {
      this.#heardProvisional = true;
      if (this.#ack === undefined)
        this.#acknowledges.hear(message, (rack) => this.#prack(message, rack));
      if (this.hasGivenUp) this.#giveUp();
      return;
    }
    this.finals.add(message.status);
    if (message.status >= 300) {
      const toTag = message.to.tag ?? '';
      const refused = { target: this.#target, toTag };
      this.#send(this.#request('ACK', 1, 'first', '', refused), this.#dialled);
      if (this.#ack !== undefined) return;
      this.#toTag = toTag;
      this.#over();
      return;
    }
    this.#answered(message);
  }

  #prack({ headers, to, body }: SipResponse, rack: string) {
    const target = contactUri(headerValue(headers, 'contact') ?? '') ?? '';
    const next = this.#wayTo(target);
    const cseq = this.#within.nextCseq();
    const dialog = { target, toTag: to.tag ?? '' };
    const answer = this.plan.lateOffer && body !== '' ? this.session.first : '';
    if (answer !== '') this.#settled.add(dialog.toTag);
    const bytes = this.#request('PRACK', cseq, `prack${cseq}`, answer, dialog, [rack]);
    return { cseq, send: () => this.#send(bytes, next) };
  }

  #wayTo(target: string): Address {
    const uri = parseUri(target);
    return uri.kind === 'sip' && !this.plan.pinsA
      ? { address: uri.host, port: uri.port ?? 5060 }
      : this.#dialled;
  }

  #answered(message: SipResponse): void {
    if (this.#ack !== undefined) {
      if (message.to.tag === this.#toTag) this.#send(this.#ack.bytes, this.#ack.to);
      else this.#decline(message);
      return;
    }
    this.#toTag = message.to.tag ?? '';
    this.#target = contactUri(headerValue(message.headers, 'contact') ?? '') ?? '';
    this.#next = this.#wayTo(this.#target);
    const isOwed = this.plan.lateOffer && !this.#settled.has(this.#toTag);
    const body = isOwed ? this.session.first : '';
    this.session.agree(this.session.first, message.body);
    this.#ack = { bytes: this.#request('ACK', 1, 'ack', body), to: this.#next };
    this.#send(this.#ack.bytes, this.#ack.to);
    const wasCancelling = this.state === 'cancelling';
    this.state = 'talking';
    this.answeredAtMs = this.#time.nowMs;
    this.#refreshed();
    const talkMs = wasCancelling || this.hasGivenUp ? 0 : (this.plan.talkMs ?? TALK_MS_MAX);
    this.#after(talkMs, () => this.#hangUp());
    this.#within.begin();
  }

  /** A second callee: whoever answered first is talked to. [3261-13.2.2.4] */
  #decline({ to, headers }: SipResponse): void {
    const target = contactUri(headerValue(headers, 'contact') ?? '') ?? '';
    const next = this.#wayTo(target);
    const dialog = { target, toTag: to.tag ?? '' };
    this.#send(this.#request('ACK', 1, `ack${to.tag}`, '', dialog), next);
    const name = `BYE ${to.tag}`;
    if (this.#repeaters.has(name)) return;
    const bye = this.#request('BYE', this.#within.nextCseq(), `bye${to.tag}`, '', dialog);
    const repeater = repeat(this.#after, () => this.#send(bye, next), 4000);
    this.#repeaters.set(name, repeater);
  }

  /** Its session lives so much longer. [4028-10] */
  #refreshed(): void {
    const atMs = this.#time.nowMs;
    this.#refreshedAtMs = atMs;
    this.#after(SESSION_SEC * 1000, () => {
      const isForgotten = this.state === 'talking' && this.#refreshedAtMs === atMs;
      if (isForgotten && this.plan.keepsSession === true)
        this.faults.push('its session was not refreshed');
    });
  }

  #hangUp(): void {
    if (this.state !== 'talking') return;
    this.#over();
    const bye = this.#request('BYE', this.#within.nextCseq(), 'bye', '');
    const repeater = repeat(this.#after, () => this.#send(bye, this.#next), 4000);
    this.#repeaters.set('BYE', repeater);
  }

  /** It talks, and nothing about its session is open. */
  get isQuiet(): boolean {
    return this.state === 'talking' && this.#within.isQuiet;
  }

  #over(): void {
    if (this.state === 'talking') this.onOver();
    this.state = 'over';
    this.#within.stop();
  }

  #request(
    method: string,
    cseq: number,
    branch: string,
    body: string,
    { target, toTag } = { target: this.#target, toTag: this.#toTag },
    more: readonly string[] = [],
  ): Buffer {
    const { emergency, isInside } = this.plan;
    const isService = emergency && isInside !== true;
    const dialled = isService ? 'urn:service:sos' : `sip:200@${this.#dialled.address}`;
    const own = branch !== 'first';
    const isFirst = !own && method !== 'ACK';
    const tag = toTag === '' || isFirst ? '' : `;tag=${toTag}`;
    return wire(
      `${method} ${own ? target : dialled} SIP/2.0`,
      [
        `Via: SIP/2.0/UDP ${writeAddress(this.#me)};branch=z9hG4bK${branch}${this.callId};rport`,
        'Max-Forwards: 70',
        `From: <sip:+46701234567@op.example>;tag=${this.callId}`,
        `To: <${dialled}>${tag}`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: <sip:phone@${writeAddress(this.#me)}>`,
        'Geolocation: <cid:where@op.example>',
        `Subject: ${this.callId}`,
        `X-Phone: ${this.callId}`,
        ...(method === 'INVITE' && this.plan.ringsReliably === true ? ['Supported: 100rel'] : []),
        ...more,
        ...(emergency && !isService ? [CALLBACK_MARK] : []),
        ...(this.plan.keepsSession === true && /INVITE|UPDATE/.test(method) ? SESSION : []),
      ],
      body,
    );
  }
}
