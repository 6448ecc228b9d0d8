import type { Octets } from '../../../lib/base/brands.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import type {
  Anchored,
  CallId,
  MediaAnchor,
  MediaFace,
  Side,
} from '../../../lib/ports/media-anchor.ts';
import { openRtpPeer, type RtpPeer, type SdpParts, sdpOf } from '../../support/rtp-peer.ts';
import { until } from '../../support/until.ts';

export const OUTSIDE: MediaFace = {
  network: 'outside',
  protection: 'as-offered',
  ice: 'as-offered',
};
export const INSIDE: MediaFace = { network: 'inside', protection: 'as-offered', ice: 'as-offered' };
export const FACES = { a: OUTSIDE, b: INSIDE };

/** How much each says, and how much of it the other one has to hear. */
export type Pace = {
  readonly packets: number;
  readonly everyMs: number;
  readonly heardMin: number;
  readonly heardMax: number;
};
/** Who only relays packets loses none of them. */
export const RELAYED: Pace = { packets: 10, everyMs: 5, heardMin: 10, heardMax: 10 };
/** Who mixes sends packets of its own, and the first ones may be lost on it. */
export const MIXED: Pace = { packets: 60, everyMs: 20, heardMin: 35, heardMax: 90 };
let calls = 0;

/** One call with a caller and two gateways, each with a socket for its audio. */
export type Talk = {
  readonly call: CallId;
  readonly pace: Pace;
  readonly caller: RtpPeer;
  readonly gateways: readonly [RtpPeer, RtpPeer];
  /** An offer crosses; it answers what the other leg is told. */
  offer(from: Side, attempt: number, sdp: Octets, faces?: Faces): Promise<Told>;
  answer(from: Side, attempt: number, sdp: Octets): Promise<Told>;
  close(): void;
};

type Faces = Readonly<Record<Side, MediaFace>>;
export type Told = Extract<Anchored, { kind: 'anchored' }>;

export async function openTalk(anchor: MediaAnchor, pace: Pace = RELAYED): Promise<Talk> {
  calls += 1;
  const call = callIdOf(`sto-${calls}`);
  const caller = await openRtpPeer('127.23.0.1');
  const gateways = [await openRtpPeer('127.23.0.31'), await openRtpPeer('127.23.0.32')] as const;
  return {
    call,
    pace,
    caller,
    gateways,
    offer: async (from, attempt, sdp, faces = FACES) =>
      told(await anchor.offer({ call, attempt, from, sdp, faces })),
    answer: async (from, attempt, sdp) => told(await anchor.answer({ call, attempt, from, sdp })),
    close() {
      for (const peer of [caller, ...gateways]) peer.close();
    },
  };
}

export function told(anchored: Anchored): Told {
  if (anchored.kind === 'failed') throw new Error(`${anchored.why}: ${anchored.reason}`);
  return anchored;
}

/** The caller and the gateway of that attempt agree, the caller offering. */
export async function agree(talk: Talk, attempt: 1 | 2, more: Omit<SdpParts, 'at'> = {}) {
  const gateway = talk.gateways[attempt - 1 === 0 ? 0 : 1];
  const toGateway = await talk.offer('a', attempt, sdpOf({ at: talk.caller.at, ...more }));
  const toCaller = await talk.answer('b', attempt, sdpOf({ at: gateway.at, formats: '8' }));
  return { toGateway, toCaller, gateway };
}

/** Both speak, and each hears the other. Answers where they came from. */
export async function speakBothWays(
  caller: RtpPeer,
  toCaller: string,
  gateway: RtpPeer,
  toGateway: string,
  pace: Pace = RELAYED,
) {
  const { packets, everyMs } = pace;
  caller.heard();
  gateway.heard();
  await Promise.all([
    caller.speak(toCaller, packets, everyMs),
    gateway.speak(toGateway, packets, everyMs),
  ]);
  return { caller: await heardAll(caller, pace), gateway: await heardAll(gateway, pace) };
}

/** How many packets have come when there are so many at least. */
export async function heardInAll(peer: RtpPeer, atLeast: number): Promise<number> {
  let count = 0;
  await until(`${atLeast} packets at ${peer.at.address}`, () => {
    for (const packets of peer.heard().values()) count += packets;
    return count >= atLeast;
  });
  return count;
}

async function heardAll(peer: RtpPeer, { heardMin, heardMax }: Pace): Promise<readonly string[]> {
  const places = new Set<string>();
  let count = 0;
  await until(`${heardMin} packets at ${peer.at.address}`, () => {
    for (const [place, packets] of peer.heard()) {
      places.add(place);
      count += packets;
    }
    if (count > heardMax) throw new Error(`${count} packets at ${peer.at.address}`);
    return count >= heardMin;
  });
  return [...places];
}
