import type { CallRecord } from '../../lib/call/record.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import type { Address } from '../../lib/sip/address.ts';
import { type Packet, VirtualNetwork } from '../support/virtual-network.ts';
import {
  A,
  B,
  gatewayAddress,
  U,
  type VirtualSite,
  virtualSite,
  virtualSiteOptions,
} from '../support/virtual-site.ts';
import { VirtualWorld } from '../support/virtual-world.ts';
import { type Draw, drawFrom, drawGateway, drawPhone, drawWeather } from './draw.ts';
import { SimGateway } from './gateway.ts';
import { makeMischief } from './mischief.ts';
import { type Complain, judgeCall, type Rules } from './model.ts';
import { judgeAnswers, judgeRepeats } from './model-answers.ts';
import { judgeCrossing } from './model-crossing.ts';
import { judgeEarly, judgeReliable } from './model-early.ts';
import { judgeReInvites } from './model-re-invites.ts';
import { judgeTransfers } from './model-transfers.ts';
import { carrierAddress, hasWayOut, insideAddress, isFromInside, wayOut } from './outwards.ts';
import { Phone } from './phone.ts';
import { watchdog } from './promises.ts';
import { readCall } from './reading.ts';
import { isTransferred, readTransfers } from './reading-transfers.ts';
import { watchTalks } from './talk-watch.ts';
import { hasTransfers, transferPlans, transferring } from './transfers.ts';
import { type Witness, witness } from './witness.ts';

export type Outcome = {
  readonly seed: number;
  readonly calls: number;
  /** `P7: 200 to BYE left from ...`; empty when every promise was kept. */
  readonly broken: readonly string[];
  /** How many calls came to which end. */
  readonly ends: ReadonlyMap<string, number>;
};

const GATEWAYS = 3;
const BROKEN_MAX = 20;
const LATEST_START_MS = 20_000;
/** Long after every patience, talk, Timer B and lingering transaction. */
const END_MS = 900_000;
/** No hunt begins later, so that nothing is learnt from probes any more. */
const LAST_PROBE_MS = 60_000;

/** One world from one seed: a site, its gateways and a crowd of callers, until all is quiet. */
export async function runWorld(
  seed: number,
  calls: number,
  onPacket: (atMs: number, packet: Packet) => void = () => undefined,
): Promise<Outcome> {
  const time = new VirtualWorld(seed);
  const draw = drawFrom(time.random);
  const network = new VirtualNetwork(time, drawWeather(draw));
  const broken: string[] = [];
  const when = () => (time.nowMs < END_MS ? ` at ${Math.round(time.nowMs)}` : '');
  const complain = (promise: string, what: string) => {
    const count = broken.filter((other) => other.startsWith(`${promise}:`)).length;
    if (count < BROKEN_MAX) broken.push(`${promise}: ${what}${when()}`);
  };
  const rules = { ...drawRules(draw), hasTransfers: hasTransfers(seed) };
  const watch = watchdog(rules, complain);
  const edge = witness();
  network.onPacket = (packet) => {
    onPacket(time.nowMs, packet);
    edge.sent(time.nowMs, packet);
    watch(packet);
  };
  network.onArrival = (packet) => edge.arrived(time.nowMs, packet);
  if (draw.chance(0.8)) makeMischief(network, time, draw);
  const site = virtualSite(time, network, optionsFor(seed, rules, calls, draw));
  time.at(LAST_PROBE_MS, () => site.node.stop());
  await site.node.listen();

  const drawTransfer = transferPlans(seed, GATEWAYS);
  const gatewaysAt = (addressOf: (number: number) => Address) =>
    Array.from({ length: GATEWAYS }, (_, index) => {
      const says = draw.chance(0.1) ? 503 : draw.chance(0.2) ? 404 : 200;
      const plan = () => ({
        ...drawGateway(draw),
        ringsReliably: draw.chance(0.5),
        ...(rules.hasTransfers ? { transfer: drawTransfer(), hasOwnSdp: true } : {}),
      });
      return new SimGateway(addressOf(index + 1), time, network, edge, plan, says);
    });
  const gateways = gatewaysAt(gatewayAddress);
  for (const { transfers } of gateways) transfers.peers = gateways.map((one) => one.transfers);
  const carriers = hasWayOut(seed) ? gatewaysAt(carrierAddress) : [];
  if (draw.chance(0.4)) {
    const victim = gateways[draw.between(0, GATEWAYS)];
    time.at(draw.between(0, LATEST_START_MS), () => victim?.crash(draw.between(100, 30_000)));
  }
  const phones = Array.from({ length: calls }, (_, index) =>
    phoneOf(index, seed, draw, time, network, edge),
  );
  if (rules.hasTransfers) watchTalks(phones, gateways, edge, time, complain);
  time.runUntil(END_MS);

  judge(site, phones, [...gateways, ...carriers], edge, rules, complain);
  if (time.pending > 0) complain('P12', `${time.pending} alarms are left`);
  return { seed, calls, broken, ends: countEnds(site.told.records) };
}

function drawRules({ chance }: Draw): Omit<Rules, 'hasTransfers'> {
  const earlyDialogs = chance(0.3) ? 'first' : 'each';
  const isTight = chance(0.15);
  const isSmall = chance(0.1);
  return { gateways: GATEWAYS, isSmall, isSticky: chance(0.2), earlyDialogs, isTight };
}

function optionsFor(seed: number, rules: Rules, calls: number, draw: Draw): SiteOptions {
  const { isSmall, isSticky, isTight, earlyDialogs } = rules;
  const options = virtualSiteOptions(
    rules.gateways,
    isSmall ? { callsMax: Math.ceil(calls / 2) } : {},
  );
  const everySec = draw.between(1, 6);
  const probe = { everySec, downAfter: 2, upAfter: 2, timeoutMs: 800 };
  const known = {
    ...(draw.chance(0.7) ? { probe } : {}),
    ...(isTight ? { callsMax: Math.ceil(calls / 10) } : {}),
  };
  const gateways = options.gateways.map((one) => ({ ...one, ...known }));
  const offAnycast = isSticky ? 'sticky' : 'always';
  const trunks = options.trunks.map((one) => ({ ...one, offAnycast, earlyDialogs }) as const);
  return {
    ...options,
    gateways,
    trunks,
    ...(hasWayOut(seed) ? wayOut(rules.gateways, known) : {}),
    ...(rules.hasTransfers ? transferring(options) : {}),
  };
}

function phoneOf(
  index: number,
  seed: number,
  draw: Draw,
  time: VirtualWorld,
  network: VirtualNetwork,
  edge: Witness,
): Phone {
  const outside = {
    address: `203.0.113.${1 + (index % 250)}`,
    port: 5060 + Math.floor(index / 250),
  };
  const isInside = isFromInside(seed, index);
  const me = isInside ? insideAddress(index) : outside;
  const door = draw.chance(0.8) ? A : U;
  const dialled = isInside ? B : door;
  const likes = {
    ringsReliably: draw.chance(0.4),
    keepsSession: index % 3 === 0,
    isInside,
    hasOwnSdp: hasTransfers(seed),
  };
  const plan = { ...drawPhone(draw), ...likes };
  const phone = new Phone(`${seed}-${index}`, plan, me, dialled, time, network, edge);
  time.at(draw.between(0, LATEST_START_MS), () => phone.dial());
  return phone;
}

function judge(
  site: VirtualSite,
  phones: readonly Phone[],
  gateways: readonly SimGateway[],
  edge: Witness,
  rules: Rules,
  complain: (promise: string, what: string) => void,
): void {
  const { told, engine, node } = site;
  const records = new Map<string, CallRecord[]>();
  for (const record of told.records) {
    records.set(record.sipCallIdA, [...(records.get(record.sipCallIdA) ?? []), record]);
  }
  for (const phone of phones) judgePhone(phone, records.get(phone.callId) ?? [], complain);
  for (const witnessed of edge.calls.values()) {
    const call = readCall(witnessed);
    if (call === undefined) continue;
    const say: Complain = (promise, what) => complain(promise, `${call.callId}: ${what}`);
    if (isTransferred(witnessed)) call.later = readTransfers(witnessed, call);
    if (call.later !== undefined) judgeTransfers(witnessed, call, call.later, say);
    // What a trunk says is for callers from outside.
    const ways: Rules = call.isOutwards
      ? { ...rules, isSticky: false, earlyDialogs: 'each' }
      : rules;
    judgeCall(witnessed, call, records.get(call.callId)?.[0], ways, say);
    judgeAnswers(witnessed, call, say);
    judgeRepeats(witnessed, call, say);
    judgeCrossing(witnessed, call, say);
    judgeReInvites(witnessed, call, say);
    judgeEarly(witnessed, call, ways, say);
    judgeReliable(witnessed, call, say);
  }
  for (const leg of edge.unnamed) complain('P13', `leg b ${leg} names no caller`);
  for (const gateway of gateways) {
    for (const fault of gateway.faults) complain('gateway', fault);
    for (const [callId, leg] of gateway.legs) {
      if (leg.up.size > 0) complain('P12', `leg b ${callId} is still up`);
    }
  }
  for (const notice of told.notices) {
    if (notice.event === 'bug') complain('bug', String(notice['stack']));
  }
  if (node.callsNow() > 0) complain('P12', `${node.callsNow()} calls are left`);
  const { legs, namesOut } = node.sizes();
  if (legs + namesOut > 0)
    complain('P14', `${legs} legs and ${namesOut} names are left at the node`);
  for (const [what, size] of Object.entries(engine.sizes())) {
    if (size > 0) complain('P14', `${size} ${what} are left in the engine`);
  }
}

function judgePhone(
  phone: Phone,
  records: readonly CallRecord[],
  complain: (promise: string, what: string) => void,
): void {
  const { callId, finals } = phone;
  for (const fault of phone.faults) complain('caller', `${callId}: ${fault}`);
  if (finals.size > 1) complain('P12', `${callId} got finals ${[...finals].join(' ')}`);
  if (records.length > 1) complain('P12', `${callId} has ${records.length} records`);
  const [record] = records;
  if (record === undefined) {
    if (finals.size > 0) complain('P12', `${callId} was answered and has no record`);
    return;
  }
  if (record.fault === 'unknown') complain('fault', `${callId} ended unknown`);
  const [final] = finals;
  if (final !== undefined && final !== record.status) {
    complain('P12', `${callId} got ${final}, its record says ${record.status}`);
  }
  if (finals.has(487) && !phone.hasGivenUp) complain('P2', `${callId} never cancelled`);
  if (phone.state === 'calling' && finals.size === 0) {
    complain('P12', `${callId} still waits for its final`);
  }
}

function countEnds(records: readonly CallRecord[]): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { reason } of records) ends.set(reason, (ends.get(reason) ?? 0) + 1);
  return ends;
}
