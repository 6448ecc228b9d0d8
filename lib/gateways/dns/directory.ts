import type { Timers, World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { NameFailure, NameService, RecordType } from '../../ports/name-service.ts';
import type { Address, Family, Transport } from '../../sip/address.ts';
import { type Followed, newcomer, seenNow, standingOf, takeIn } from './followed.ts';
import {
  type Destination,
  type Hop,
  type Standing,
  type Whereabouts,
  writeDestination,
} from './hop.ts';
import { type NameBook, openNameBook } from './name-book.ts';
import { type NamedDestination, resolve } from './resolve.ts';
import { drawHops, hopsOf } from './services.ts';
import { hasMoved, tellMove } from './tell-move.ts';

/** Where every gateway is, kept up to date behind the back of the calls. */
export type Directory = {
  /** What is known now; it never waits, and it never asks anybody. */
  whereIs(destination: Destination): Whereabouts;
  /** Keeps looking up these destinations, and forgets all others. */
  follow(destinations: readonly Destination[]): void;
  /** When every destination has been found, or could not be, or that time is over. */
  settled(withinMs: number): Promise<void>;
  /** What `landfall gateways` shows of a destination. */
  stateOf(destination: Destination): DirectoryState;
  close(): void;
};

export type DirectoryState = {
  readonly standing: Standing;
  /** Every place, in the order of the records and not of a draw. */
  readonly hops: readonly Hop[];
  /** Everything that was asked on the way, in the order of the way; empty for an address. */
  readonly questions: readonly QuestionState[];
};

export type QuestionState = {
  readonly name: string;
  readonly type: RecordType;
  /** As a zone file would say them, `10 60 5060 gw1.psap.example`, or NXDOMAIN, NODATA, CNAME. */
  readonly answers: readonly string[];
  /** Seconds until the answer expires; negative: it expired so long ago. Absent: no answer yet. */
  readonly ttlSecLeft: number | undefined;
  /** Why the last try failed. Absent: it did not, or there was none. */
  readonly lastError: NameFailure | undefined;
};

/** What the node speaks on one of its sides. */
export type Spoken = {
  readonly transports: readonly Transport[];
  /** The versions of IP that it speaks by each, the one it would rather speak first. */
  readonly familiesOf: (transport: Transport) => readonly Family[];
};

/** Spoken is what leads to gateways on the gateway side. */
export type DirectoryParts = Spoken & {
  readonly world: World;
  readonly names: NameService;
  readonly sink: EventSink;
  /** What leads to those that are outside. Absent: there are none. */
  readonly outside?: Spoken | undefined;
  readonly isOwn: (address: Address) => boolean;
  /** Some destination has other hops now; these are the addresses of all of them. */
  readonly onMoved: (addresses: readonly string[]) => void;
};

export function openDirectory(parts: DirectoryParts): Directory {
  const { world } = parts;
  const followed = new Map<string, Followed>();
  const waiting = new Set<() => void>();
  const book = openNameBook({
    world,
    names: parts.names,
    onSettled(asker) {
      const one = followed.get(asker);
      if (one !== undefined) update(one);
      if (waiting.size > 0 && isSettled(followed)) for (const go of waiting) go();
    },
    count: (outcome) => parts.sink.count('dns', outcome),
  });
  const resolveParts = ({ transports, familiesOf }: Spoken) => ({
    look: book.look,
    transports: PREFERENCE.filter((transport) => transports.includes(transport)),
    familiesOf,
    isOwn: parts.isOwn,
  });
  const inside = resolveParts(parts);
  const outside = parts.outside === undefined ? inside : resolveParts(parts.outside);
  const update = (one: Followed) => {
    const { destination } = one;
    one.resolution = resolve(destination, destination.isOutside === true ? outside : inside);
    book.want(one.name, one.resolution.asked);
    takeIn(one, world.clock.mono());
    if (one.resolution.isPending) return;
    const before = one.told;
    one.told = seenNow(one, world.clock.mono());
    if (hasMoved(before, one.told)) parts.onMoved(addressesOf(followed));
    tellMove(parts.sink, one.name, before, one.told, () => whyNot(one, book));
  };
  const whereIs = (destination: Destination): Whereabouts => {
    if (destination.kind === 'address') return { standing: 'fixed', hops: [destination.hop] };
    const one = followed.get(writeDestination(destination));
    const standing = one === undefined ? 'unknown' : standingOf(one, world.clock.mono());
    if (one === undefined || standing === 'unknown') return { standing, hops: [] };
    return { standing, hops: drawHops(one.services, world.rng) };
  };
  return {
    whereIs,
    follow(destinations) {
      const wanted = new Map(destinations.flatMap(namedPair));
      for (const name of followed.keys()) {
        if (wanted.has(name)) continue;
        followed.delete(name);
        book.want(name, []);
      }
      for (const [name, destination] of wanted) {
        if (followed.has(name)) continue;
        const one = newcomer(name, destination, world.clock.mono());
        followed.set(name, one);
        update(one);
      }
    },
    settled: (withinMs) =>
      isSettled(followed) ? Promise.resolve() : turnOf(waiting, withinMs, world.timers),
    stateOf(destination) {
      const one = followed.get(writeDestination(destination));
      const { standing, hops } = whereIs(destination);
      const all = one === undefined || standing === 'unknown' ? hops : hopsOf(one.services);
      return { standing, hops: all, questions: one?.resolution.asked.map(book.stateOf) ?? [] };
    },
    close: book.close,
  };
}

/** Of transports that are as good by DNS the first one is taken: most gateways speak UDP. */
const PREFERENCE: readonly Transport[] = ['udp', 'tcp', 'tls'];

function namedPair(destination: Destination): [string, NamedDestination][] {
  return destination.kind === 'name' ? [[writeDestination(destination), destination]] : [];
}

const isSettled = (followed: ReadonlyMap<string, Followed>) =>
  [...followed.values()].every(({ resolution }) => !resolution.isPending);

/** Resolves when it is told to go, or that time is over. */
function turnOf(waiting: Set<() => void>, withinMs: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      waiting.delete(go);
      timers.clear(alarm);
      resolve();
    };
    const alarm = timers.set(withinMs, go);
    waiting.add(go);
  });
}

function addressesOf(followed: ReadonlyMap<string, Followed>): readonly string[] {
  const hops = [...followed.values()].flatMap(({ services }) => hopsOf(services));
  return [...new Set(hops.map(({ address }) => address))];
}

/**
 * `SRV _sip._udp.psap.example: timeout`, for each question that led nowhere. A name that has no
 * address of one version of IP may have some of the other, which nobody here could go to.
 */
function whyNot({ resolution }: Followed, book: NameBook): string {
  const questions = resolution.asked.map(book.stateOf);
  const isAsked = (wanted: RecordType) => questions.some(({ type }) => type === wanted);
  const hints: Readonly<Partial<Record<RecordType, string>>> = {
    ...(isAsked('AAAA') ? {} : { A: ', and no gateway listener has IPv6' }),
    ...(isAsked('A') ? {} : { AAAA: ', and no gateway listener has IPv4' }),
  };
  return questions
    .flatMap(({ type, name, lastError, answers }) => {
      const said = lastError ?? answers.find((answer) => NOTHING.has(answer));
      const hint = said === 'NODATA' ? (hints[type] ?? '') : '';
      return said === undefined ? [] : [`${type} ${name}: ${said}${hint}`];
    })
    .join(', ');
}

const NOTHING: ReadonlySet<string> = new Set(['NXDOMAIN', 'NODATA']);
