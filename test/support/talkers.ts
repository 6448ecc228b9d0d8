import { NO_OCTETS, type Octets } from '../../lib/base/brands.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { type BuiltinEngine, builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { LegEvent, LegId, Listener } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { header } from '../../lib/sip/header-names.ts';
import type { UriText } from '../../lib/sip/ids.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import { sipUri } from '../../lib/sip/uri.ts';

/** What a caller and a gateway of a test have in common: they say their SDP and keep what comes. */
export type Talker = {
  /** Answers a re-INVITE, also one without an offer. */
  sdp: Octets;
  /** The status that every re-INVITE gets. Absent: 200. */
  refuses?: number;
  /** How many re-INVITEs have come. */
  reinvites: number;
  /** Every SDP that came, and in what: `INVITE`, `183`, `200`, `ACK`. */
  readonly told: ToldIn[];
  /** BYE has come, or a final refusal, or we have said BYE and it is done. */
  isOver: boolean;
};

export type ToldIn = { readonly what: string; readonly sdp: Octets };

/** The last SDP that came. */
export function lastTold({ told }: Talker): Octets | undefined {
  return told.at(-1)?.sdp;
}

/** One place from which talkers speak SIP, by the engine of this product. */
export type Exchange = {
  readonly engine: BuiltinEngine;
  readonly listener: Listener;
  readonly contact: UriText;
  close(): Promise<void>;
};

type Ears = {
  readonly onInvite?: EngineEars['onInvite'];
  /** What is particular to one role; what both do has been done. */
  readonly onLeg: (leg: LegId, event: LegEvent) => void;
  readonly talkerOf: (leg: LegId) => Talker | undefined;
};

export async function openExchange(at: Address, role: Listener['role'], ears: Ears) {
  const listener: Listener = { ...at, transport: 'udp', role, advertise: undefined };
  const contact = sipUri({ user: 'talker', host: at.address, port: at.port });
  const engine = builtinEngine({
    world: realWorld(),
    datagrams: udpDatagrams(),
    ears: {
      onInvite: (invite) => ears.onInvite?.(invite),
      onLeg(leg, event) {
        const talker = ears.talkerOf(leg);
        if (talker === undefined) return;
        hear(talker, event);
        answerWithin(engine, leg, event, talker, contact);
        ears.onLeg(leg, event);
      },
      onStray: ({ id }) => engine.respond(id, 481, 'Unknown', []),
      onFault: (fault) => {
        throw new Error(`no SIP came to ${at.address}: ${fault.reason}`);
      },
    },
  });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') throw new Error(`${at.address}: ${listening.why}`);
  return { engine, listener, contact, close: () => engine.close() } satisfies Exchange;
}

function hear(talker: Talker, event: LegEvent): void {
  if ('body' in event && event.body.startsWith('v='))
    talker.told.push({ what: nameOf(event), sdp: event.body });
  if (event.on === 'asked' && event.method === 'INVITE') talker.reinvites += 1;
  if (event.on === 'hung-up' || event.on === 'refused') talker.isOver = true;
}

function nameOf(event: LegEvent): string {
  if (event.on === 'asked') return event.method;
  if (event.on === 'acknowledged' || event.on === 'confirmed') return 'ACK';
  return 'status' in event ? `${event.status}` : event.on;
}

function answerWithin(
  engine: BuiltinEngine,
  leg: LegId,
  event: LegEvent,
  { sdp, refuses = 200 }: Talker,
  contact: UriText,
): void {
  if (event.on !== 'asked') return;
  if (event.method === 'INVITE' && refuses >= 300) {
    const says = { status: refuses, reason: reasonPhrase(refuses), contact };
    engine.reply(leg, event.request, { ...says, headers: [], body: NO_OCTETS });
    return;
  }
  const isOffer = event.method === 'INVITE' || event.body !== NO_OCTETS;
  const content = isOffer ? withSdp(sdp) : { headers: [], body: NO_OCTETS };
  engine.reply(leg, event.request, { status: 200, reason: 'OK', contact, ...content });
}

/** What stands in a message whose body is that SDP. */
export function withSdp(sdp: Octets | undefined) {
  if (sdp === undefined) return { headers: [], body: NO_OCTETS };
  return { headers: [header('Content-Type', 'application/sdp')], body: sdp };
}
