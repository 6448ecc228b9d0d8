import type { Address } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import type { VirtualNetwork } from '../support/virtual-network.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import {
  acknowledgedEarly,
  type Device,
  deviceOf,
  type End,
  endsOfLeg,
  type GatewayLeg,
  hearAnswer,
  requestOf,
  sessionsOf,
} from './gateway-leg.ts';
import type { GatewayPlan } from './gateway-plan.ts';
import { callerOf, GatewayTransfers } from './gateway-transfers.ts';
import { RingsReliably } from './reliable.ts';
import { repeat, response } from './wire.ts';
import { Within } from './within.ts';
import type { Witness } from './witness.ts';

/**
 * A gateway after RFC 3261 that can also crash: then it is deaf for a while and forgets everything.
 */
export class SimGateway {
  readonly legs = new Map<string, GatewayLeg>();
  readonly transfers: GatewayTransfers;
  /** It is about to hang up in the call of that caller. */
  onHangUp: (caller: string) => void = () => undefined;
  readonly faults: string[] = [];
  readonly #me: Address;
  readonly #time: VirtualWorld;
  readonly #plan: (invite: SipRequest) => GatewayPlan;
  readonly #socket: { send(bytes: Buffer, to: Address): void };
  readonly #edge: Witness;
  readonly #optionsStatus: number;
  #isDeaf = false;
  hasCrashed = false;

  constructor(
    me: Address,
    time: VirtualWorld,
    network: VirtualNetwork,
    edge: Witness,
    plan: (invite: SipRequest) => GatewayPlan,
    optionsStatus = 200,
  ) {
    this.#edge = edge;
    this.#optionsStatus = optionsStatus;
    this.#me = me;
    this.#time = time;
    this.#plan = plan;
    this.transfers = new GatewayTransfers({
      me,
      after: this.#after,
      send: (bytes, to) => {
        if (!this.#isDeaf) this.#socket.send(bytes, to);
      },
      legOf: (callId) => this.legs.get(callId),
      hangUp: (leg, to) => this.#hangUp(leg, 'gw', to),
      onHangUp: (caller) => this.onHangUp(caller),
      isRung: (callId, cseq) => edge.isRung('b', callId, cseq),
      complain: (what) => void this.faults.push(what),
    });
    this.#socket = network.attach(me, {
      onDatagram: (bytes, from) => this.#hear(bytes, from),
      onSendFailure: () => undefined,
    });
  }

  crash(forMs: number): void {
    this.#isDeaf = true;
    this.hasCrashed = true;
    for (const leg of this.legs.values()) this.#end(leg);
    this.transfers.end();
    this.#after(forMs, () => {
      this.#isDeaf = false;
    });
  }

  /** What it believes to talk in, of the leg with that Call-ID. */
  endsOf(callId: string): readonly End[] {
    const leg = this.legs.get(callId);
    const joined = this.transfers.joins.get(callId)?.talks;
    return [
      ...(leg === undefined ? [] : endsOfLeg(leg)),
      ...(joined === undefined ? [] : [joined]),
    ];
  }

  readonly #after = (delayMs: number, run: () => void) => {
    this.#time.at(this.#time.nowMs + delayMs, run);
  };

  #end(leg: GatewayLeg): void {
    leg.state = 'over';
    leg.up.clear();
    leg.within.stop();
    leg.reliable.stop();
    leg.referring?.stop();
    for (const repeater of leg.repeaters) repeater.stop();
  }

  #hear(bytes: Buffer, from: Address): void {
    if (this.#isDeaf) return;
    const message = parse(bytes);
    if (message.kind === 'fault') {
      this.faults.push(`unparsable: ${message.reason}`);
      return;
    }
    const joining = this.transfers.joins.get(message.callId);
    if (message.kind === 'response') {
      joining?.hearResponse(message);
      if (this.legs.get(message.callId)?.referring?.hearResponse(message) === true) return;
      if (this.legs.get(message.callId)?.within.hearResponse(message) === true) return;
      this.legs.get(message.callId)?.repeaters.forEach((repeater) => {
        if (message.cseq.method === 'BYE') repeater.stop();
      });
      return;
    }
    const leg = this.legs.get(message.callId);
    const say = (status: number, tag?: string) =>
      this.#socket.send(response(message, status, tag === undefined ? {} : { tag }), from);
    const reply = (bytes: Buffer) => {
      if (!this.#isDeaf) this.#socket.send(bytes, from);
    };
    if (joining !== undefined) {
      joining.hearRequest(message, reply);
      return;
    }
    if (message.to.tag !== undefined && leg?.within.hearRequest(message, reply) === true) return;
    switch (message.method) {
      case 'INVITE':
        if (leg === undefined) this.#invited(message, from);
        return;
      case 'ACK':
        if (leg !== undefined) this.#acknowledged(leg, message);
        return;
      case 'CANCEL':
        say(leg === undefined ? 481 : 200, leg === undefined ? 'none' : 'gw');
        if (leg === undefined) return;
        leg.wasCancelled = true;
        if (leg.state === 'new' || leg.state === 'proceeding') this.#refuse(leg, 487, from);
        return;
      case 'BYE':
        say(leg === undefined ? 481 : 200, 'none');
        if (leg === undefined) return;
        leg.up.delete(deviceOf(message));
        if (leg.up.size === 0) this.#end(leg);
        return;
      case 'PRACK':
        say(leg === undefined ? 481 : acknowledgedEarly(leg, message));
        return;
      case 'NOTIFY':
        if (leg?.referring === undefined) this.faults.push('a NOTIFY came to a gateway');
        if (leg?.referring?.hearNews(message) === true) say(leg.up.has('gw') ? 200 : 481);
        return;
      case 'OPTIONS':
        say(this.#optionsStatus, 'opt');
        return;
      default:
        this.faults.push(`a ${message.method} came to a gateway`);
    }
  }

  #invited(invite: SipRequest, from: Address): void {
    const plan = this.#plan(invite);
    const sessions = sessionsOf(invite.callId, plan);
    const leg: GatewayLeg = {
      invite,
      plan,
      state: 'new',
      up: new Set(),
      repeaters: [],
      acked: new Set(),
      wasCancelled: false,
      reliable: new RingsReliably(this.#after),
      sessions,
      referring: this.transfers.referringOf(invite, plan, from),
      within: new Within(plan.within, 0, {
        me: this.#me,
        session: sessions.gw,
        after: this.#after,
        request: (method, cseq, branch, body) =>
          requestOf(this.#me, invite, method, cseq, branch, body),
        send: (bytes) => this.#socket.send(bytes, from),
        isUp: () => !this.#isDeaf && leg.up.has('gw'),
        isSettled: () => leg.acked.has('gw'),
        isRung: (cseq) => this.#edge.isRung('b', invite.callId, cseq),
        complain: (what) => void this.faults.push(`${invite.callId}: ${what}`),
      }),
    };
    this.legs.set(invite.callId, leg);
    const whilePending = (delayMs: number, run: () => void) =>
      this.#after(delayMs, () => {
        if (leg.state === 'new' || leg.state === 'proceeding') run();
      });
    const send = (status: number, tag?: string, body = '') => {
      leg.state = 'proceeding';
      const more = tag === undefined ? {} : { tag, contact: this.#me, body };
      this.#socket.send(response(invite, status, more), from);
    };
    if (plan.says100) whilePending(plan.wakesMs, () => send(100));
    const ring = (tag: Device) => {
      if (plan.earlyMedia) this.#ringWithMedia(leg, tag, from);
      else send(180, tag);
    };
    if (plan.rings) whilePending(plan.wakesMs + 5, () => ring('gw'));
    if (plan.rings && plan.answersTwice) whilePending(plan.wakesMs + 8, () => ring('fork'));
    const { final } = plan;
    if (final === undefined) return;
    whilePending(plan.wakesMs + final.afterMs + 10, () => {
      if (final.status >= 300) return this.#refuse(leg, final.status, from);
      this.#answerInTurn(leg, from);
    });
  }

  #ringWithMedia(leg: GatewayLeg, tag: Device, to: Address): void {
    const { invite, plan, reliable } = leg;
    const allowed = headerValue(invite.headers, 'supported')?.includes('100rel') === true;
    const isReliable = plan.ringsReliably === true && allowed;
    const rseq = tag === 'gw' ? 4711 : 1;
    const lines = isReliable ? ['Require: 100rel', `RSeq: ${rseq}`] : [];
    const body = leg.sessions[tag].first;
    const bytes = response(invite, 183, { tag, contact: this.#me, lines, body });
    leg.state = 'proceeding';
    const send = () => this.#socket.send(bytes, to);
    if (!isReliable) send();
    else reliable.ring(tag, rseq, send, () => this.#giveUp(leg, to));
  }

  /** Who was deaf until its INVITE was given up is not heard before it answers. */
  #giveUp(leg: GatewayLeg, to: Address): void {
    if (leg.state !== 'proceeding' || this.#isDeaf) return;
    if (!this.hasCrashed) this.faults.push(`${leg.invite.callId}: no PRACK came`);
    this.#refuse(leg, 504, to);
  }

  /** Not before what it has rung with is acknowledged. [3262-3] */
  #answerInTurn(leg: GatewayLeg, to: Address): void {
    if (leg.state !== 'new' && leg.state !== 'proceeding') return;
    const isOwed = leg.reliable.isOwed('gw') || leg.reliable.isOwed('fork');
    if (isOwed) {
      this.#after(50, () => this.#answerInTurn(leg, to));
      return;
    }
    this.#answer(leg, 'gw', to);
    if (leg.plan.answersTwice) this.#after(20, () => this.#answer(leg, 'fork', to));
  }

  #refuse(leg: GatewayLeg, status: number, to: Address): void {
    leg.state = 'refused';
    leg.reliable.stop();
    const bytes = response(leg.invite, status, { tag: 'gw' });
    leg.repeaters.push(repeat(this.#after, () => this.#socket.send(bytes, to), 4000));
  }

  #answer(leg: GatewayLeg, tag: Device, to: Address): void {
    if (this.#isDeaf || leg.state === 'over') return;
    leg.state = 'answered';
    leg.up.add(tag);
    const body = leg.sessions[tag].first;
    if (leg.invite.body !== '') leg.sessions[tag].agree(body, leg.invite.body);
    const bytes = response(leg.invite, 200, { tag, contact: this.#me, body });
    const send = () => {
      if (!leg.acked.has(tag)) this.#socket.send(bytes, to);
    };
    leg.repeaters.push(repeat(this.#after, send, 4000));
    if (tag !== 'gw') return;
    leg.within.begin();
    this.transfers.begin(leg, to);
    const { talkMs } = leg.plan;
    if (talkMs !== undefined) this.#after(talkMs, () => this.#hangUp(leg, tag, to));
  }

  #acknowledged(leg: GatewayLeg, ack: SipRequest): void {
    if (leg.state === 'refused') {
      this.#end(leg);
      return;
    }
    if (!leg.acked.has(deviceOf(ack))) hearAnswer(leg, ack);
    leg.acked.add(deviceOf(ack));
  }

  #hangUp(leg: GatewayLeg, tag: Device, to: Address): void {
    if (!leg.up.has(tag)) return;
    if (!leg.acked.has(tag)) {
      this.#after(1000, () => this.#hangUp(leg, tag, to));
      return;
    }
    this.onHangUp(callerOf(leg.invite.headers));
    leg.up.delete(tag);
    leg.within.stop();
    const bye = requestOf(this.#me, leg.invite, 'BYE', leg.within.nextCseq(), 'bye', '');
    leg.repeaters.push(repeat(this.#after, () => this.#socket.send(bye, to), 4000));
  }
}
