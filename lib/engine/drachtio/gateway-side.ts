import type { World } from '../../base/time.ts';
import type { EngineEars } from '../../ports/engine-ears.ts';
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
import { familyOf } from '../../sip/address.ts';
import {
  type LegId,
  type RequestId,
  requestId,
  type StrayId,
  type Tag,
  type UriText,
} from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { askedByThemB, confirmedByThemB, replyB } from './asked.ts';
import { askB, confirmB } from './asking.ts';
import { type Choice, choose } from './choose.ts';
import { type Core, forgetAll } from './core.ts';
import { acknowledgeB, cancelB, hangUpB, hungUpByThemB, inviteB, loseB, sayBye } from './leg-b.ts';
import { type Dialog, dialogId, type Leg } from './legs.ts';
import { sendProbe } from './probe.ts';
import { say } from './reply.ts';
import { ServerLink, type ServerOptions } from './server-link.ts';
import type { SrfReceived, SrfReply } from './srf.ts';

/** What an operator should know of the servers. */
export type ServerNews =
  | { readonly what: 'up'; readonly server: string; readonly version: string }
  | { readonly what: 'down'; readonly server: string; readonly why: string; readonly lost: number }
  | {
      readonly what: 'untaken';
      readonly server: string;
      readonly why: string;
      readonly leg: LegId;
    }
  | { readonly what: 'unusable'; readonly server: string; readonly why: string };

export type GatewaySideParts = {
  readonly world: World;
  readonly ears: EngineEars;
  readonly servers: readonly ServerOptions[];
  readonly onNews: (news: ServerNews) => void;
};

/** Dialogs of a lost server that are hung up when it comes back. */
const ORPHANS_MAX = 1000;

/**
 * The engine toward gateways that speaks through drachtio-servers, over the builtin one, which
 * faces the callers and carries what no server can.
 */
export class GatewaySide implements SipEngine {
  readonly #builtin: SipEngine;
  readonly #onNews: (news: ServerNews) => void;
  readonly #core: Core;
  readonly #servers: readonly ServerLink[];
  readonly #orphans = new Map<ServerLink, string[]>();
  #turn = 0;

  constructor(builtin: SipEngine, { world, ears, servers, onNews }: GatewaySideParts) {
    this.#builtin = builtin;
    this.#onNews = onNews;
    let requests = 0;
    this.#core = {
      clock: world.clock,
      timers: world.timers,
      legs: new Map(),
      dialogs: new Map(),
      probes: new Set(),
      tell: (leg, event) => ears.onLeg(leg, event),
      nextRequest: () => {
        requests += 1;
        return requestId(`d${requests.toString(36)}`);
      },
    };
    this.#servers = servers.map((options) => new ServerLink(options, world, this));
  }

  listen(listeners: readonly Listener[]): Promise<Listening> {
    return this.#builtin.listen(listeners);
  }

  departure(invite: OutgoingInvite): Departure {
    const choice = choose(invite, this.#servers, this.#turn);
    if (choice.by === 'builtin') return { local: invite.listener, ...choice };
    return { local: choice.place, by: choice.by, why: undefined };
  }

  invite(invite: OutgoingInvite): void {
    const choice: Choice = choose(invite, this.#servers, this.#turn);
    if (choice.by === 'builtin') this.#builtin.invite(invite);
    else {
      const server = choice.link.name;
      inviteB(this.#core, invite, choice, (why) => {
        this.#onNews({ what: 'untaken', server, why, leg: invite.leg });
        this.#builtin.invite(invite);
      });
      this.#turn += 1;
    }
  }

  cancel(leg: LegId, headers: readonly Header[]): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.cancel(leg, headers);
    else cancelB(this.#core, ours, headers);
  }

  acknowledge(leg: LegId, tag: Tag, content: Content): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.acknowledge(leg, tag, content);
    else acknowledgeB(this.#core, ours, tag, content);
  }

  hangUp(leg: LegId, tag: Tag, headers: readonly Header[]): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.hangUp(leg, tag, headers);
    else hangUpB(this.#core, ours, tag, headers);
  }

  ask(leg: LegId, tag: Tag, request: OutgoingDialogRequest): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.ask(leg, tag, request);
    else askB(this.#core, ours, tag, request);
  }

  retract(leg: LegId, request: RequestId, headers: readonly Header[]): void {
    const ours = this.#core.legs.get(leg);
    // No server cancels a re-INVITE; its answer is awaited all the same.
    if (ours === undefined) this.#builtin.retract(leg, request, headers);
  }

  reply(leg: LegId, request: RequestId, reply: DialogReply): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.reply(leg, request, reply);
    else replyB(this.#core, ours, request, reply);
  }

  confirm(leg: LegId, request: RequestId, content: Content): void {
    const ours = this.#core.legs.get(leg);
    if (ours === undefined) this.#builtin.confirm(leg, request, content);
    else confirmB(this.#core, ours, request, content);
  }

  /** A gateway that may name dialogs to us is not called through a server. */
  find(dialog: DialogId): { leg: LegId; tag: Tag } | undefined {
    return this.#builtin.find(dialog);
  }

  identify(leg: LegId, tag: Tag): (DialogId & { target: UriText }) | undefined {
    return this.#builtin.identify(leg, tag);
  }

  /** By the way that calls take: a gateway may know the server's address only. */
  probe(probe: Probe, onOutcome: (outcome: ProbeOutcome) => void): void {
    const { transport, role } = probe.listener;
    const servers = role === 'gateway' ? this.#servers : [];
    const link = servers.find((one) => one.hindrance === undefined);
    const place = link?.placeOf(transport, familyOf(probe.nextHop.address));
    if (link === undefined || place === undefined) this.#builtin.probe(probe, onOutcome);
    else sendProbe(this.#core, probe, link, place, onOutcome);
  }

  ring(leg: LegId, response: InviteResponse): void {
    this.#builtin.ring(leg, response);
  }

  answer(leg: LegId, response: InviteResponse): void {
    this.#builtin.answer(leg, response);
  }

  reject(leg: LegId, response: InviteResponse): void {
    this.#builtin.reject(leg, response);
  }

  join(leg: LegId, older: LegId): boolean {
    return this.#builtin.join(leg, older);
  }

  /** By the builtin engine, whatever it says: a message is no call. */
  sendMessage(message: OutgoingMessage, onOutcome: (outcome: MessageOutcome) => void): () => void {
    return this.#builtin.sendMessage(message, onOutcome);
  }

  conclude(message: StrayId, reply: MessageReply): void {
    this.#builtin.conclude(message, reply);
  }

  respond(stray: StrayId, status: number, reason: string, headers: readonly Header[]): void {
    this.#builtin.respond(stray, status, reason, headers);
  }

  handOver(what: LegId | StrayId): void {
    this.#builtin.handOver(what);
  }

  sendBack(receivedOn: ReceivedOn, raw: Buffer): void {
    this.#builtin.sendBack(receivedOn, raw);
  }

  sendOn(receivedOn: ReceivedOn, raw: Buffer): boolean {
    return this.#builtin.sendOn(receivedOn, raw);
  }

  takeRelayed(message: RelayedMessage): void {
    this.#builtin.takeRelayed(message);
  }

  async close(): Promise<void> {
    forgetAll(this.#core);
    for (const link of this.#servers) link.close();
    await this.#builtin.close();
  }

  onUp(link: ServerLink, version: string): void {
    this.#onNews({ what: 'up', server: link.name, version });
    for (const dialog of this.#orphans.get(link) ?? []) sayBye(link, dialog, []);
    this.#orphans.delete(link);
  }

  /** What it held is over for us; if it lives on, it is told so when it is back. */
  onDown(link: ServerLink, why: string): void {
    const lost = [...this.#core.legs.values()].filter((leg) => leg.link === link);
    this.#onNews({ what: 'down', server: link.name, why, lost: lost.length });
    const up = lost.filter(({ dialog }) => dialog !== undefined).map(dialogId);
    this.#orphans.set(link, up.slice(0, ORPHANS_MAX));
    for (const leg of lost) loseB(this.#core, leg, `drachtio-server ${link.name}: ${why}`);
  }

  onUnusable(link: ServerLink, why: string): void {
    this.#onNews({ what: 'unusable', server: link.name, why });
  }

  onRequest(link: ServerLink, request: SrfReceived, reply: SrfReply): void {
    const leg = this.#core.dialogs.get(request.stackDialogId ?? '');
    const dialog = leg?.link === link ? leg.dialog : undefined;
    if (leg === undefined || dialog === undefined) serveStranger(request, reply);
    else serve(this.#core, leg, dialog, request, reply);
  }
}

function serve(core: Core, leg: Leg, dialog: Dialog, request: SrfReceived, reply: SrfReply): void {
  switch (request.method) {
    case 'BYE':
      hungUpByThemB(core, leg, dialog, request, reply);
      return;
    case 'ACK':
      confirmedByThemB(core, leg, dialog, request);
      return;
    default:
      askedByThemB(core, leg, request, reply);
  }
}

/** A leg that is over, and what the server asks without a dialog. */
function serveStranger({ method, source }: SrfReceived, reply: SrfReply): void {
  if (method === 'ACK' || source !== 'network') return;
  say(reply, method === 'BYE' ? 200 : 481);
}
