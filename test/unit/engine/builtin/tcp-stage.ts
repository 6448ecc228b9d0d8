import type { ConnectionLimits } from '../../../../lib/engine/builtin/connection-limits.ts';
import { type BuiltinEngine, builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import { openFraming } from '../../../../lib/engine/builtin/proto/framing.ts';
import type {
  LegEvent,
  Listener,
  OutgoingInvite,
  ReceivedInvite,
} from '../../../../lib/ports/sip-engine.ts';
import type { Address } from '../../../../lib/sip/address.ts';
import { type LegId, legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import type { SipMessage, SipRequest } from '../../../../lib/sip/message.ts';
import { parse } from '../../../../lib/sip/parse.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';
import { type VirtualEnd, VirtualStreams } from '../../../support/virtual-streams.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';
import { A, B, CALLER, callerSays, freshBranch, GATEWAY, type RequestParts, U } from './peers.ts';
import { NOTHING, octets } from './stage.ts';

const tcp = (role: Listener['role'], at: Address): Listener => ({
  ...at,
  role,
  transport: 'tcp',
  advertise: undefined,
});
export const LISTENERS = [tcp('anycast', A), tcp('unicast', U), tcp('gateway', B)];
/** The gateway side for datagrams, at the same address and port. */
export const UDP_SIDE: Listener = { ...tcp('gateway', B), transport: 'udp' };

/** One end of a connection that a test talks on. */
export class Talker {
  readonly messages: SipMessage[] = [];
  /** All that came, also what is no message. */
  text = '';
  isClosed = false;
  socket: VirtualEnd | undefined;
  readonly #framing = openFraming();

  readonly ears = {
    onOpen: () => undefined,
    onBytes: (bytes: Buffer) => {
      this.text += bytes.toString('latin1');
      for (const framed of this.#framing.push(bytes)) {
        if (framed.what !== 'message') continue;
        const message = parse(framed.bytes);
        if (message.kind !== 'fault') this.messages.push(message);
      }
    },
    onClosed: () => {
      this.isClosed = true;
    },
  };

  say(text: string): void {
    this.socket?.write(Buffer.from(text, 'latin1'));
  }

  get summary(): string[] {
    return this.messages.map((message) =>
      message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`,
    );
  }

  request(method: string): SipRequest {
    const found = this.messages.findLast(
      (message) => message.kind === 'request' && message.method === method,
    );
    if (found?.kind !== 'request') throw new Error(`no ${method} was heard`);
    return found;
  }
}

/** An engine whose listeners are all TCP, on virtual time. */
export class TcpStage {
  readonly time = new VirtualWorld(1);
  readonly streams = new VirtualStreams(this.time);
  readonly network = new VirtualNetwork(this.time);
  readonly invites: ReceivedInvite[] = [];
  readonly events: (LegEvent & { readonly leg: LegId; readonly atMs: number })[] = [];
  /** Connections that came to the gateway. */
  readonly atGateway: Talker[] = [];
  readonly engine: BuiltinEngine;

  constructor(connectionLimits: Partial<ConnectionLimits>) {
    this.engine = builtinEngine({
      world: this.time.world,
      datagrams: this.network,
      streams: { tcp: this.streams },
      connectionLimits,
      ears: {
        onInvite: (invite) => void this.invites.push(invite),
        onLeg: (leg, event) => void this.events.push({ ...event, leg, atMs: this.time.nowMs }),
        onStray: ({ id }) => this.engine.respond(id, 481, 'No', []),
        onFault: () => undefined,
      },
    });
  }

  static async open(connectionLimits: Partial<ConnectionLimits> = {}): Promise<TcpStage> {
    const stage = new TcpStage(connectionLimits);
    await stage.engine.listen([...LISTENERS, UDP_SIDE]);
    return stage;
  }

  pass(ms: number): void {
    this.time.runUntil(this.time.nowMs + ms);
  }

  connect(to: Address = A, from: string = CALLER.address): Talker {
    const talker = new Talker();
    talker.socket = this.streams.connect(from, to, 2000, talker.ears);
    this.pass(0);
    return talker;
  }

  /** Somebody who takes connections. */
  answerAt(address: Address, talkers: Talker[] = []): Talker[] {
    this.streams.attach(address, (socket, far) => {
      const talker = new Talker();
      talker.socket = Object.assign(socket, { near: address, far });
      talkers.push(talker);
      return talker.ears;
    });
    return talkers;
  }

  says(talker: Talker, text: string): void {
    talker.say(text);
    this.pass(0);
  }

  ringIn(talker: Talker, parts: RequestParts = {}): LegId {
    this.says(talker, tcpSays('INVITE', parts));
    const invite = this.invites.at(-1);
    if (invite === undefined) throw new Error('no call has come in');
    return invite.leg;
  }

  answer(leg: LegId): void {
    this.engine.answer(leg, {
      status: 200,
      reason: 'OK',
      tag: tagOf('ours'),
      contact: uriText('sip:token@198.51.100.11:5060;transport=tcp'),
      ...NOTHING,
    });
    this.pass(0);
  }

  callOut(parts: Partial<OutgoingInvite> = {}): LegId {
    const leg = parts.leg ?? legId('b1');
    const listener = LISTENERS[2];
    if (listener === undefined) throw new Error('no gateway side');
    this.engine.invite({
      leg,
      listener,
      nextHop: GATEWAY,
      uri: uriText('sip:112@10.0.1.31:5080;transport=tcp'),
      from: '"A" <sip:+4670@op.example>;tag=token',
      to: '<sip:112@192.0.2.112>',
      tag: tagOf('token'),
      callId: sipCallId('call-b'),
      contact: uriText('sip:token@10.0.0.11:5060;transport=tcp'),
      maxForwards: 69,
      headers: [],
      body: octets('v=0\r\n'),
      ...parts,
    });
    this.pass(0);
    return leg;
  }
}

/** A request of the caller, as it stands on a stream. */
export function tcpSays(method: string, parts: RequestParts = {}): string {
  const { branch = freshBranch() } = parts;
  const via = `SIP/2.0/TCP 203.0.113.7:5060;branch=${branch};rport`;
  const text = callerSays(method, { ...parts, via });
  return text.replace('5060>', '5060;transport=tcp>');
}
