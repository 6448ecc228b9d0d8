import { never } from '../../base/never.ts';
import type { Timers } from '../../base/time.ts';
import { type LineWorld, WaitingLine } from '../../base/waiting-line.ts';
import type { SipResponse } from '../../sip/message.ts';
import { TIMER_K_MS, TIMER_M_MS } from '../../sip/timer-values.ts';
import { clearAlarm, clearAlarms, setAlarm } from './alarms.ts';
import {
  ackFor,
  type Client,
  flowOf,
  type InviteClient,
  isPending,
  type NonInviteClient,
} from './client-transaction.ts';
import type { Inviter, InviteUser, RequestUser } from './client-users.ts';
import type { Flow } from './legs.ts';
import {
  beginInviteClient,
  type InviteClientEffect,
  type InviteClientEvent,
  type InviteClientState,
  stepInviteClient,
} from './proto/invite-client.ts';
import type { Step } from './proto/machine.ts';
import { responseKey } from './proto/match.ts';
import {
  beginNonInviteClient,
  type NonInviteClientEffect,
  type NonInviteClientEvent,
  type NonInviteClientState,
  stepNonInviteClient,
} from './proto/non-invite-client.ts';
import { carriageOf, type Wires } from './wires.ts';

const SILENCE = 'silence';

/**
 * Runs the client machines on timers and sockets. An INVITE stays known as long as its leg, beyond
 * the end of its machine: a callee may answer after everybody has given up.
 */
export class ClientTransactions {
  readonly #timers: Timers;
  readonly #wires: Wires;
  readonly #user: InviteUser;
  readonly #all = new Map<string, Client>();
  /** INVITEs that have their final response: Timers M and D. */
  readonly #accepted: WaitingLine<Client>;
  /** Others that have theirs. */
  readonly #answered: WaitingLine<Client>;

  constructor({ timers, clock }: LineWorld, wires: Wires, user: InviteUser) {
    this.#timers = timers;
    const stop = (one: Client) => this.#stopLingering(one);
    this.#accepted = new WaitingLine({ timers, clock }, TIMER_M_MS, stop);
    this.#answered = new WaitingLine({ timers, clock }, TIMER_K_MS, stop);
    this.#wires = wires;
    this.#user = user;
  }

  get size(): number {
    return this.#all.size;
  }

  invite(leg: Inviter, bytes: Buffer): void {
    const key = leg.clientKey;
    const begin = beginInviteClient(carriageOf(leg.flow));
    const begun: InviteClient = {
      kind: 'invite',
      key,
      leg,
      alarms: {},
      isAgain: false,
      state: begin.state,
      bytes,
    };
    this.#all.set(key, begun);
    this.#carryOutInvite(begun, begin, undefined);
  }

  /** Sends a request other than INVITE. */
  request(key: string, flow: Flow, bytes: Buffer, user?: RequestUser): void {
    const begin = beginNonInviteClient(carriageOf(flow));
    const begun: NonInviteClient = {
      kind: 'non-invite',
      key,
      flow,
      alarms: {},
      isAgain: false,
      state: begin.state,
      bytes,
      user,
    };
    this.#all.set(key, begun);
    this.#carryOutNonInvite(begun, begin);
    const silence = user?.silence;
    if (silence === undefined || begun.state.tag === 'terminated') return;
    setAlarm(this.#timers, begun.alarms, SILENCE, silence.afterMs, silence.run);
  }

  /** Answers whether the response belongs to a request of ours. */
  onResponse(response: SipResponse): boolean {
    const key = responseKey(response);
    const transaction = key === undefined ? undefined : this.#all.get(key);
    if (transaction === undefined) return false;
    const { status } = response;
    if (transaction.kind === 'non-invite') {
      this.#stepNonInvite(transaction, { on: 'response', status }, response);
    } else if (transaction.state.tag !== 'terminated') {
      this.#stepInvite(transaction, { on: 'response', status }, response);
    } else if (status >= 200 && status < 300) {
      this.#user.onResponse(transaction.leg, response);
    }
    return true;
  }

  /** The ways of requests that are not answered yet. */
  *flows(): Iterable<Flow> {
    for (const transaction of this.#all.values()) {
      if (isPending(transaction)) yield flowOf(transaction);
    }
  }

  /**
   * The way has broken on which requests had gone. An answer may be lost, so they are sent once
   * more; a connection that cannot even be opened is a failure at once. [3261-17.1.4]
   */
  onWayLost(isLost: (flow: Flow) => boolean, wasOpen: boolean): void {
    for (const transaction of this.#all.values()) {
      if (!isPending(transaction) || !isLost(flowOf(transaction))) continue;
      if (wasOpen && !transaction.isAgain) {
        transaction.isAgain = true;
        this.#send(flowOf(transaction), transaction.bytes);
      } else this.onSendFailure(transaction.key);
    }
  }

  onSendFailure(key: string): void {
    const transaction = this.#all.get(key);
    if (transaction === undefined) return;
    if (transaction.kind === 'invite') this.#stepInvite(transaction, { on: 'transport-failed' });
    else this.#stepNonInvite(transaction, { on: 'transport-failed' });
  }

  /** Forgets the INVITE of a leg that is over. */
  forget(leg: Inviter): void {
    this.drop(leg.clientKey);
  }

  /** Lets go of a request whose outcome nobody waits for any more. */
  drop(key: string): void {
    const transaction = this.#all.get(key);
    if (transaction === undefined) return;
    clearAlarms(this.#timers, transaction.alarms);
    this.#all.delete(key);
  }

  close(): void {
    for (const { alarms } of this.#all.values()) clearAlarms(this.#timers, alarms);
    this.#all.clear();
    this.#accepted.clear();
    this.#answered.clear();
  }

  #stopLingering(transaction: Client): void {
    if (this.#all.get(transaction.key) !== transaction) return;
    if (transaction.kind === 'non-invite') {
      this.#stepNonInvite(transaction, { on: 'timer', name: 'K' });
      return;
    }
    const name = transaction.state.tag === 'accepted' ? 'M' : 'D';
    this.#stepInvite(transaction, { on: 'timer', name });
  }

  #stepInvite(transaction: InviteClient, event: InviteClientEvent, response?: SipResponse): void {
    const { state, leg } = transaction;
    this.#carryOutInvite(
      transaction,
      stepInviteClient(state, event, carriageOf(leg.flow)),
      response,
    );
  }

  #carryOutInvite(
    transaction: InviteClient,
    { state, effects }: Step<InviteClientState, InviteClientEffect>,
    response: SipResponse | undefined,
  ): void {
    const { leg, alarms } = transaction;
    const ends = state.tag === 'terminated' && transaction.state.tag !== 'terminated';
    transaction.state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case 'send-request':
          this.#send(leg.flow, transaction.bytes);
          break;
        case 'send-ack':
          this.#send(leg.flow, ackFor(leg, response));
          break;
        case 'deliver-response':
          if (response !== undefined) this.#user.onResponse(leg, response);
          break;
        case 'report-failure':
          this.#user.onFailure(leg, effect.cause);
          break;
        case 'set-timer': {
          const { name, delayMs } = effect;
          if (name === 'M' || name === 'D') this.#accepted.add(transaction);
          else {
            setAlarm(this.#timers, alarms, name, delayMs, () =>
              this.#stepInvite(transaction, { on: 'timer', name }),
            );
          }
          break;
        }
        case 'clear-timer':
          clearAlarm(this.#timers, alarms, effect.name);
          break;
        default:
          never(effect);
      }
    }
    if (state.tag !== 'calling') transaction.bytes = undefined;
    if (ends) this.#user.onTerminated(leg);
  }

  #stepNonInvite(
    transaction: NonInviteClient,
    event: NonInviteClientEvent,
    response?: SipResponse,
  ): void {
    const { state, flow } = transaction;
    const step = stepNonInviteClient(state, event, carriageOf(flow));
    this.#carryOutNonInvite(transaction, step, response);
  }

  #carryOutNonInvite(
    transaction: NonInviteClient,
    { state, effects }: Step<NonInviteClientState, NonInviteClientEffect>,
    response?: SipResponse,
  ): void {
    const { flow, alarms, bytes, key, user } = transaction;
    transaction.state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case 'send-request':
          this.#send(flow, bytes);
          break;
        case 'deliver-response':
          clearAlarm(this.#timers, alarms, SILENCE);
          if (response !== undefined && response.status >= 200) user?.onOutcome(response);
          break;
        case 'report-failure':
          clearAlarm(this.#timers, alarms, SILENCE);
          user?.onOutcome(effect.cause);
          break;
        case 'set-timer': {
          const { name, delayMs } = effect;
          if (name === 'K') this.#answered.add(transaction);
          else {
            setAlarm(this.#timers, alarms, name, delayMs, () =>
              this.#stepNonInvite(transaction, { on: 'timer', name }),
            );
          }
          break;
        }
        case 'clear-timer':
          clearAlarm(this.#timers, alarms, effect.name);
          break;
        default:
          never(effect);
      }
    }
    if (state.tag === 'completed') {
      transaction.bytes = undefined;
      transaction.user = undefined;
    }
    if (state.tag === 'terminated') this.#all.delete(key);
  }

  #send({ wire, to }: Flow, bytes: Buffer | undefined): void {
    if (bytes !== undefined) this.#wires.send(wire, bytes, to);
  }
}
