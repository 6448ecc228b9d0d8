import type { World } from '../../base/time.ts';
import type { CallId, MediaOffer, Side } from '../../ports/media-anchor.ts';
import { newToldLeg, type ToldLeg } from '../told-leg.ts';
import type { Turns } from '../turns.ts';
import type { Channel, MediaLink } from './media-link.ts';

/** One leg of a call, and the channel that speaks with it. */
export type Party = {
  readonly told: ToldLeg;
  channel: Channel | undefined;
  /** The last SDP of the leg that the channel knows. */
  heard: string | undefined;
  /** The last SDP of the leg, whether the channel knows it or not. */
  said: string | undefined;
};

/** One leg b. */
export type Attempt = {
  readonly number: number;
  readonly b: Party;
  /** The last offer of each leg. */
  readonly offers: { [side in Side]?: MediaOffer };
};

/** One call whose media crosses a FreeSWITCH. */
export type BridgedCall = Turns & {
  readonly id: CallId;
  /** Absent: nobody anchors it yet, or any more. */
  home: MediaLink | undefined;
  readonly a: Party;
  readonly attempts: Map<number, Attempt>;
  /** How often a recording of it was begun; absent: it is not to be recorded. */
  recordings: number | undefined;
  /** The channel of leg a that is recorded. */
  recorded: Channel | undefined;
  /** The leg b that leg a hears. */
  bridged: Channel | undefined;
  /** Its channels went away, and nobody has been told yet. */
  isLost: boolean;
  isOver: boolean;
};

export function newBridgedCall(id: CallId, world: World): BridgedCall {
  return {
    id,
    home: undefined,
    a: newParty(world),
    attempts: new Map(),
    recordings: undefined,
    recorded: undefined,
    bridged: undefined,
    isLost: false,
    isOver: false,
    last: Promise.resolve(),
    underWay: 0,
  };
}

function newParty(world: World): Party {
  return { told: newToldLeg(world), channel: undefined, heard: undefined, said: undefined };
}

export function attemptOf(call: BridgedCall, number: number, world: World): Attempt {
  const known = call.attempts.get(number);
  if (known !== undefined) return known;
  const attempt: Attempt = { number, b: newParty(world), offers: {} };
  call.attempts.set(number, attempt);
  return attempt;
}

export function partiesOf(call: BridgedCall): readonly Party[] {
  return [call.a, ...[...call.attempts.values()].map(({ b }) => b)];
}

/** Ends a leg's channel. The leg itself may get another one. */
export function endChannel(party: Party): void {
  const { channel } = party;
  party.channel = undefined;
  party.heard = undefined;
  void channel?.leg.destroy();
}

/** Whoever speaks with the call has forgotten it, or shall. */
export function leave(call: BridgedCall): void {
  for (const party of partiesOf(call)) endChannel(party);
  call.bridged = undefined;
  call.home = undefined;
}
