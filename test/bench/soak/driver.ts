import { parseArgs } from 'node:util';
import { whyOf } from '../../../lib/base/why-of.ts';
import { drawFrom } from '../../sim/draw.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { Call } from './call.ts';
import { type Callers, one, openCallers } from './callers.ts';
import { openGateways } from './gateways.ts';
import { SCENARIOS, type Scenario, shuffledDeck } from './mix.ts';
import { certificatesIn } from './site.ts';
import { Switchboard } from './switchboard.ts';
import { openTally } from './tally.ts';

/**
 * All callers and all gateways of a soak in one process of their own. Everything that is drawn
 * comes from the seed, and a call draws its own: no answer that is late changes another call.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const SEED = Number(values.seed);
const RATE = Number(values.rate);
const CALLS = Math.round(RATE * Number(values.seconds));
const TICK_MS = 10;
/** Longer than any scenario lasts. */
const LAST_MS_MAX = 120_000;

const tally = openTally();
const board = new Switchboard();
const tokens: string[] = [];
const drawOf = (index: number) => drawFrom(new VirtualWorld(SEED * 1_000_003 + index).random);
const underWay = new Set<Promise<void>>();

/** Endless. */
function* scenarios(): Generator<Scenario, never> {
  const draw = drawOf(0);
  const only = SCENARIOS.filter(({ name }) => name === values.only);
  for (;;) yield* only.length > 0 ? only : shuffledDeck(draw);
}

async function play(scenario: Scenario, index: number, callers: Callers): Promise<void> {
  const draw = drawOf(index);
  const line = callers.lineFor(scenario.over, draw);
  const id = `${scenario.name}.${index}.${SEED}`;
  const call = new Call({ id, dials: one(scenario.dials, draw), draw, line, tokens });
  board.open(call);
  try {
    await scenario.play(call);
    await call.settle();
    tally.count(scenario.name, call);
  } catch (error) {
    const over = `${id} over ${line.transport} from ${line.address}`;
    tally.count(scenario.name, call, `${over}: ${whyOf(error)}`);
    // What it leaves up would be taken for a leak.
    call.caller.ask('BYE').catch(() => undefined);
  }
  callers.give(line);
  board.forget(call);
}

async function load(callers: Callers): Promise<void> {
  const deck = scenarios();
  const beganAt = performance.now();
  let begun = 0;
  await new Promise<void>((resolve) => {
    const ticker = setInterval(() => {
      const due = Math.min(CALLS, Math.ceil(((performance.now() - beganAt) / 1000) * RATE));
      for (; begun < due; begun += 1) {
        const playing = play(deck.next().value, begun + 1, callers);
        underWay.add(playing);
        void playing.finally(() => underWay.delete(playing));
      }
      if (begun < CALLS) return;
      clearInterval(ticker);
      resolve();
    }, TICK_MS);
  });
}

async function main(): Promise<void> {
  const certificates = certificatesIn(values.folder);
  const gateways = await openGateways(certificates, board.hearGateway);
  const callers = await openCallers(gateways, certificates.authorities, board.hearCaller);
  await load(callers);
  const enough = new Promise((resolve) => setTimeout(resolve, LAST_MS_MAX).unref());
  await Promise.race([Promise.all(underWay), enough]);
  if (underWay.size > 0) throw new Error(`${underWay.size} scenarios do not end`);
  callers.close();
  gateways.close();
  console.log(JSON.stringify({ ...tally.report(), strangers: board.strangers }));
}

await main();
