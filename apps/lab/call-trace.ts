import { tagOf, userOf } from './sip-text.ts';
import { CALLERS_PLACE, GATEWAYS_PLACE } from './topology.ts';
import type { WirePacket } from './transit-link.ts';

const PACKETS_MAX = 2000;
const LEGS_MAX = 200;

/** One leg b as the wire shows it, in ms since the router began; absent: it was not seen. */
export type LegB = {
  readonly callId: string;
  /** The site that called. */
  readonly site: string;
  readonly invitedAt: number;
  cancelledAt?: number;
  answeredAt?: number;
  ackedAt?: number;
  /** The gateway refused or was cancelled, or either side hung up. */
  endedAt?: number;
  finalStatus?: number;
  /** Requests within the dialog that the gateway was asked, `INFO`, `INVITE`. */
  readonly asked: string[];
  hungUpBy?: 'site' | 'gateway';
};

/** What one call looked like on the wire. */
export type CallTrace = {
  readonly name: string;
  readonly address: string;
  /** Between the caller and the sites, both directions, lost ones too. */
  readonly packets: readonly WirePacket[];
  readonly legs: readonly LegB[];
};

type Open = { name: string; address: string; packets: WirePacket[]; legs: Map<string, LegB> };

/** Sorts the packets of the wire by call: leg a by the caller's address, leg b by its From. */
export class TraceBook {
  #byAddress = new Map<string, Open>();
  #byName = new Map<string, Open>();
  #byCallId = new Map<string, Open>();

  open(name: string, address: string): void {
    const call: Open = { name, address, packets: [], legs: new Map() };
    this.#byAddress.set(address, call);
    this.#byName.set(name, call);
  }

  see(packet: WirePacket): void {
    const { source, target } = packet;
    if (source === CALLERS_PLACE || target === CALLERS_PLACE) this.#seeLegA(packet);
    else if (source === GATEWAYS_PLACE || target === GATEWAYS_PLACE) this.#seeLegB(packet);
  }

  /** What has been seen so far. */
  of(name: string): CallTrace {
    const call = this.#byName.get(name);
    if (call === undefined) throw new Error(`no call is named ${name}`);
    return { ...call, packets: [...call.packets], legs: [...call.legs.values()] };
  }

  /** What has been seen of it; no more is kept. */
  close(name: string): CallTrace {
    const trace = this.of(name);
    this.#byName.delete(name);
    this.#byAddress.delete(trace.address);
    for (const { callId } of trace.legs) this.#byCallId.delete(callId);
    return trace;
  }

  #seeLegA(packet: WirePacket): void {
    const end = packet.source === CALLERS_PLACE ? packet.from : packet.to;
    const call = this.#byAddress.get(end.split(':')[0] ?? '');
    if (call === undefined || call.packets.length >= PACKETS_MAX) return;
    // Something late may be of a call that had this address before.
    const callId = packet.sip?.['call-id'];
    if (callId === undefined || callId.startsWith(`${call.name}@`)) call.packets.push(packet);
  }

  #seeLegB(packet: WirePacket): void {
    const { sip, fate } = packet;
    const callId = sip?.['call-id'];
    if (sip === undefined || callId === undefined || fate !== 'arrived') return;
    const isBegin = sip.method === 'INVITE' && tagOf(sip.to) === undefined;
    const call = this.#byCallId.get(callId) ?? this.#byName.get(userOf(sip.from) ?? '');
    if (call === undefined) return;
    const known = call.legs.get(callId);
    if (known !== undefined) {
      follow(known, packet);
    } else if (isBegin && call.legs.size < LEGS_MAX) {
      this.#byCallId.set(callId, call);
      call.legs.set(callId, { callId, site: packet.source, invitedAt: packet.at, asked: [] });
    }
  }
}

function follow(leg: LegB, { at, source, sip }: WirePacket): void {
  const [number = '', method = ''] = sip?.cseq?.split(' ') ?? [];
  const isFromGateway = source === GATEWAYS_PLACE;
  const status = sip?.status ?? 0;
  if (sip?.method !== undefined && !isFromGateway) asked(leg, sip.method, tagOf(sip.to), at);
  if (sip?.method === 'BYE' || (method === 'BYE' && status >= 200)) {
    leg.endedAt ??= at;
    leg.hungUpBy ??= isFromGateway === (sip?.method === 'BYE') ? 'gateway' : 'site';
  }
  if (method !== 'INVITE' || !isFromGateway || status < 200 || leg.answeredAt !== undefined) return;
  // Only the first INVITE of a leg has no answer before its own.
  if (leg.asked.includes('INVITE') || number === '') return;
  leg.finalStatus ??= status;
  if (status < 300) leg.answeredAt = at;
  else leg.endedAt ??= at;
}

function asked(leg: LegB, method: string, toTag: string | undefined, at: number): void {
  if (method === 'CANCEL') leg.cancelledAt ??= at;
  if (method === 'ACK' && leg.answeredAt !== undefined) leg.ackedAt ??= at;
  if (toTag !== undefined && method !== 'ACK' && method !== 'BYE') leg.asked.push(method);
}

export const isLiving = ({ invitedAt, endedAt }: LegB, at: number) =>
  invitedAt <= at && (endedAt === undefined || endedAt > at);
