import { bytesOf, type Octets, octetsOf } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Timers } from '../../base/time.ts';
import { type LineWorld, WaitingLine } from '../../base/waiting-line.ts';
import type { SipRequest } from '../../sip/message.ts';
import { TIMER_J_MS } from '../../sip/timer-values.ts';
import { type Alarms, clearAlarm, clearAlarms, setAlarm } from './alarms.ts';
import { answerWay, type Far } from './far.ts';
import type { Flow, LegA } from './legs.ts';
import { composeResponse, type Reply, type ReplyWith, replyTo } from './proto/compose.ts';
import {
  beginInviteServer,
  type InviteServerEvent,
  type InviteServerState,
  stepInviteServer,
} from './proto/invite-server.ts';
import {
  beginNonInviteServer,
  type NonInviteServerEvent,
  type NonInviteServerState,
  stepNonInviteServer,
} from './proto/non-invite-server.ts';
import type { Room } from './room.ts';
import { carriageOf, type Wire, type Wires } from './wires.ts';

/** Timers L and J. */
const LINGER_MS = TIMER_J_MS;

type Common = {
  readonly key: string;
  readonly wire: Wire;
  /** Where its responses go. */
  readonly to: Far;
  readonly room: Room;
  /** What its responses repeat of the request. Absent once the final one was given. */
  reply: Reply | undefined;
  readonly alarms: Alarms;
  /**
   * The last response, as long as it may be repeated. As text: a small buffer is part of a large
   * one, which would stay in memory with it.
   */
  last: Octets | undefined;
};

export type InviteServer = Common & {
  readonly kind: 'invite';
  state: InviteServerState;
  /** Absent for an INVITE that makes no leg. */
  leg: LegA | undefined;
};

export type NonInviteServer = Common & {
  readonly kind: 'non-invite';
  state: NonInviteServerState;
};

export type ServerTransaction = InviteServer | NonInviteServer;

/** Runs the server machines on timers and sockets. */
export class ServerTransactions {
  readonly #timers: Timers;
  readonly #wires: Wires;
  readonly #all = new Map<string, ServerTransaction>();
  readonly #ended: WaitingLine<ServerTransaction>;
  #reserved = 0;

  constructor({ timers, clock }: LineWorld, wires: Wires) {
    this.#timers = timers;
    this.#wires = wires;
    this.#ended = new WaitingLine({ timers, clock }, LINGER_MS, (one) => this.#stopLingering(one));
  }

  get size(): number {
    return this.#all.size;
  }

  /** How many of them are in the reserve. */
  get reserved(): number {
    return this.#reserved;
  }

  /** The ways that responses still go. */
  flows(): Iterable<Flow> {
    return this.#all.values();
  }

  find(key: string): ServerTransaction | undefined {
    return this.#all.get(key);
  }

  begin(
    key: string,
    request: SipRequest,
    wire: Wire,
    source: Far,
    room: Room = 'common',
  ): ServerTransaction {
    const begun = beginning(key, request, wire, source, room);
    this.#all.set(key, begun);
    if (room === 'reserve') this.#reserved += 1;
    return begun;
  }

  /** The request came again. */
  repeat(transaction: ServerTransaction): void {
    if (transaction.kind === 'invite') this.#stepInvite(transaction, { on: 'request' });
    else this.#stepNonInvite(transaction, { on: 'request' });
  }

  /** Answers whether the ACK belongs to a refusal; that of a 2xx is the leg's. */
  absorbsAck(transaction: InviteServer): boolean {
    return !this.#stepInvite(transaction, { on: 'ack' });
  }

  /** Answers what was sent; undefined: the final response was given before. */
  respond(transaction: ServerTransaction, response: ReplyWith): Buffer | undefined {
    const { reply } = transaction;
    if (reply === undefined) return undefined;
    const { status } = response;
    if (status >= 200) transaction.reply = undefined;
    const bytes = composeResponse(reply, response);
    if (transaction.kind === 'invite') {
      this.#stepInvite(transaction, { on: 'respond', status }, bytes);
    } else {
      this.#stepNonInvite(transaction, { on: 'respond', status }, bytes);
    }
    return bytes;
  }

  /** Lets go of a request that nobody will answer any more. */
  drop(transaction: ServerTransaction): void {
    clearAlarms(this.#timers, transaction.alarms);
    this.#forget(transaction);
  }

  close(): void {
    for (const { alarms } of this.#all.values()) clearAlarms(this.#timers, alarms);
    this.#all.clear();
    this.#ended.clear();
    this.#reserved = 0;
  }

  #stopLingering(transaction: ServerTransaction): void {
    if (this.#all.get(transaction.key) !== transaction) return;
    if (transaction.kind === 'invite') this.#stepInvite(transaction, { on: 'timer', name: 'L' });
    else this.#stepNonInvite(transaction, { on: 'timer', name: 'J' });
  }

  /** Answers whether an ACK is to be passed on to the leg. */
  #stepInvite(transaction: InviteServer, event: InviteServerEvent, bytes?: Buffer): boolean {
    const wasAccepted = transaction.state.tag === 'accepted';
    const { state, effects } = stepInviteServer(transaction.state, event, carriageOf(transaction));
    transaction.state = state;
    let passesAck = false;
    for (const effect of effects) {
      switch (effect.do) {
        case 'send-response':
          this.#send(transaction, bytes);
          break;
        case 'repeat-response':
          this.#repeat(transaction);
          break;
        case 'deliver-ack':
          passesAck = true;
          break;
        case 'set-timer': {
          const { name, delayMs } = effect;
          if (name === 'L') this.#ended.add(transaction);
          else {
            setAlarm(this.#timers, transaction.alarms, name, delayMs, () =>
              this.#stepInvite(transaction, { on: 'timer', name }),
            );
          }
          break;
        }
        case 'clear-timer':
          clearAlarm(this.#timers, transaction.alarms, effect.name);
          break;
        default:
          never(effect);
      }
    }
    if (isOver(state)) transaction.last = undefined;
    if (state.tag === 'terminated') {
      this.#forget(transaction);
      if (wasAccepted && transaction.leg !== undefined) transaction.leg.said = undefined;
    }
    return passesAck;
  }

  #stepNonInvite(transaction: NonInviteServer, event: NonInviteServerEvent, bytes?: Buffer): void {
    const { state, effects } = stepNonInviteServer(
      transaction.state,
      event,
      carriageOf(transaction),
    );
    transaction.state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case 'send-response':
          this.#send(transaction, bytes);
          break;
        case 'repeat-response':
          this.#repeat(transaction);
          break;
        case 'set-timer':
          this.#ended.add(transaction);
          break;
        case 'clear-timer':
          break;
        default:
          never(effect);
      }
    }
    if (state.tag === 'terminated') this.#forget(transaction);
  }

  #forget({ key, room }: ServerTransaction): void {
    if (this.#all.delete(key) && room === 'reserve') this.#reserved -= 1;
  }

  #send(transaction: ServerTransaction, bytes: Buffer | undefined): void {
    if (bytes === undefined) return;
    if (!isOver(transaction.state)) transaction.last = octetsOf(bytes);
    this.#wires.send(transaction.wire, bytes, transaction.to);
  }

  #repeat({ wire, to, last }: ServerTransaction): void {
    if (last !== undefined) this.#wires.send(wire, bytesOf(last), to);
  }
}

/** Whether no response is repeated by the machine any more: a 2xx is the leg's. [6026-7.1] */
function isOver({ tag }: ServerTransaction['state']): boolean {
  return tag === 'accepted' || tag === 'confirmed';
}

function beginning(
  key: string,
  request: SipRequest,
  wire: Wire,
  source: Far,
  room: Room,
): ServerTransaction {
  const to = answerWay(request.via, source);
  const reply = replyTo(request, source);
  const common = { key, wire, to, room, reply, alarms: {}, last: undefined };
  if (request.method === 'INVITE') {
    return { kind: 'invite', ...common, state: beginInviteServer(), leg: undefined };
  }
  return { kind: 'non-invite', ...common, state: beginNonInviteServer() };
}
