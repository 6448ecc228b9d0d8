import { type MonoMs, monoMs } from '../../base/brands.ts';
import type {
  AddressRecord,
  Beside,
  NameQuestion,
  NameRecord,
  PointerRecord,
} from '../../ports/name-service.ts';
import { type Address, defaultPort, type Family, type Transport } from '../../sip/address.ts';
import { hostAddress } from '../../sip/host-address.ts';
import { canBeAsked } from './dns-name.ts';
import type { Destination } from './hop.ts';
import type { Server, Service } from './services.ts';

export type NamedDestination = Extract<Destination, { kind: 'name' }>;

/** What is known of a question at the moment. */
export type Finding =
  | {
      readonly kind: 'records';
      readonly records: readonly NameRecord[];
      readonly beside: Beside;
      readonly freshUntil: MonoMs;
    }
  | { readonly kind: 'alias'; readonly to: string; readonly freshUntil: MonoMs }
  | { readonly kind: 'nothing'; readonly freshUntil: MonoMs }
  /** Asked, and not answered yet. */
  | { readonly kind: 'pending' }
  /** Nobody could say, and nothing is known from before. */
  | { readonly kind: 'silent' };

export type ResolveParts = {
  readonly look: (question: NameQuestion) => Finding;
  /** What the node speaks toward gateways, the one it would rather speak first. */
  readonly transports: readonly Transport[];
  /** The versions of IP that it speaks by a transport, the one it would rather speak first. */
  readonly familiesOf: (transport: Transport) => readonly Family[];
  /** No call is ever sent back into this site, whatever DNS says. */
  readonly isOwn: (address: Address) => boolean;
};

export type Resolution = {
  /** In the order to try them. */
  readonly services: readonly Service[];
  /** Every question on the way: these are to be kept fresh. */
  readonly asked: readonly NameQuestion[];
  /** Whether something that is not answered yet could make it another one. */
  readonly isPending: boolean;
  /** When the first of the answers expires. */
  readonly freshUntil: MonoMs;
  /** Addresses that were left out, being our own. */
  readonly own: readonly string[];
};

/** How far one destination may lead: the questions on its way, and names that stand for names. */
export const QUESTIONS_MAX = 64;
export const ALIASES_MAX = 8;

const SRV_PREFIX: Readonly<Record<Transport, string>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
};
const TRANSPORT_OF_SERVICE: ReadonlyMap<string, Transport> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);

/**
 * Where a name leads by all that is known now. It is run anew when something more is known, and
 * asks for what it lacks; a question that nobody answers counts as one with no answer, so that a
 * broken server costs order, not the gateway.
 */
export function resolve(destination: NamedDestination, parts: ResolveParts): Resolution {
  const way: Way = { parts, found: new Map(), own: new Set() };
  const services = servicesOf(destination, way);
  const findings = [...way.found.values()];
  const moments = findings.flatMap(({ finding }) =>
    'freshUntil' in finding ? [finding.freshUntil] : [],
  );
  return {
    services,
    asked: findings.map(({ question }) => question),
    isPending: findings.some(({ finding }) => finding.kind === 'pending'),
    freshUntil: monoMs(Math.min(Number.POSITIVE_INFINITY, ...moments)),
    own: [...way.own],
  };
}

type Way = {
  readonly parts: ResolveParts;
  readonly found: Map<string, { readonly question: NameQuestion; readonly finding: Finding }>;
  readonly own: Set<string>;
};

/** A port or a transport that the URI names is obeyed, and spares the look-up that it answers. */
function servicesOf({ host, port, transport }: NamedDestination, way: Way): readonly Service[] {
  const { transports } = way.parts;
  const usual = transports[0] ?? 'udp';
  if (port !== undefined) return [bareService(host, transport ?? usual, port, way)];
  if (transport !== undefined) return servicesBySrv(host, [transport], way);
  const finding = find({ name: host, type: 'NAPTR' }, way);
  if (finding.kind === 'pending') return [];
  const pointers = finding.kind === 'records' ? usablePointers(finding.records, transports) : [];
  const looked = pointers.map(({ transport: by, replacement }) => serviceAt(replacement, by, way));
  return foundOr(looked, () => servicesBySrv(host, transports, way));
}

type Pointer = PointerRecord & { readonly transport: Transport };

/**
 * Of the NAPTR records that lead to SRV by a transport of ours those of the lowest order, by
 * preference. Further orders must not be looked at, further preferences may. [3263-4.1]
 */
function usablePointers(
  records: readonly NameRecord[],
  transports: readonly Transport[],
): readonly Pointer[] {
  const usable = records.flatMap((record): Pointer[] => {
    if (record.type !== 'NAPTR' || record.flags.toLowerCase() !== 's' || record.regexp !== '')
      return [];
    const transport = TRANSPORT_OF_SERVICE.get(record.service.toUpperCase());
    if (transport === undefined || !transports.includes(transport)) return [];
    return [{ ...record, transport }];
  });
  const lowest = Math.min(...usable.map(({ order }) => order));
  return usable
    .filter(({ order }) => order === lowest)
    .toSorted((one, other) => one.preference - other.preference);
}

/** Without NAPTR: the SRV records of every transport, and without those the name itself. */
function servicesBySrv(
  host: string,
  transports: readonly Transport[],
  way: Way,
): readonly Service[] {
  const looked = transports.map((transport) =>
    serviceAt(`${SRV_PREFIX[transport]}.${host}`, transport, way),
  );
  const [transport = 'udp'] = transports;
  return foundOr(looked, () => [bareService(host, transport, defaultPort(transport), way)]);
}

type Looked = Service | 'pending' | 'none';

/** The services that are there; where none is, and none can come, something else. */
function foundOr(
  looked: readonly Looked[],
  otherwise: () => readonly Service[],
): readonly Service[] {
  const found = looked.filter((one) => typeof one !== 'string');
  return found.length > 0 || looked.includes('pending') ? found : otherwise();
}

/** The servers that SRV names. A target of `.` has no addresses, and yet is an answer. [2782] */
function serviceAt(name: string, transport: Transport, way: Way): Looked {
  const finding = find({ name, type: 'SRV' }, way);
  if (finding.kind === 'pending') return 'pending';
  if (finding.kind !== 'records') return 'none';
  const servers = finding.records.flatMap((record): Server[] => {
    if (record.type !== 'SRV') return [];
    const { priority, weight, port, target } = record;
    const addresses = addressesOf(target, { port, transport }, way, finding.beside.get(target));
    return [{ priority, weight, port, addresses }];
  });
  return { transport, servers };
}

function bareService(host: string, transport: Transport, port: number, way: Way): Service {
  const addresses = addressesOf(host, { port, transport }, way);
  return { transport, servers: [{ priority: 0, weight: 0, port, addresses }] };
}

/**
 * The addresses of a name by each version of IP that leads there, in the order of the answers.
 * What came beside an SRV answer serves until the name itself is answered.
 */
function addressesOf(
  name: string,
  at: { readonly port: number; readonly transport: Transport },
  way: Way,
  beside: readonly AddressRecord[] = [],
): readonly string[] {
  return way.parts.familiesOf(at.transport).flatMap((family) => {
    const type = family === 4 ? 'A' : 'AAAA';
    const finding = find({ name, type }, way);
    const isOpen = finding.kind === 'pending' || finding.kind === 'silent';
    const records: readonly NameRecord[] = finding.kind === 'records' ? finding.records : [];
    return (isOpen ? beside : records).flatMap((record) => {
      if (record.type !== type) return [];
      const address = hostAddress(record.address);
      if (address === undefined) return [];
      if (!way.parts.isOwn({ address, port: at.port })) return [address];
      way.own.add(address);
      return [];
    });
  });
}

/** Looks a question up, and on through names that stand for other names. */
function find(
  question: NameQuestion,
  way: Way,
  aliasesLeft = ALIASES_MAX,
): Exclude<Finding, { kind: 'alias' }> {
  const finding = look(question, way);
  if (finding.kind !== 'alias') return finding;
  if (aliasesLeft === 0) return { kind: 'silent' };
  return find({ ...question, name: finding.to }, way, aliasesLeft - 1);
}

function look(question: NameQuestion, { parts, found }: Way): Finding {
  const key = `${question.type} ${question.name}`;
  const known = found.get(key);
  if (known !== undefined) return known.finding;
  if (found.size >= QUESTIONS_MAX || !canBeAsked(question.name)) return { kind: 'silent' };
  const finding = parts.look(question);
  found.set(key, { question, finding });
  return finding;
}
