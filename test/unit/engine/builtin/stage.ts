import { type Octets, octetsOf } from '../../../../lib/base/brands.ts';
import { type BuiltinEngine, builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import type { Limits } from '../../../../lib/engine/builtin/limits.ts';
import type { Quarantine } from '../../../../lib/engine/builtin/quarantine.ts';
import type { Tap } from '../../../../lib/engine/builtin/wires.ts';
import type { EngineEars } from '../../../../lib/ports/engine-ears.ts';
import type {
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
import { type LegId, legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import type { SipFault } from '../../../../lib/sip/message.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';
import {
  A,
  B,
  CALLER,
  callerSays,
  freshBranch,
  GATEWAY,
  Peer,
  type RequestParts,
  type ResponseParts,
  responds,
  U,
} from './peers.ts';

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
  readonly messages: Stray[] = [];
  readonly faults: {
    readonly fault: SipFault;
    readonly on: ReceivedOn;
    readonly answered: boolean;
  }[] = [];
  readonly engine: BuiltinEngine;
  /** What the node does when it is told something. */
  node: Partial<EngineEars> = {};

  constructor(
    limits: Partial<Limits> = {},
    tap?: Tap,
    quarantine?: Quarantine,
    takesMessages = false,
  ) {
    this.engine = builtinEngine({
      world: this.time.world,
      datagrams: this.network,
      limits,
      tap,
      quarantine,
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
        isEmergency: (arrived) => this.node.isEmergency?.(arrived) === true,
        ...(takesMessages ? { onMessage: (message) => void this.messages.push(message) } : {}),
        onFault: (fault, on, answered) => void this.faults.push({ fault, on, answered }),
      },
    });
  }

  static async open(
    limits: Partial<Limits> = {},
    tap?: Tap,
    quarantine?: Quarantine,
  ): Promise<Stage> {
    const stage = new Stage(limits, tap, quarantine);
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
