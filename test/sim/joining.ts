import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import type { End } from './gateway-leg.ts';
import { Session } from './session.ts';
import type { JoinPlan } from './transfers.ts';
import { type Repeater, repeat, response, wire } from './wire.ts';
import { Within } from './within.ts';

/** The dialog of another gateway, as the site sees it, and the caller that is talked with in it. */
export type Place = {
  readonly callId: string;
  readonly siteTag: string;
  readonly gatewayTag: string;
  readonly subject: string;
};

export type JoinMeans = {
  readonly me: Address;
  readonly site: Address;
  readonly after: (delayMs: number, run: () => void) => void;
  readonly send: (bytes: Buffer) => void;
  readonly isRung: (callId: string, cseq: number) => boolean;
  readonly onHangUp: () => void;
  readonly complain: (what: string) => void;
};

/** A gateway that takes the place of another one by an INVITE of its own. [3891-4] */
export class Joining {
  readonly callId: string;
  readonly subject: string;
  readonly session: Session;
  state: 'calling' | 'ringing' | 'talking' | 'over' = 'calling';
  readonly within: Within;
  readonly #plan: JoinPlan;
  readonly #place: Place;
  readonly #means: JoinMeans;
  readonly #repeaters: Repeater[] = [];
  #toTag = '';
  #target: string;
  #ack: Buffer | undefined;
  #isGivenUp = false;
  #isCancelled = false;

  constructor(plan: JoinPlan, place: Place, means: JoinMeans) {
    const { me, site, after, send, isRung, complain } = means;
    this.callId = `join-${place.callId}-${me.address}`;
    this.subject = place.subject;
    this.session = new Session(this.callId);
    this.#plan = plan;
    this.#place = place;
    this.#means = means;
    this.#target = `sip:112@${writeAddress(site)}`;
    this.within = new Within(plan.within, 1, {
      me,
      session: this.session,
      after,
      request: (method, cseq, branch, body) => this.#request(method, cseq, branch, body),
      send,
      isUp: () => this.state === 'talking',
      isSettled: () => true,
      isRung: (cseq) => isRung(this.callId, cseq),
      complain: (what) => complain(`${this.callId}: ${what}`),
    });
  }

  begin(): void {
    const { after, send } = this.#means;
    const { isKnown, hasOffer, patienceMs } = this.#plan;
    const { callId, siteTag, gatewayTag } = this.#place;
    const named = isKnown ? callId : `no-${callId}`;
    const replaces = `Replaces: ${named};to-tag=${siteTag};from-tag=${gatewayTag}`;
    const body = hasOffer ? this.session.first : '';
    const invite = this.#request('INVITE', 1, 'first', body, [replaces]);
    this.#repeaters.push(repeat(after, () => send(invite), 64_000));
    if (patienceMs === undefined) return;
    after(patienceMs, () => {
      this.#isGivenUp = true;
      this.#cancel();
    });
  }

  /** Absent: it does not talk. */
  get talks(): End | undefined {
    if (this.state !== 'talking') return undefined;
    const { callId, within, session } = this;
    const { isQuiet } = within;
    return { callId, tag: callId, isAcknowledged: true, isQuiet, agreed: session.agreed };
  }

  /** It forgets everything. */
  end(): void {
    this.state = 'over';
    this.within.stop();
    for (const repeater of this.#repeaters) repeater.stop();
  }

  /** Not before a provisional. [3261-9.1] */
  #cancel(): void {
    const { after, send } = this.#means;
    if (this.state !== 'ringing' || this.#isCancelled) return;
    this.#isCancelled = true;
    const cancel = this.#request('CANCEL', 1, 'first', '');
    this.#repeaters.push(repeat(after, () => send(cancel), 4000));
  }

  hearResponse(message: SipResponse): void {
    const { status, cseq, to } = message;
    if (this.within.hearResponse(message)) return;
    if (cseq.method !== 'INVITE') {
      if (status >= 200 && cseq.method === 'BYE') this.end();
      return;
    }
    if (status < 200) {
      if (this.state === 'calling') this.state = 'ringing';
      if (this.#isGivenUp) this.#cancel();
      this.#repeaters[0]?.stop();
      return;
    }
    if (status >= 300) {
      this.#toTag = to.tag ?? '';
      this.#means.send(this.#request('ACK', 1, 'first', ''));
      if (this.state !== 'talking') this.end();
      return;
    }
    if (this.#ack === undefined) this.#answered(message);
    if (this.#ack !== undefined) this.#means.send(this.#ack);
  }

  #answered({ to, headers, body }: SipResponse): void {
    if (this.state === 'over') return;
    for (const repeater of this.#repeaters) repeater.stop();
    this.#toTag = to.tag ?? '';
    this.#target = contactUri(headerValue(headers, 'contact') ?? '') ?? this.#target;
    this.#ack = this.#request('ACK', 1, 'ack', '');
    this.state = 'talking';
    this.session.agree(this.session.first, body);
    this.within.begin();
    const { talkMs } = this.#plan;
    const untilMs = this.#isGivenUp ? 0 : talkMs;
    if (untilMs !== undefined) this.#means.after(untilMs, () => this.#hangUp());
  }

  #hangUp(): void {
    if (this.state !== 'talking') return;
    this.#means.onHangUp();
    this.end();
    const { after, send } = this.#means;
    const bye = this.#request('BYE', this.within.nextCseq(), 'bye', '');
    this.#repeaters.push(repeat(after, () => send(bye), 4000));
  }

  hearRequest(request: SipRequest, reply: (bytes: Buffer) => void): void {
    if (this.within.hearRequest(request, reply)) return;
    const { method } = request;
    if (method === 'ACK') return;
    if (method !== 'BYE') this.#means.complain(`a ${method} came to ${this.callId}`);
    reply(response(request, 200, {}));
    if (this.state === 'talking') this.end();
  }

  #request(
    method: string,
    cseq: number,
    branch: string,
    body: string,
    more: readonly string[] = [],
  ): Buffer {
    const me = writeAddress(this.#means.me);
    const isFirst = method === 'CANCEL' || branch === 'first';
    const tag = this.#toTag === '' || (isFirst && method !== 'ACK') ? '' : `;tag=${this.#toTag}`;
    return wire(
      `${method} ${this.#target} SIP/2.0`,
      [
        `Via: SIP/2.0/UDP ${me};branch=z9hG4bK${branch}${this.callId}`,
        'Max-Forwards: 70',
        `From: <sip:desk@psap.example>;tag=${this.callId}`,
        `To: <sip:112@sbc.example>${tag}`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${cseq} ${method}`,
        `Contact: <sip:peer@${me}>`,
        `Subject: ${this.subject}`,
        ...more,
      ],
      body,
    );
  }
}
