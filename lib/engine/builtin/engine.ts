import type {
  MessageOutcome,
  MessageReply,
  OutgoingMessage,
  Probe,
  ProbeOutcome,
} from '../../ports/outside-dialogs.ts';
import type {
  Content,
  Departure,
  DialogId,
  DialogReply,
  InviteResponse,
  Listener,
  Listening,
  OutgoingDialogRequest,
  OutgoingInvite,
  ReceivedOn,
  RelayedMessage,
  SipEngine,
} from '../../ports/sip-engine.ts';
import type { LegId, RequestId, StrayId, Tag, UriText } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { parse } from '../../sip/parse.ts';
import { hangUpA } from './answered-a.ts';
import { replyByUs } from './asked.ts';
import { askByUs } from './asking.ts';
import { ClientTransactions } from './client-transactions.ts';
import { confirmByUs } from './confirming.ts';
import { type ConnectionsNow, connectionsNow } from './connection-counts.ts';
import type { Lost } from './connection-ears.ts';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import { Connections } from './connections.ts';
import { type Core, dialogsOf } from './core.ts';
import { earQueue, tellingTimers } from './ear-queue.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Far } from './far.ts';
import { type AllCounts, countsOf, sizesOf } from './figures.ts';
import { handOver, sendBack, sendOn, takeRelayed } from './for-neighbours.ts';
import { inviteOutcomes } from './invite-outcomes.ts';
import { joinA } from './joined-invites.ts';
import { isKeepAlive } from './keep-alive.ts';
import { answerA, answerNow, rejectA, ringA } from './leg-a.ts';
import { acknowledgeB, cancelB, hangUpB, inviteB } from './leg-b.ts';
import { dialogNamed, isOver, nameOf } from './legs.ts';
import { legsOver } from './legs-over.ts';
import { LIMITS, type Sizes } from './limits.ts';
import { concludeMessage, sendMessage } from './message.ts';
import { respondToStray } from './outside-dialog.ts';
import { type QueueWatch, queueWatch } from './own-echo.ts';
import { sendProbe } from './probe.ts';
import { clientKey, dialogKey } from './proto/match.ts';
import { isSetApart } from './quarantine.ts';
import { retractByUs } from './re-inviting.ts';
import { serials } from './serials.ts';
import { serveMessage } from './serve-message.ts';
import { ServerTransactions } from './server-transactions.ts';
import { silence } from './silence.ts';
import { serveBroken } from './unparsable.ts';
import { usageOf, wentBy } from './usage.ts';
import { type Wire, Wires } from './wires.ts';

/** The engine that is part of the node: SIP over UDP and TCP on several addresses of its own. */
export function builtinEngine(parts: EngineParts): BuiltinEngine {
  return new BuiltinEngine(parts);
}

export class BuiltinEngine implements SipEngine {
  readonly #core: Core;
  readonly #connections: Connections | undefined;
  readonly #queues: QueueWatch;

  constructor(parts: EngineParts) {
    const { world, datagrams, streams, ears, tap, limits, connectionLimits, onGivenUp } = parts;
    const news = earQueue(ears);
    const timers = tellingTimers(world.timers, news);
    const line = { timers, clock: world.clock };
    const names = serials(world.rng);
    const allowed = { ...CONNECTION_LIMITS, ...connectionLimits };
    const connections =
      streams === undefined
        ? undefined
        : new Connections(world, streams, allowed, {
            onSendFailure: (bytes) => this.#onSendFailure(bytes),
            onLost: (lost) => this.#onLost(lost),
            usage: () => usageOf(this.#core),
            onGivenUp: (why, source) => onGivenUp?.(why, source),
          });
    this.#connections = connections;
    const wires = new Wires(datagrams, connections, tap, {
      onMessage: (wire, bytes, from) => this.#onMessage(wire, bytes, from),
      onBroken: (wire, found, source) => {
        serveBroken(this.#core, found, wire, { listener: wire.listener, source });
        this.#core.news.flush();
      },
      onSendFailure: (bytes) => this.#onSendFailure(bytes),
    });
    const core: Core = {
      ...line,
      rng: world.rng,
      limits: { ...LIMITS, ...limits },
      counts: { overloads: 0, strayResponses: 0, sendFailures: 0, surplusDialogs: 0 },
      serials: names,
      news,
      quarantine: parts.quarantine,
      wires,
      servers: new ServerTransactions(line, wires),
      clients: new ClientTransactions(
        line,
        wires,
        inviteOutcomes(() => core),
      ),
      legsA: new Map(),
      legsB: new Map(),
      dialogs: new Map(),
      over: legsOver(line, () => core),
      strays: new Map(),
      isEmergency: (arrival) => ears.isEmergency?.(arrival) === true,
      takesMessages: ears.onMessage !== undefined,
      statelessTag: names.tag(),
    };
    this.#core = core;
    this.#queues = queueWatch(world, wires);
  }

  listen(listeners: readonly Listener[]): Promise<Listening> {
    return this.#core.wires.open(listeners);
  }

  ring(leg: LegId, response: InviteResponse): void {
    const found = this.#core.legsA.get(leg);
    if (found !== undefined) ringA(this.#core, found, response);
  }

  answer(leg: LegId, response: InviteResponse): void {
    const found = this.#core.legsA.get(leg);
    if (found !== undefined) answerA(this.#core, found, response);
  }

  reject(leg: LegId, response: InviteResponse): void {
    const found = this.#core.legsA.get(leg);
    if (found !== undefined) rejectA(this.#core, found, response);
  }

  join(leg: LegId, older: LegId): boolean {
    const found = this.#core.legsA.get(leg);
    const into = this.#core.legsA.get(older);
    return found !== undefined && into !== undefined && joinA(this.#core, found, into);
  }

  departure({ listener }: OutgoingInvite): Departure {
    return { local: listener };
  }

  invite(invite: OutgoingInvite): void {
    inviteB(this.#core, invite);
    this.#core.news.flush();
  }

  cancel(leg: LegId, headers: readonly Header[]): void {
    const found = this.#core.legsB.get(leg);
    if (found !== undefined) cancelB(this.#core, found, headers);
  }

  acknowledge(leg: LegId, tag: Tag, content: Content): void {
    const found = this.#core.legsB.get(leg);
    if (found !== undefined) acknowledgeB(this.#core, found, tag, content);
  }

  hangUp(leg: LegId, tag: Tag, headers: readonly Header[]): void {
    const a = this.#core.legsA.get(leg);
    if (a !== undefined) {
      answerNow(this.#core, a);
      hangUpA(this.#core, a, tag, headers);
    }
    const b = this.#core.legsB.get(leg);
    if (b !== undefined) hangUpB(this.#core, b, tag, headers);
  }

  ask(leg: LegId, tag: Tag, request: OutgoingDialogRequest): void {
    const entry = dialogNamed(dialogsOf(this.#core, leg), tag);
    if (entry?.side === 'a') answerNow(this.#core, entry.leg);
    if (entry !== undefined) askByUs(this.#core, entry, request);
    this.#core.news.flush();
  }

  retract(leg: LegId, request: RequestId, headers: readonly Header[]): void {
    retractByUs(this.#core, dialogsOf(this.#core, leg), request, headers);
  }

  reply(leg: LegId, request: RequestId, reply: DialogReply): void {
    replyByUs(this.#core, dialogsOf(this.#core, leg), request, reply);
  }

  confirm(leg: LegId, request: RequestId, content: Content): void {
    confirmByUs(this.#core, dialogsOf(this.#core, leg), request, content);
  }

  find({ callId, localTag, remoteTag }: DialogId): { leg: LegId; tag: Tag } | undefined {
    const entry = this.#core.dialogs.get(dialogKey(callId, localTag, remoteTag));
    if (entry === undefined || isOver(entry)) return undefined;
    return { leg: entry.leg.id, tag: nameOf(entry) };
  }

  identify(leg: LegId, tag: Tag): (DialogId & { target: UriText }) | undefined {
    return dialogNamed(dialogsOf(this.#core, leg), tag)?.dialog;
  }

  probe(probe: Probe, onOutcome: (outcome: ProbeOutcome) => void): void {
    sendProbe(this.#core, probe, onOutcome);
    this.#core.news.flush();
  }

  sendMessage(message: OutgoingMessage, onOutcome: (outcome: MessageOutcome) => void): () => void {
    const letGo = sendMessage(this.#core, message, onOutcome);
    this.#core.news.flush();
    return letGo;
  }

  conclude(message: StrayId, reply: MessageReply): void {
    concludeMessage(this.#core, message, reply);
  }

  respond(stray: StrayId, status: number, reason: string, headers: readonly Header[]): void {
    respondToStray(this.#core, stray, { status, reason, headers });
  }

  handOver(what: LegId | StrayId): void {
    handOver(this.#core, what);
  }

  sendBack(receivedOn: ReceivedOn, raw: Buffer): void {
    sendBack(this.#core, receivedOn, raw);
  }

  sendOn(receivedOn: ReceivedOn, raw: Buffer): boolean {
    return sendOn(this.#core, receivedOn, raw);
  }

  takeRelayed(message: RelayedMessage): void {
    takeRelayed(this.#core, message);
    this.#core.news.flush();
  }

  async close(): Promise<void> {
    silence(this.#core);
    await this.#core.wires.close();
  }

  sizes(): Sizes {
    return sizesOf(this.#core, this.#connections);
  }

  counts(): AllCounts {
    return countsOf(this.#core, this.#connections);
  }

  connectionsNow(): readonly ConnectionsNow[] {
    return connectionsNow(this.#connections?.all() ?? []);
  }

  /** How long datagrams wait before they are read, measured from one call to the next. */
  waitedMs(): number {
    return this.#queues.waitedMs();
  }

  #onMessage(wire: Wire, bytes: Buffer, source: Far): void {
    if (isKeepAlive(bytes)) {
      this.#queues.hear(wire, bytes);
      return;
    }
    if (isSetApart(this.#core, wire, bytes, source)) return;
    serveMessage(this.#core, wire, bytes, source);
    this.#core.news.flush();
  }

  /** Only a request has somebody to be told; it is known by its branch. [3261-17.1.4] */
  #onSendFailure(bytes: Buffer): void {
    const { counts, clients, news } = this.#core;
    counts.sendFailures += 1;
    const sent = parse(bytes);
    if (sent.kind !== 'request' || sent.via.branch === undefined) return;
    clients.onSendFailure(clientKey(sent.via.branch, sent.method));
    news.flush();
  }

  #onLost(lost: Lost): void {
    const isOpen = (id: number) => this.#connections?.isOpen(id) === true;
    this.#core.clients.onWayLost(wentBy(lost, isOpen), lost.wasOpen);
    this.#core.news.flush();
  }
}
