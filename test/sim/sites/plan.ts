import type { Weather } from '../../support/virtual-network.ts';
import { type Draw, drawGateway, drawPhone } from '../draw.ts';
import type { GatewayPlan } from '../gateway-plan.ts';
import type { PhonePlan } from '../phone-plan.ts';

/** What goes wrong between sites. */
export type Trouble =
  /** Nothing passes between two, and nobody is told. */
  | { readonly what: 'cut'; readonly between: readonly [number, number] }
  /** A process does nothing, and goes on afterwards. */
  | { readonly what: 'stop'; readonly site: number }
  /** A process is gone, and a new one begins. */
  | { readonly what: 'restart'; readonly site: number };

export type Timed = Trouble & { readonly fromMs: number; readonly toMs: number };

/** How packets to A find a site. */
export type Routing =
  | { readonly by: 'packet' }
  /** A caller is near one site, and now and then a packet goes astray. */
  | { readonly by: 'caller'; readonly astray: number }
  | { readonly by: 'time'; readonly everyMs: number };

export type SitesPlan = {
  readonly sites: readonly number[];
  readonly calls: number;
  /** One way between each two sites, as `1-2`, and what is added to it at random. */
  readonly delays: ReadonlyMap<string, number>;
  readonly jitterMs: number;
  readonly weather: Weather;
  /** Of so many INVITEs a copy comes a little later, by another way. */
  readonly twins: number;
  /** Of so many packets a copy comes seconds later. */
  readonly lates: number;
  readonly routing: Routing;
  readonly troubles: readonly Timed[];
  /** Absent: all tell the truth. */
  readonly liar: number | undefined;
  /** Sites that speak the version before. */
  readonly older: readonly number[];
};

export const FIRST_CALL_MS = 3000;
export const LAST_CALL_MS = 11_000;
const COUNTS = [2, 3, 3, 3, 4, 5];
/** Between two sites that see each other well, and badly. */
const NEAR_MS_MAX = 14;
const FAR_MS_MAX = 120;

export function pairName(one: number, other: number): string {
  return one < other ? `${one}-${other}` : `${other}-${one}`;
}

export function drawPlan(seed: number, draw: Draw): SitesPlan {
  const { between, chance } = draw;
  const liesHere = chance(0.12);
  const count = liesHere ? 3 : (COUNTS[between(0, COUNTS.length)] ?? 3);
  const sites = Array.from({ length: count }, (_, at) => at + 1);
  const isNear = chance(0.4);
  const delays = new Map<string, number>();
  for (const one of sites)
    for (const other of sites)
      if (one < other)
        delays.set(pairName(one, other), between(0, isNear ? NEAR_MS_MAX : FAR_MS_MAX));
  return {
    sites,
    calls: 30 + (seed % 3) * 10,
    delays,
    jitterMs: isNear || chance(0.5) ? 0 : between(0, 60),
    weather: drawWeather(draw),
    twins: chance(0.6) ? 0.4 : 0,
    lates: chance(0.5) ? 0.02 : 0.1,
    routing: drawRouting(draw),
    troubles: liesHere || chance(0.45) ? [] : [drawTrouble(sites, draw)],
    liar: liesHere ? between(1, count + 1) : undefined,
    older: chance(0.25) ? sites.filter(() => chance(0.5)) : [],
  };
}

function drawWeather({ chance, between }: Draw): Weather {
  if (chance(0.4)) return { delayMs: between(0, 20), jitterMs: 0, loss: 0, duplication: 0 };
  return {
    delayMs: between(0, 40),
    jitterMs: between(0, 120),
    loss: between(0, 60) / 1000,
    duplication: between(0, 80) / 1000,
  };
}

function drawRouting({ chance, between }: Draw): Routing {
  if (chance(0.5)) return { by: 'packet' };
  return chance(0.5)
    ? { by: 'caller', astray: between(0, 30) / 100 }
    : { by: 'time', everyMs: between(50, 2000) };
}

function drawTrouble(sites: readonly number[], { chance, between }: Draw): Timed {
  const fromMs = between(FIRST_CALL_MS, LAST_CALL_MS + 4000);
  const site = between(1, sites.length + 1);
  if (chance(0.4)) {
    const other = sites.filter((one) => one !== site)[between(0, sites.length - 1)] ?? 1;
    return { what: 'cut', between: [site, other], fromMs, toMs: fromMs + between(100, 8000) };
  }
  if (chance(0.4)) return { what: 'stop', site, fromMs, toMs: fromMs + between(50, 8000) };
  return { what: 'restart', site, fromMs, toMs: fromMs + between(200, 4000) };
}

/** Patience and talk are short, so that a world is soon over. */
export function drawSitesPhone(draw: Draw): PhonePlan {
  const { chance, between } = draw;
  const plan = drawPhone(draw);
  return {
    ...plan,
    emergency: chance(0.5),
    patienceMs: chance(0.4) ? between(0, chance(0.5) ? 100 : 4000) : 14_000,
    talkMs: chance(0.3) ? between(0, 400) : between(0, 12_000),
  };
}

export function drawSitesGateway(draw: Draw): GatewayPlan {
  const { chance, between } = draw;
  const plan = drawGateway(draw);
  const final = plan.final === undefined ? undefined : { ...plan.final, afterMs: between(0, 3000) };
  return {
    ...plan,
    final,
    answersTwice: false,
    talkMs: chance(0.3) ? between(100, 12_000) : undefined,
  };
}
