import { bytesOf, NO_OCTETS, type Octets, octetsOf } from '../../base/brands.ts';
import type { Alarm } from '../../base/time.ts';
import type { Content } from '../../ports/sip-engine.ts';
import { glareMs } from '../../sip/glare.ts';
import { header } from '../../sip/header-names.ts';
import type { RequestId, UriText } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { SUPPORTED } from '../../sip/option-tags.ts';
import { sdpIn, sdpPartOf } from '../../sip/sdp-part.ts';
import { MIN_SE_SEC, minSeIn } from '../../sip/session-expires.ts';
import { askByUs } from './asking.ts';
import { confirmByUs } from './confirming.ts';
import type { Core } from './core.ts';
import { type AnyDialog, nameOf } from './legs.ts';
import {
  afterFailure,
  agreedIn,
  askTerms,
  dueMs,
  INTERVALS_MAX,
  type SessionTerms,
  sayTerms,
} from './proto/session-timer.ts';

const MAX_FORWARDS = 70;
const SDP_TYPE = header('Content-Type', 'application/sdp');
const NOTHING: Content = { headers: [], body: NO_OCTETS };

/** How the far end of a dialog is refreshed. */
export type SessionWay = {
  readonly contact: UriText;
  /** Otherwise by a re-INVITE that repeats what was said last. [4028-7.4] */
  readonly takesUpdate: boolean;
};

/**
 * The session timer of one dialog, open as long as that. If it is for us to refresh, it does so by
 * itself, and the node hears only of a far end that has left.
 */
export class SessionTimer {
  readonly #core: Core;
  readonly #entry: AnyDialog;
  readonly #way: SessionWay;
  /** Absent: the session does not expire. */
  #terms: SessionTerms | undefined;
  #minSec = MIN_SE_SEC;
  #expiresAtMs = 0;
  #alarm: Alarm | undefined;
  /** The refresh of ours that is on its way. */
  #refresh: RequestId | undefined;
  #glares = 0;
  /** The last SDP of ours that the far end has taken; kept where a re-INVITE would repeat it. */
  #sdp: Octets | undefined;
  /** What becomes that with a 2xx. */
  #offered: Octets | undefined;

  constructor(core: Core, entry: AnyDialog, way: SessionWay) {
    this.#core = core;
    this.#entry = entry;
    this.#way = way;
  }

  get contact(): UriText {
    return this.#way.contact;
  }

  get intervalSec(): number | undefined {
    return this.#terms?.intervalSec;
  }

  /** The session begins anew. [4028-10] */
  renew(terms: SessionTerms): void {
    this.#terms = terms;
    this.#glares = 0;
    this.#expiresAtMs = this.#core.clock.mono() + terms.intervalSec * 1000;
    this.#wait(dueMs(terms));
  }

  /** The session does not expire any more, or is over. */
  close(): void {
    this.#terms = undefined;
    this.#stop();
  }

  /** What a 2xx of ours says of it. */
  says(): readonly Header[] {
    return this.#terms === undefined ? [] : sayTerms(this.#terms);
  }

  /** What a request of ours that refreshes it says; with a 2xx its SDP is agreed on. */
  asks(content: Content): readonly Header[] {
    this.#offered = this.#sdpOf(content);
    return this.#terms === undefined
      ? []
      : [SUPPORTED, ...askTerms({ ...this.#terms, minSec: this.#minSec })];
  }

  /** We have said that, and the far end is to take it. */
  said(content: Content): void {
    this.#sdp = this.#sdpOf(content) ?? this.#sdp;
  }

  /**
   * Takes an answer to an INVITE or UPDATE of ours that has gone so often. Answers whether the same
   * one is to ask for as long an interval as the far end wants. [4028-7.4]
   */
  wantsMore({ status, headers }: SipResponse, tries: number): boolean {
    const terms = this.#terms;
    const minSec = status === 422 ? minSeIn(headers) : 0;
    if (terms === undefined || minSec <= terms.intervalSec || tries >= INTERVALS_MAX) return false;
    this.#minSec = minSec;
    this.#terms = { ...terms, intervalSec: minSec };
    return true;
  }

  /** Takes a response to an INVITE or UPDATE of ours; answers whether that was a refresh. */
  onReply(request: RequestId, { status, headers }: SipResponse): boolean {
    const isRefresh = request === this.#refresh;
    if (status < 200) return isRefresh;
    if (isRefresh) this.#refresh = undefined;
    if (status >= 300) {
      if (isRefresh) this.#failed(status, true);
      return isRefresh;
    }
    if (isRefresh) confirmByUs(this.#core, [this.#entry], request, NOTHING);
    this.#sdp = this.#offered ?? this.#sdp;
    const terms = this.#terms === undefined ? undefined : agreedIn(headers);
    if (terms === undefined) this.close();
    else this.renew(terms);
    return isRefresh;
  }

  /** No answer has come, or could; answers whether it was a refresh that it was to. */
  onSilence(request: RequestId, status: number): boolean {
    if (request !== this.#refresh) return false;
    this.#refresh = undefined;
    this.#failed(status, false);
    return true;
  }

  #wait(delayMs: number): void {
    this.#stop();
    this.#alarm = this.#core.timers.set(delayMs, () => {
      this.#alarm = undefined;
      this.#onDue();
    });
  }

  #stop(): void {
    if (this.#alarm !== undefined) this.#core.timers.clear(this.#alarm);
    this.#alarm = undefined;
  }

  #onDue(): void {
    const terms = this.#terms;
    if (terms === undefined) return;
    if (terms.refresher === 'them') this.#tellExpired(408);
    else if (this.#isBusy()) this.#failed(491, false);
    else this.#ask(terms);
  }

  /**
   * No INVITE while another one is open, and nothing before the ACK of the first. An UPDATE that
   * offers nothing is in nobody's way, and a re-INVITE may stay open for minutes. [3261-14.1]
   */
  #isBusy(): boolean {
    const { state, exchange } = this.#entry;
    if (this.#refresh !== undefined || state.tag === 'answered') return true;
    if (exchange === undefined || this.#way.takesUpdate) return false;
    const { ours, theirs, owed } = exchange;
    const isAsking = ours !== undefined && ours.state.tag !== 'over';
    return isAsking || theirs !== undefined || owed.size > 0;
  }

  /** Without an SDP to repeat, a re-INVITE would begin something new: it is let be. */
  #ask(terms: SessionTerms): void {
    const { contact, takesUpdate } = this.#way;
    if (!takesUpdate && this.#sdp === undefined) {
      this.#wait(dueMs(terms));
      return;
    }
    const request = this.#core.serials.request();
    this.#refresh = request;
    const order = { request, contact, maxForwards: MAX_FORWARDS };
    if (takesUpdate) askByUs(this.#core, this.#entry, { ...order, method: 'UPDATE', ...NOTHING });
    else {
      const body = this.#sdp ?? NO_OCTETS;
      const headers = [SDP_TYPE];
      askByUs(this.#core, this.#entry, { ...order, method: 'INVITE', headers, body });
    }
  }

  #failed(status: number, isAnswer: boolean): void {
    const terms = this.#terms;
    if (terms === undefined) return;
    const { intervalSec } = terms;
    const leftMs = this.#expiresAtMs - this.#core.clock.mono();
    const glares = this.#glares;
    const { isLost, next } = afterFailure({ status, isAnswer, leftMs, intervalSec, glares });
    this.#glares = next === 'after-glare' ? glares + 1 : 0;
    // The Call-ID of leg b is ours, that of leg a is the caller's.
    const ownsCallId = this.#entry.side === 'b';
    if (next === 'after-glare') this.#wait(glareMs(ownsCallId, this.#core.rng.fraction()));
    else if (next !== undefined) this.#wait(next);
    if (isLost) this.#tellExpired(status);
  }

  #tellExpired(status: number): void {
    const tag = nameOf(this.#entry);
    const event = { on: 'expired', tag, status } as const;
    this.#core.news.push({ what: 'leg', leg: this.#entry.leg.id, event });
  }

  #sdpOf({ headers, body }: Content): Octets | undefined {
    if (this.#way.takesUpdate) return undefined;
    const part = sdpPartOf(headers, body);
    // A slice would keep the whole datagram in memory for as long as the dialog.
    return part === undefined ? undefined : octetsOf(bytesOf(sdpIn(body, part)));
  }
}
