import type { Frame } from '../../lib/cluster/links/frame.ts';
import { VERSION } from '../../lib/cluster/links/frame.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import { SimGateway } from '../sim/gateway.ts';
import { Phone } from '../sim/phone.ts';
import { Anycast } from '../sim/sites/anycast.ts';
import { readFrame } from '../sim/sites/frames.ts';
import { doorsOf, openSite } from '../sim/sites/site.ts';
import { witness } from '../sim/witness.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';
import { A, gatewayAddress } from '../support/virtual-site.ts';
import { VirtualWires } from '../support/virtual-wires.ts';
import { VirtualWorld } from '../support/virtual-world.ts';

const FIRST_CALL_MS = 3000;
const CALLS_EVERY_MS = 10;
const END_MS = 60_000;
const BETWEEN_MS = 10;

/** What sites said to each other because of some calls. */
export type Said = {
  /** Of claims: questions, answers, and what is told later. */
  readonly perCall: number;
  /** Messages that came to another site than their owner. */
  readonly strays: number;
  readonly perStray: number;
  readonly answered: number;
};

/** Whole sites on virtual time; each packet to A goes to any of them, so that most are strays. */
export async function countFrames(count: number, calls: number): Promise<Said> {
  const time = new VirtualWorld(count);
  const sites = Array.from({ length: count }, (_, at) => at + 1);
  const network = new VirtualNetwork(time);
  const anycast = new Anycast(
    network,
    (_packet, announced) => announced[Math.floor(time.random() * announced.length)],
    () => undefined,
  );
  const wires = new VirtualWires(time);
  wires.delayMs = () => BETWEEN_MS;
  const tally = { claims: 0, strays: 0, strayFrames: 0 };
  const asked = new Map<string, Frame & { readonly kind: 'ask' }>();
  wires.alters = (bytes, from, to) => {
    const frame = readFrame(bytes);
    if (frame?.kind === 'ask') asked.set(`${from} ${to} ${frame.id}`, frame);
    const question = frame?.kind === 'answer' ? asked.get(`${to} ${from} ${frame.id}`) : frame;
    if (question?.kind !== 'ask' && question?.kind !== 'tell') return bytes;
    const isStray = question.subject === 'stray' || question.subject === 'send';
    if (isStray) tally.strayFrames += 1;
    else tally.claims += 1;
    if (frame?.kind === 'ask' && frame.subject === 'stray') tally.strays += 1;
    return bytes;
  };
  const sink: EventSink = {
    step: () => undefined,
    record: () => undefined,
    note: () => undefined,
    count: () => undefined,
  };
  const common = { time, wires, anycast, sites, gateways: 1, sinkFor: () => sink };
  for (const site of sites) {
    anycast.announce(site);
    void openSite({ ...common, versionOf: () => VERSION }, site, 1);
  }
  const phones = crowd(time, network, calls, sites);
  do await new Promise(setImmediate);
  while (time.runNext(END_MS));
  const { claims, strays, strayFrames } = tally;
  return {
    perCall: claims / calls,
    strays,
    perStray: strayFrames / Math.max(strays, 1),
    answered: phones.filter(({ finals }) => finals.has(200)).length,
  };
}

/** Callers that send everything to A, and a gateway that rings, answers and waits for their BYE. */
function crowd(
  time: VirtualWorld,
  network: VirtualNetwork,
  calls: number,
  sites: readonly number[],
): readonly Phone[] {
  const edge = witness(doorsOf(sites));
  const within = { asks: [], agrees: true, thinksMs: 0 };
  const final = { afterMs: 300, status: 200 };
  const rest = { says100: true, rings: true, earlyMedia: false, answersTwice: false };
  new SimGateway(gatewayAddress(1), time, network, edge, () => {
    return { ...rest, wakesMs: 5, final, talkMs: undefined, within };
  });
  const plan = { emergency: false, lateOffer: false, pinsA: true, patienceMs: 20_000, within };
  return Array.from({ length: calls }, (_, index) => {
    const me = { address: '203.0.113.7', port: 10_000 + index };
    const name = `bench-${index}`;
    const phone = new Phone(name, { ...plan, talkMs: 500 }, me, A, time, network, edge);
    time.at(FIRST_CALL_MS + index * CALLS_EVERY_MS, () => phone.dial());
    return phone;
  });
}
