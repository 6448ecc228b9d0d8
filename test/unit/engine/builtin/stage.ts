import { type Octets, octetsOf } from '../../../../lib/base/brands.ts';
import { type BuiltinEngine, builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import type { Limits } from '../../../../lib/engine/builtin/limits.ts';
import type { Tap } from '../../../../lib/engine/builtin/wires.ts';
import type {
  EngineEars,
  InviteResponse,
  LegEvent,
  Listener,
  OutgoingInvite,
  ReceivedInvite,
  ReceivedOn,
  Stray,
} from '../../../../lib/ports/sip-engine.ts';
import type { Address } from '../../../../lib/sip/address.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue, headerValues } from '../../../../lib/sip/headers.ts';
import { type LegId, legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import type { SipFault, SipMessage, SipRequest } from '../../../../lib/sip/message.ts';
import { parse } from '../../../../lib/sip/parse.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

export const A: Address = { address: '192.0.2.112', port: 5060 };
export const U: Address = { address: '198.51.100.11', port: 5060 };
export const B: Address = { address: '10.0.0.11', port: 5060 };
export const CALLER: Address = { address: '203.0.113.7', port: 5060 };
export const GATEWAY: Address = { address: '10.0.1.31', port: 5080 };

const listener = (role: Listener['role'], at: Address): Listener => ({
  ...at,
  role,
  transport: 'udp',
  advertise: undefined,
});
export const LISTENERS = [listener('anycast', A), listener('unicast', U), listener('gateway', B)];
const GATEWAY_SIDE = listener('gateway', B);

export const octets = (text: string): Octets => octetsOf(Buffer.from(text, 'latin1'));
export const NOTHING = { headers: [], body: octets('') };

export type Heard = {
  readonly atMs: number;
  readonly from: Address;
  readonly message: SipMessage;
  readonly text: string;
};

/** Somebody on the network who says what the test says. */
export class Peer {
  readonly at: Address;
  readonly heard: Heard[] = [];
  /** Everything, also what is no full message: 400 repeats only what there was. */
  readonly texts: string[] = [];
  /** What it does by itself. */
  react: (heard: Heard) => void = () => undefined;
  readonly #send: (bytes: Buffer, to: Address) => void;

  constructor(at: Address, network: VirtualNetwork, time: VirtualWorld) {
    this.at = at;
    const socket = network.attach(at, {
      onDatagram: (bytes, from) => {
        const message = parse(bytes);
        const text = bytes.toString('latin1');
        this.texts.push(text);
        if (message.kind === 'fault') return;
        const heard = { atMs: time.nowMs, from, message, text };
        this.heard.push(heard);
        this.react(heard);
      },
      onSendFailure: () => undefined,
    });
    this.#send = (bytes, to) => socket.send(bytes, to);
  }

  say(text: string, to: Address): void {
    this.#send(Buffer.from(text, 'latin1'), to);
  }

  /** Methods and statuses in the order they came, with the method a status is for. */
  get summary(): string[] {
    return this.heard.map(({ message }) =>
      message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`,
    );
  }

  last(): Heard {
    const heard = this.heard.at(-1);
    if (heard === undefined) throw new Error('nothing was heard');
    return heard;
  }

  /** The last request of that method. */
  request(method: string): SipRequest {
    const found = this.heard.findLast(
      ({ message }) => message.kind === 'request' && message.method === method,
    );
    if (found?.message.kind !== 'request') throw new Error(`no ${method} was heard`);
    return found.message;
  }
}

export type RequestParts = {
  readonly branch?: string;
  readonly cseq?: number;
  readonly callId?: string;
  readonly uri?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly via?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
};

let branches = 0;
const freshBranch = () => {
  branches += 1;
  return `z9hG4bKpeer${branches}`;
};

/** A request of the caller; without a branch it is a new one. */
export function callerSays(method: string, parts: RequestParts = {}): string {
  const { cseq = 1, callId = 'call-a', uri = 'sip:112@192.0.2.112', fromTag = 'caller' } = parts;
  const { branch = freshBranch(), toTag, headers = [], body = '' } = parts;
  const via = parts.via ?? `SIP/2.0/UDP 203.0.113.7:5060;branch=${branch};rport`;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    `From: "A" <sip:+4670@op.example>;tag=${fromTag}`,
    `To: <sip:112@192.0.2.112>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:phone@203.0.113.7:5060>',
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

export type ResponseParts = {
  readonly tag?: string;
  readonly contact?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
};

/** A far end's response to a request of ours. */
export function responds(request: SipRequest, status: number, parts: ResponseParts = {}): string {
  const { tag, contact = `sip:gw@${GATEWAY.address}:${GATEWAY.port}`, headers = [] } = parts;
  const { body = '' } = parts;
  const to = headerValue(request.headers, 'to') ?? '';
  return [
    `SIP/2.0 ${status} As Said`,
    ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(request.headers, 'from')}`,
    `To: ${tag === undefined || request.to.tag !== undefined ? to : `${to};tag=${tag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    `Contact: <${contact}>`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** A request of the gateway in the dialog of our INVITE. */
export function gatewaySays(
  invite: SipRequest,
  method: string,
  parts: RequestParts & { readonly tag?: string } = {},
): string {
  const { branch = freshBranch(), cseq = 1, tag = 'gw', headers = [] } = parts;
  return [
    `${method} sip:us@10.0.0.11 SIP/2.0`,
    `Via: SIP/2.0/UDP ${GATEWAY.address}:${GATEWAY.port};branch=${branch}`,
    `From: ${headerValue(invite.headers, 'to')};tag=${tag}`,
    `To: ${headerValue(invite.headers, 'from')}`,
    `Call-ID: ${invite.callId}`,
    `CSeq: ${cseq} ${method}`,
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** What the node says on leg a. */
export function says(status: number, parts: Partial<InviteResponse> = {}): InviteResponse {
  return {
    status,
    reason: 'Said',
    tag: tagOf('ours'),
    contact: status < 300 ? uriText('sip:token@198.51.100.11:5060') : undefined,
    ...NOTHING,
    ...parts,
  };
}

export class Stage {
  readonly time = new VirtualWorld(1);
  readonly network = new VirtualNetwork(this.time, {
    delayMs: 0,
    jitterMs: 0,
    loss: 0,
    duplication: 0,
  });
  readonly caller = new Peer(CALLER, this.network, this.time);
  readonly gateway = new Peer(GATEWAY, this.network, this.time);
  readonly invites: ReceivedInvite[] = [];
  readonly events: (LegEvent & { readonly leg: LegId; readonly atMs: number })[] = [];
  readonly strays: Stray[] = [];
  readonly faults: {
    readonly fault: SipFault;
    readonly on: ReceivedOn;
    readonly answered: boolean;
  }[] = [];
  readonly engine: BuiltinEngine;
  /** What the node does when it is told something. */
  node: Partial<EngineEars> = {};

  constructor(limits: Partial<Limits> = {}, tap?: Tap) {
    this.engine = builtinEngine({
      world: this.time.world,
      datagrams: this.network,
      limits,
      tap,
      ears: {
        onInvite: (invite) => {
          this.invites.push(invite);
          this.node.onInvite?.(invite);
        },
        onLeg: (leg, event) => {
          this.events.push({ ...event, leg, atMs: this.time.nowMs });
          this.node.onLeg?.(leg, event);
        },
        onStray: (stray) => {
          this.strays.push(stray);
          this.node.onStray?.(stray);
        },
        onFault: (fault, on, answered) => void this.faults.push({ fault, on, answered }),
      },
    });
  }

  static async open(limits: Partial<Limits> = {}, tap?: Tap): Promise<Stage> {
    const stage = new Stage(limits, tap);
    await stage.engine.listen(LISTENERS);
    return stage;
  }

  /** Lets that much time pass. */
  pass(ms: number): void {
    this.time.runUntil(this.time.nowMs + ms);
  }

  callerSends(text: string, to: Address = A): void {
    this.caller.say(text, to);
    this.pass(0);
  }

  gatewaySends(text: string): void {
    this.gateway.say(text, B);
    this.pass(0);
  }

  /** The names of the events of all legs. */
  get told(): string[] {
    return this.events.map(({ on }) => on);
  }

  /** A call that has come in: its leg. */
  ringIn(parts: RequestParts = {}): LegId {
    this.callerSends(callerSays('INVITE', parts));
    const invite = this.invites.at(-1);
    if (invite === undefined) throw new Error('no call has come in');
    return invite.leg;
  }

  /** A call that is up with the caller: its leg. */
  talkingA(parts: RequestParts = {}): LegId {
    const leg = this.ringIn(parts);
    this.engine.answer(leg, says(200));
    this.pass(0);
    this.callerSends(callerSays('ACK', { ...parts, branch: freshBranch(), toTag: 'ours' }), U);
    return leg;
  }

  /** An INVITE of ours on its way to the gateway. */
  callOut(parts: Partial<OutgoingInvite> = {}): LegId {
    const leg = parts.leg ?? legId('b1');
    this.engine.invite({
      leg,
      listener: GATEWAY_SIDE,
      nextHop: GATEWAY,
      uri: uriText('sip:112@10.0.1.31:5080'),
      from: '"A" <sip:+4670@op.example>;tag=token',
      to: '<sip:112@192.0.2.112>',
      tag: tagOf('token'),
      callId: sipCallId('call-b'),
      contact: uriText('sip:token@10.0.0.11:5060'),
      maxForwards: 69,
      headers: [header('Content-Type', 'application/sdp')],
      body: octets('v=0\r\n'),
      ...parts,
    });
    this.pass(0);
    return leg;
  }

  gatewayAnswers(status: number, parts: ResponseParts = {}): void {
    this.gatewaySends(responds(this.gateway.request('INVITE'), status, parts));
  }

  /** A call that is up with the gateway: its leg. */
  talkingB(parts: ResponseParts = {}): LegId {
    const leg = this.callOut();
    this.gatewayAnswers(200, { tag: 'gw', ...parts });
    this.engine.acknowledge(leg, tagOf('gw'), NOTHING);
    this.pass(0);
    return leg;
  }
}
