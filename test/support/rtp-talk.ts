import { audioOf, openRtpPeer, type RtpPeer } from './rtp-peer.ts';
import { lastTold, type Talker } from './talkers.ts';
import { until } from './until.ts';

const EVERY_MS = 40;

/** One end of a call, and the socket that its SDP names. */
export type End = { readonly talker: Talker; readonly peer: RtpPeer };

/** The sockets of a test, and those who speak by them. */
export type Speech = {
  open(address: string): Promise<RtpPeer>;
  /** Speaks on and on, to where the talker has been told last, until its call is over. */
  begin(end: End): void;
  close(): Promise<void>;
};

export function openSpeech(): Speech {
  const peers: RtpPeer[] = [];
  const speakers: Promise<void>[] = [];
  let isOver = false;
  const speak = async ({ talker, peer }: End) => {
    while (!isOver && !talker.isOver) await peer.speak(lastTold(talker) ?? '', 1, EVERY_MS);
  };
  return {
    async open(address) {
      const peer = await openRtpPeer(address);
      peers.push(peer);
      return peer;
    },
    begin: (end) => void speakers.push(speak(end)),
    async close() {
      isOver = true;
      await Promise.all(speakers);
      for (const peer of peers) peer.close();
    },
  };
}

/** Where a talker has been told to speak to. */
export const placeOf = (talker: Talker) => audioOf(lastTold(talker) ?? '').address;

type Place = { readonly outside: string; readonly inside: string };

/** Waits until each has heard something from now on that came from one of these places. */
export async function untilHeard(
  ends: readonly End[],
  places: readonly Place[],
  withinMs?: number,
): Promise<void> {
  const known = places.flatMap(({ outside, inside }) => [outside, inside]);
  const isFromThere = (from: string) => known.includes(from.slice(0, from.indexOf(':')));
  for (const { peer } of ends) peer.heard();
  const silent = new Set(ends);
  await until(
    `all of ${ends.length} to hear the other`,
    () => {
      for (const end of silent)
        if ([...end.peer.heard().keys()].some(isFromThere)) silent.delete(end);
      return silent.size === 0;
    },
    withinMs,
  );
}
