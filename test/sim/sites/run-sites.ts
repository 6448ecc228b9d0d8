import type { CallRecord } from '../../../lib/call/record.ts';
import { VERSION } from '../../../lib/cluster/links/frame.ts';
import type { EventSink, Notice } from '../../../lib/ports/event-sink.ts';
import { type Packet, VirtualNetwork } from '../../support/virtual-network.ts';
import { A, gatewayAddress } from '../../support/virtual-site.ts';
import { VirtualWires } from '../../support/virtual-wires.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { type Draw, drawFrom } from '../draw.ts';
import { SimGateway } from '../gateway.ts';
import type { Complain } from '../model.ts';
import { Phone } from '../phone.ts';
import { watchdog } from '../promises.ts';
import type { Outcome } from '../run-world.ts';
import { type Witness, witness } from '../witness.ts';
import { Anycast, type Route } from './anycast.ts';
import { type FrameWatch, watchFrames } from './frames.ts';
import { judgeSites } from './judge.ts';
import { lies } from './liar.ts';
import {
  drawPlan,
  drawSitesGateway,
  drawSitesPhone,
  FIRST_CALL_MS,
  LAST_CALL_MS,
  pairName,
  type SitesPlan,
  type Timed,
} from './plan.ts';
import { type Common, doorsOf, openSite, type SimSite, unicastOf } from './site.ts';

const GATEWAYS = 3;
const BROKEN_MAX = 20;
/** Long after every patience, talk, Timer F, lingering transaction and repeated claim. */
const END_MS = 150_000;
/** A site that is gone is announced so long. */
const WITHDRAWN_AFTER_MS = 700;
/** A new start is announced when it has its links. */
const ANNOUNCED_AFTER_MS = 4000;
const INVITE = Buffer.from('INVITE ');
const TWIN_MS_MAX = 300;
const LATE_MS_MIN = 500;
const LATE_MS_MAX = 4000;

/** A start of a site, and when it ended. */
export type Start = { readonly site: SimSite; diedAtMs: number | undefined };

/** All that there is in one world. */
export type SitesWorld = {
  readonly plan: SitesPlan;
  readonly time: VirtualWorld;
  readonly starts: Start[];
  readonly phones: readonly Phone[];
  readonly gateways: readonly SimGateway[];
  readonly edge: Witness;
  readonly frames: FrameWatch;
  readonly records: CallRecord[];
  readonly notices: (readonly [site: number, notice: Notice])[];
};

/** Sees each packet; the site is absent where a caller or a gateway sends it. */
export type OnPacket = (atMs: number, packet: Packet, site: number | undefined) => void;

/** Several sites from one seed, their gateways and a crowd of callers, until all is quiet. */
export async function runSites(
  seed: number,
  onPacket: OnPacket = () => undefined,
  onEnd: (world: SitesWorld) => void = () => undefined,
): Promise<Outcome> {
  const time = new VirtualWorld(seed);
  const draw = drawFrom(time.random);
  const plan = drawPlan(seed, draw);
  const broken: string[] = [];
  const complain = (promise: string, what: string) => {
    const count = broken.filter((other) => other.startsWith(`${promise}:`)).length;
    const when = time.nowMs < END_MS ? ` at ${Math.round(time.nowMs)}` : '';
    if (count < BROKEN_MAX) broken.push(`${promise}: ${what}${when}`);
  };
  const world = openWorld(plan, seed, time, draw, onPacket, complain);
  do await new Promise(setImmediate);
  while (goOn(time, complain));
  judgeSites(world, complain);
  onEnd(world);
  const ends = new Map<string, number>();
  for (const { reason } of world.records) ends.set(reason, (ends.get(reason) ?? 0) + 1);
  return { seed, calls: plan.calls, broken, ends };
}

/** What is thrown here would be the end of a node. */
function goOn(time: VirtualWorld, complain: Complain): boolean {
  try {
    return time.runNext(END_MS);
  } catch (error) {
    complain('bug', error instanceof Error ? (error.stack ?? error.message) : String(error));
    return true;
  }
}

function openWorld(
  plan: SitesPlan,
  seed: number,
  time: VirtualWorld,
  draw: Draw,
  onPacket: OnPacket,
  complain: (promise: string, what: string) => void,
): SitesWorld {
  const doors = doorsOf(plan.sites);
  const network = new VirtualNetwork(time, plan.weather);
  const edge = witness(doors);
  const versionOf = (site: number) => (plan.older.includes(site) ? VERSION - 1 : VERSION);
  const frames = watchFrames(() => time.nowMs, versionOf, complain);
  const anycast = new Anycast(network, routeOf(plan, time, draw), (packet, site) => {
    edge.arrived(time.nowMs, packet, site);
    frames.arrived(packet.bytes, site);
  });
  const watch = watchdog({ isSticky: false, hasTransfers: false }, complain, doors);
  network.onPacket = (packet) => {
    onPacket(time.nowMs, packet, anycast.sender);
    if (anycast.sender !== undefined) edge.sent(time.nowMs, packet, anycast.sender);
    watch(packet);
  };
  network.comesAgainAfterMs = ({ bytes }) => {
    if (draw.chance(plan.lates)) return draw.between(LATE_MS_MIN, LATE_MS_MAX);
    const isTwin = bytes.subarray(0, INVITE.length).equals(INVITE) && draw.chance(plan.twins);
    return isTwin ? draw.between(0, TWIN_MS_MAX) : undefined;
  };
  const wires = wiresOf(plan, time, draw, frames);
  const records: CallRecord[] = [];
  const notices: SitesWorld['notices'] = [];
  const sinkFor = (site: number): EventSink => ({
    step: () => undefined,
    record: (record) => void records.push(record),
    note: (notice) => void notices.push([site, notice]),
    count: () => undefined,
  });
  const common = {
    time,
    wires,
    anycast,
    sites: plan.sites,
    gateways: GATEWAYS,
    sinkFor,
    versionOf,
  };
  const starts: Start[] = [];
  for (const number of plan.sites) begin(common, starts, number, 1);
  time.at(FIRST_CALL_MS, () => {
    for (const number of plan.sites) anycast.announce(number);
  });
  wires.isDeaf = (site) =>
    starts.some(
      ({ site: { number, process } }) => number === site && !process.isDead && !process.isRunning,
    );
  for (const trouble of plan.troubles) arrange(trouble, common, starts, frames);
  const gateways = Array.from({ length: GATEWAYS }, (_, index) => {
    const gatewayPlan = () => drawSitesGateway(draw);
    return new SimGateway(gatewayAddress(index + 1), time, network, edge, gatewayPlan);
  });
  const phones = Array.from({ length: plan.calls }, (_, index) => {
    const me = { address: `203.0.113.${1 + index}`, port: 5060 };
    const dialled = draw.chance(0.9) ? A : unicastOf(draw.between(1, plan.sites.length + 1));
    const name = `${seed}-${index}`;
    const phone = new Phone(name, drawSitesPhone(draw), me, dialled, time, network, edge);
    time.at(draw.between(FIRST_CALL_MS, LAST_CALL_MS), () => phone.dial());
    return phone;
  });
  return { plan, time, starts, phones, gateways, edge, frames, records, notices };
}

function routeOf({ routing, sites }: SitesPlan, time: VirtualWorld, draw: Draw): Route {
  const any = (announced: readonly number[]) => announced[draw.between(0, announced.length)];
  return ({ from }, announced) => {
    switch (routing.by) {
      case 'packet':
        return any(announced);
      case 'caller': {
        const home = (Number(from.address.split('.')[3]) % sites.length) + 1;
        return announced.includes(home) && !draw.chance(routing.astray) ? home : any(announced);
      }
      case 'time':
        return announced[Math.floor(time.nowMs / routing.everyMs) % announced.length];
    }
  };
}

function wiresOf(
  { delays, jitterMs, troubles, liar }: SitesPlan,
  time: VirtualWorld,
  draw: Draw,
  frames: FrameWatch,
): VirtualWires {
  const wires = new VirtualWires(time);
  wires.delayMs = (from, to) =>
    (delays.get(pairName(from, to)) ?? 0) + (jitterMs > 0 ? draw.between(0, jitterMs) : 0);
  wires.isCut = (one, other) =>
    troubles.some(
      (trouble) =>
        trouble.what === 'cut' &&
        trouble.between.includes(one) &&
        trouble.between.includes(other) &&
        time.nowMs >= trouble.fromMs &&
        time.nowMs < trouble.toMs,
    );
  const alter = liar === undefined ? undefined : lies(liar, draw);
  wires.alters = (bytes, from, to) => {
    frames.written(bytes, from, to);
    return alter === undefined ? bytes : alter(bytes, from, to);
  };
  return wires;
}

function begin(common: Common, starts: Start[], number: number, epoch: number): void {
  void openSite(common, number, epoch).then((site) => starts.push({ site, diedAtMs: undefined }));
}

function arrange(trouble: Timed, common: Common, starts: Start[], frames: FrameWatch): void {
  const { time, anycast } = common;
  const { fromMs, toMs } = trouble;
  if (trouble.what === 'cut') return;
  const { site: number } = trouble;
  const former = () => {
    const found = starts.find(({ site }) => site.number === number);
    if (found === undefined) throw new Error(`there is no site ${number}`);
    return found;
  };
  time.at(fromMs + WITHDRAWN_AFTER_MS, () => {
    if (!former().site.process.isRunning) anycast.withdraw(number);
  });
  if (trouble.what === 'stop') {
    time.at(fromMs, () => former().site.process.stop());
    time.at(toMs, () => former().site.process.goOn());
    time.at(toMs + ANNOUNCED_AFTER_MS, () => anycast.announce(number));
    return;
  }
  time.at(fromMs, () => {
    const ended = former();
    ended.site.die();
    ended.diedAtMs = time.nowMs;
  });
  time.at(toMs, () => {
    frames.began(number);
    anycast.withdraw(number);
    begin(common, starts, number, 2);
  });
  time.at(toMs + ANNOUNCED_AFTER_MS, () => anycast.announce(number));
}
