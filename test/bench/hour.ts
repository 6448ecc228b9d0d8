import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { realWorld } from '../../lib/base/real-world.ts';
import { type BuiltinEngine, builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { type Node, siteNode } from '../../lib/node/node.ts';
import { type Observer, openObserver } from '../../lib/observe/log-sink.ts';
import { drawFrom, drawGateway, drawPhone } from '../sim/draw.ts';
import { SimGateway } from '../sim/gateway.ts';
import { Phone } from '../sim/phone.ts';
import { witness } from '../sim/witness.ts';
import { QUIET } from '../support/quiet.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';
import { A, directoryOf, gatewayAddress, U, virtualSiteOptions } from '../support/virtual-site.ts';
import { VirtualWorld } from '../support/virtual-world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const REPORT_EVERY_MIN = 10;
/** Patience, talk and everything that lingers are over by then; the peers forget the call. */
const LIFE_MS = 240_000;
const PATIENCE_MS_MAX = 30_000;
const GATEWAYS = 3;
const GROWTH_PERCENT_MAX = 5;
/** Callers without a trunk come from this many addresses. */
const STRANGERS = 500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
const MINUTES = Number(values.minutes);
const RATE = Number(values.rate);
const SEED = Number(values.seed);

type Site = { readonly node: Node; readonly engine: BuiltinEngine; readonly observer: Observer };

/** A whole site on virtual time and a virtual network; its log and its records are real files. */
async function openSite(
  time: VirtualWorld,
  network: VirtualNetwork,
  folder: string,
): Promise<Site> {
  const observer = openObserver({
    site: 'sim',
    level: 'info',
    steps: path.join(folder, 'steps.ndjson'),
    records: path.join(folder, 'calls.ndjson'),
    waitingCharsMax: 8_388_608,
    rotateBytes: 50_000_000,
    rotateHours: 0,
    keepFiles: 1,
    world: realWorld(),
    readableHosts: [],
    present: () => ({ ...QUIET, callsActive: node.callsNow() }),
  });
  let engine: BuiltinEngine | undefined;
  const options = virtualSiteOptions(GATEWAYS);
  const { sink } = observer;
  const directory = directoryOf(options, time.world, sink);
  const node = siteNode(options, time.world, sink, directory, {
    engineFor(ears) {
      engine = builtinEngine({ world: time.world, datagrams: network, ears });
      return engine;
    },
  });
  if (engine === undefined) throw new Error('the node made no engine');
  await node.listen();
  return { node, engine, observer };
}

/** Callers and gateways of the simulation, good and bad, in fine weather with some loss. */
function openCrowd(time: VirtualWorld, network: VirtualNetwork): (index: number) => void {
  const draw = drawFrom(time.random);
  // Nothing is shown to it: an hour of messages would not fit.
  const edge = witness();
  for (let number = 1; number <= GATEWAYS; number += 1) {
    const gateway: SimGateway = new SimGateway(
      gatewayAddress(number),
      time,
      network,
      edge,
      ({ callId }) => {
        time.at(time.nowMs + LIFE_MS, () => gateway.legs.delete(callId));
        return drawGateway(draw);
      },
    );
  }
  return (index) => {
    const plan = drawPhone(draw);
    const patienceMs = Math.min(plan.patienceMs, PATIENCE_MS_MAX);
    const port = 1024 + (index % 60_000);
    const address = draw.chance(0.1)
      ? `198.18.${draw.between(0, 2)}.${draw.between(0, STRANGERS / 2)}`
      : '203.0.113.7';
    const dialled = draw.chance(0.8) ? A : U;
    const me = { address, port };
    const phone = new Phone(`h${index}`, { ...plan, patienceMs }, me, dialled, time, network, edge);
    phone.dial();
    time.at(time.nowMs + LIFE_MS, () => phone.leave());
  };
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function report(minute: number, { node, engine }: Site): number {
  const heap = heapBytes();
  const held = (sizes: object) =>
    Object.entries(sizes)
      .map(([name, size]) => `${name} ${size}`)
      .join(', ');
  console.log(`minute ${minute}: heap ${(heap / 1e6).toFixed(2)} MB`);
  console.log(`  node: ${held(node.sizes())}`);
  console.log(`  engine: ${held(engine.sizes())}`);
  return heap;
}

async function pass(time: VirtualWorld, site: Site, untilMs: number, each: () => void) {
  while (time.nowMs < untilMs) {
    each();
    time.runUntil(time.nowMs + SECOND_MS);
    await site.observer.flush();
  }
}

async function main(folder: string): Promise<boolean> {
  console.log(`seed ${SEED}: ${RATE} calls a second for ${MINUTES} minutes of virtual time`);
  const time = new VirtualWorld(SEED);
  const weather = { delayMs: 5, jitterMs: 20, loss: 0.01, duplication: 0.01 };
  const network = new VirtualNetwork(time, weather);
  const site = await openSite(time, network, folder);
  const dial = openCrowd(time, network);
  let calls = 0;
  const heaps: number[] = [];
  for (let minute = REPORT_EVERY_MIN; minute <= MINUTES; minute += REPORT_EVERY_MIN) {
    await pass(time, site, minute * MINUTE_MS, () => {
      for (let one = 0; one < RATE; one += 1) {
        const index = calls;
        calls += 1;
        time.at(time.nowMs + time.random() * SECOND_MS, () => dial(index));
      }
    });
    heaps.push(report(minute, site));
  }
  const [first = Number.NaN] = heaps;
  const growth = ((heaps.at(-1) ?? Number.NaN) / first - 1) * 100;
  await pass(time, site, time.nowMs + 2 * LIFE_MS, () => undefined);
  report(MINUTES + (2 * LIFE_MS) / MINUTE_MS, site);
  await site.observer.close();
  console.log(`${calls} calls; growth from minute ${REPORT_EVERY_MIN}: ${growth.toFixed(1)} %`);
  const left = Object.values(site.engine.sizes()).some((size) => size > 0);
  console.log(left ? 'the engine still holds something' : 'the engine holds nothing any more');
  return growth <= GROWTH_PERCENT_MAX && !left && site.node.callsNow() === 0;
}

const folder = mkdtempSync(path.join(tmpdir(), 'landfall-hour-'));
try {
  process.exitCode = (await main(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
