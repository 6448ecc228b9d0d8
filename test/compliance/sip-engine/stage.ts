import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { realWorld } from '../../../lib/base/real-world.ts';
import type { EngineEars } from '../../../lib/ports/engine-ears.ts';
import type { Probe, ProbeOutcome } from '../../../lib/ports/outside-dialogs.ts';
import type { LegEvent, Listener, SipEngine } from '../../../lib/ports/sip-engine.ts';
import { type Address, type Transport, writeAddress } from '../../../lib/sip/address.ts';
import { type LegId, uriText } from '../../../lib/sip/ids.ts';
import { hurriedWorld } from '../../support/hurried-world.ts';
import { Tape } from '../../support/tape.ts';
import { FarEnd, SETTLE } from './far-end.ts';
import type { Place, Subject } from './subject.ts';

/** How long a message may take on the loopback of a busy machine. */
const MESSAGE_MS = 5000;
/** To all hosts of the loopback: the system sends no datagram there unasked. */
export const BROADCAST = '127.255.255.255';

export type Told<On extends LegEvent['on'] = LegEvent['on']> = Extract<LegEvent, { on: On }> & {
  readonly leg: LegId;
};

/** One engine with a gateway beside it, and all that the node is told. */
export type Stage = {
  readonly engine: SipEngine;
  readonly transport: Transport;
  readonly gateway: FarEnd;
  /** What orders for that transport name, the test's own by default. */
  listener(transport?: Transport): Listener;
  /** Where the gateway sees the engine, likewise. */
  place(transport?: Transport): Address;
  /** An address of this test at which nobody is, yet. */
  readonly elsewhere: Address;
  /** A second gateway: at another address, or at the first one's for another transport. */
  openFarEnd(at: Address, transport: Transport): Promise<FarEnd>;
  /** The next thing that the node is told must be that, after so much time of the engine. */
  told<On extends LegEvent['on']>(on: On, afterMs?: number): Promise<Told<On>>;
  /** The next thing that the node is told must be one of those. */
  toldOneOf<On extends LegEvent['on']>(...ons: readonly On[]): Promise<Told<On>>;
  /** What the node does while it is being told. */
  react(reaction: (event: Told) => void): void;
  /** What comes of a probe; that anything comes of it twice is a surprise. */
  probe(probe: Probe): Promise<ProbeOutcome>;
  /** Lets so much time of the engine pass. */
  pass(ms: number): Promise<void>;
  /** Waits until all that was ordered and all that was said has arrived. */
  settle(): Promise<void>;
  /** Nothing may be left that no test has spoken of. */
  isDone(): Promise<void>;
  /** Closes the engine before the test is over. */
  closeEngine(): Promise<void>;
  close(): Promise<void>;
};

export type StageOptions = {
  readonly transport: Transport;
  /** How many times faster the engine's timers run. */
  readonly times: number;
};

export async function openStage(
  subject: Subject,
  { transport, times }: StageOptions,
): Promise<Stage> {
  const at = addressesOf(subject);
  const node = listeningNode(times);
  const world = times === 1 ? realWorld() : hurriedWorld(times);
  const started = await subject.start(world, node.ears, gatewaySide(at(21, 5060)));
  const { engine, listeners, places } = started;
  const farEnds: FarEnd[] = [];
  let isOpen = true;

  const listener = (wanted = transport) => ofTransport(listeners, wanted);
  const place = (wanted = transport) => ofTransport(places, wanted);

  async function openFarEnd(where: Address, speaks: Transport): Promise<FarEnd> {
    const farEnd = await FarEnd.open(where, speaks, place(speaks));
    farEnds.push(farEnd);
    return farEnd;
  }

  const gateway = await openFarEnd(at(31, 5080), transport);
  const probe = (what: Probe) => node.probed((tell) => engine.probe(what, tell));
  const settle = () => askTwice(probe, listener(), gateway.at, MESSAGE_MS * times);
  return {
    engine,
    transport,
    gateway,
    listener,
    place,
    elsewhere: at(32, 5080),
    openFarEnd,
    told: (on, afterMs) => node.told([on], afterMs),
    toldOneOf: (...ons) => node.told(ons),
    react: node.react,
    probe,
    pass: (ms) => pause(ms / times),
    settle,
    async isDone() {
      if (isOpen) await settle();
      expect(node.untold()).toEqual([]);
      expect(farEnds.flatMap(({ unheard }) => unheard)).toEqual([]);
    },
    async closeEngine() {
      isOpen = false;
      await engine.close();
    },
    async close() {
      await started.stop();
      await Promise.all(farEnds.map((farEnd) => farEnd.close()));
    },
  };
}

/** Each test has addresses of its own: nothing of one reaches another. */
let testsBegun = 0;

function addressesOf({ net }: Subject): (host: number, port: number) => Address {
  const test = testsBegun++;
  return (host, port) => ({ address: `${net}.${test >> 2}.${(test & 3) * 64 + host}`, port });
}

/** The node, which hears everything and does what the test wants it to. */
function listeningNode(times: number) {
  const told = new Tape<Told>();
  const surprises: string[] = [];
  let reaction: (event: Told) => void = () => undefined;
  const ears: EngineEars = {
    onInvite: () => void surprises.push('an INVITE'),
    onStray: ({ request }) => void surprises.push(`a stray ${request.method}`),
    onFault: ({ reason }) => void surprises.push(`a fault: ${reason}`),
    onLeg(leg, event) {
      told.push({ ...event, leg });
      reaction({ ...event, leg });
    },
  };
  return {
    ears,
    told: async <On extends LegEvent['on']>(ons: readonly On[], afterMs = 0) => {
      const what = ons.join(' or ');
      const event = await told.next(`the node is told ${what}`, afterMs / times + MESSAGE_MS);
      if (!isTold(event, ons)) throw new Error(`the node was told ${event.on} instead of ${what}`);
      return event;
    },
    react: (what: typeof reaction) => {
      reaction = what;
    },
    probed: (ask: (tell: (outcome: ProbeOutcome) => void) => void) => {
      let count = 0;
      return new Promise<ProbeOutcome>((resolve) =>
        ask((outcome) => {
          count += 1;
          if (count > 1) surprises.push(`a probe is ${outcome.kind} once more`);
          resolve(outcome);
        }),
      );
    },
    untold: () => [...told.untaken, ...surprises],
  };
}

/**
 * What was ordered and said before a question and its answer has arrived with them. An engine may
 * take an order in two strides, so it is asked twice.
 */
async function askTwice(
  probe: Stage['probe'],
  listener: Listener,
  nextHop: Address,
  timeoutMs: number,
): Promise<void> {
  const uri = uriText(`sip:${SETTLE}@${writeAddress(nextHop)}`);
  for (const _ of ['first', 'second']) {
    const outcome = await probe({ listener, nextHop, uri, timeoutMs });
    expect(outcome).toMatchObject({ kind: 'answered' });
  }
}

function gatewaySide(place: Address): readonly Listener[] {
  const role = 'gateway';
  const both: readonly Transport[] = ['udp', 'tcp'];
  return both.map((transport) => ({ ...place, transport, role, advertise: undefined }));
}

function isTold<On extends LegEvent['on']>(event: Told, ons: readonly On[]): event is Told<On> {
  return ons.some((on) => event.on === on);
}

function ofTransport<P extends Place>(all: readonly P[], transport: Transport): P {
  const found = all.find((one) => one.transport === transport);
  if (found === undefined) throw new Error(`the engine does not speak ${transport}`);
  return found;
}
