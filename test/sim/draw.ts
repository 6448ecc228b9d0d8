import type { Weather } from '../support/virtual-network.ts';
import type { GatewayPlan } from './gateway-plan.ts';
import type { PhonePlan } from './phone-plan.ts';
import type { WithinPlan } from './within.ts';

export type Draw = {
  readonly chance: (share: number) => boolean;
  readonly between: (low: number, high: number) => number;
};

export function drawFrom(random: () => number): Draw {
  return {
    chance: (share) => random() < share,
    between: (low, high) => Math.floor(low + random() * (high - low)),
  };
}

export function drawPhone({ chance, between }: Draw): PhonePlan {
  return {
    emergency: chance(0.6),
    lateOffer: chance(0.15),
    pinsA: chance(0.3),
    patienceMs: chance(0.35) ? between(0, 8000) : 300_000,
    talkMs: chance(0.6) ? between(0, 60_000) : undefined,
    within: drawWithin({ chance, between }),
  };
}

const ASKS = ['INVITE', 'INVITE', 'INFO', 'UPDATE'] as const;

export function drawWithin({ chance, between }: Draw): WithinPlan {
  const count = chance(0.4) ? between(1, 4) : 0;
  const asks = Array.from({ length: count }, () => ({
    // Some so early that they cross the ACK, many so close together that they meet.
    afterMs: chance(0.3) ? between(0, 300) : between(0, 8000),
    method: ASKS[between(0, ASKS.length)] ?? 'INFO',
    patienceMs: chance(0.4) ? between(0, 3000) : undefined,
  }));
  return { asks, agrees: chance(0.85), thinksMs: chance(0.4) ? between(1, 3000) : 0 };
}

const FAILURES = [486, 503, 404, 500, 480, 603, 302, 408];

export function drawGateway({ chance, between }: Draw): GatewayPlan {
  const isSlow = chance(0.15);
  const status = chance(0.7) ? 200 : (FAILURES[between(0, FAILURES.length)] ?? 503);
  return {
    wakesMs: isSlow ? between(1000, 9000) : between(0, 50),
    says100: chance(0.6),
    rings: chance(0.7),
    earlyMedia: chance(0.4),
    final: chance(0.1) ? undefined : { afterMs: between(0, 6000), status },
    answersTwice: chance(0.05),
    talkMs: chance(0.3) ? between(100, 60_000) : undefined,
    within: drawWithin({ chance, between }),
  };
}

export function drawWeather({ chance, between }: Draw): Weather {
  if (chance(0.3)) return { delayMs: between(0, 30), jitterMs: 0, loss: 0, duplication: 0 };
  return {
    delayMs: between(0, 60),
    jitterMs: between(0, 200),
    loss: between(0, 100) / 1000,
    duplication: between(0, 80) / 1000,
  };
}
