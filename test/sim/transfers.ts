import type { SiteOptions } from '../../lib/node/site-options.ts';
import { mulberry32 } from '../support/virtual-world.ts';
import { type Draw, drawFrom, drawWithin } from './draw.ts';
import type { WithinPlan } from './within.ts';

/** In one world of so many calls are transferred; no gateway calls outwards there. */
const WORLDS = 4;
const PLACE = 3;

export function hasTransfers(seed: number): boolean {
  return seed % WORLDS === PLACE;
}

/** Every group carries out what its gateways ask for. */
export function transferring({ groups }: SiteOptions): Pick<SiteOptions, 'groups'> {
  return { groups: groups.map((group) => ({ ...group, transfers: 'execute' })) };
}

/** A gateway asks to have its call transferred. */
export type ReferPlan = {
  readonly by: 'refer';
  /** After its 2xx. */
  readonly afterMs: number;
  readonly to: 'gateway' | 'stranger' | 'nobody' | 'two';
  /** The number of that gateway. */
  readonly toward: number;
  /** Asks once more so long after; absent: does not. */
  readonly againAfterMs: number | undefined;
  readonly leaves: 'at once' | 'when told' | 'not';
  /** Whether it ever answers NOTIFY. */
  readonly hears: boolean;
};

/** Another gateway takes its place. */
export type JoinPlan = {
  readonly by: 'join';
  readonly afterMs: number;
  /** The number of that other one. */
  readonly toward: number;
  readonly hasOffer: boolean;
  /** Whether the dialog that it names is there. */
  readonly isKnown: boolean;
  /** Takes its INVITE back so long after; absent: waits. */
  readonly patienceMs: number | undefined;
  /** Hangs up so long after it was answered; absent: leaves that to the caller. */
  readonly talkMs: number | undefined;
  readonly within: WithinPlan;
};

export type TransferPlan = ReferPlan | JoinPlan;

const SHARE = 0.5;

/** Draws from a generator of its own, so that nothing else in the world moves. */
export function transferPlans(seed: number, gateways: number): () => TransferPlan | undefined {
  const draw = drawFrom(mulberry32(seed ^ 0x5f3759df));
  return () => {
    if (!draw.chance(SHARE)) return undefined;
    const toward = draw.between(1, gateways + 1);
    // Some before the caller has acknowledged, some when it has hung up.
    const afterMs = draw.chance(0.3) ? draw.between(0, 500) : draw.between(0, 12_000);
    return draw.chance(0.65) ? drawRefer(draw, afterMs, toward) : drawJoin(draw, afterMs, toward);
  };
}

function drawRefer({ chance, between }: Draw, afterMs: number, toward: number): ReferPlan {
  const odd = (['stranger', 'nobody', 'two'] as const)[between(0, 3)];
  return {
    by: 'refer',
    afterMs,
    to: chance(0.85) ? 'gateway' : (odd ?? 'nobody'),
    toward,
    againAfterMs: chance(0.2) ? between(0, 3000) : undefined,
    leaves: chance(0.25) ? 'at once' : chance(0.5) ? 'when told' : 'not',
    hears: chance(0.85),
  };
}

function drawJoin(draw: Draw, afterMs: number, toward: number): JoinPlan {
  const { chance, between } = draw;
  return {
    by: 'join',
    afterMs,
    toward,
    hasOffer: chance(0.9),
    isKnown: chance(0.9),
    patienceMs: chance(0.25) ? between(0, 800) : undefined,
    talkMs: chance(0.4) ? between(0, 20_000) : undefined,
    within: drawWithin(draw),
  };
}
