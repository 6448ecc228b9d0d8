import type { Destination } from '../lib/gateways/dns/hop.ts';
import {
  type Address,
  defaultPort,
  familyOf,
  sameAddress,
  type Transport,
  writeAddress,
} from '../lib/sip/address.ts';
import type { Target } from './addresses.ts';
import { outsideNames } from './check-callbacks.ts';
import type { LISTENER, Values } from './items.ts';
import type { ListenerItem, SiteLists } from './lists.ts';
import { keyOf, type Path, type Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

/** A listener with the port that it has where none is written. */
export function withPort(listener: Values<typeof LISTENER>) {
  return { ...listener, port: listener.port ?? defaultPort(listener.transport) };
}

/** Holds the listeners against each other: A, U and the gateway side must differ. */
export function checkListeners(lists: SiteLists, report: Report): void {
  const { anycast = [], unicast, gateway } = lists;
  reportEmpty(['listen', 'unicast'], unicast, 'calls could not leave anycast', report);
  reportEmpty(['listen', 'gateway'], gateway, 'no gateway could be reached', report);
  reportDuplicates([...anycast, ...(unicast ?? []), ...(gateway ?? [])], report);
  reportUnmatched(anycast, unicast, report);
  const shared = hostsOf(anycast);
  for (const item of unicast ?? [])
    reportShared(item, shared, 'U must belong to this site alone', report);
  for (const item of gateway ?? [])
    reportShared(item, shared, 'answers of gateways would reach other sites', report);
}

/** Holds every next hop against our own listeners: no call is ever sent back into this site. */
export function checkNextHops(lists: SiteLists, values: SiteValues, report: Report): void {
  const callerSide = hostsOf([...(lists.anycast ?? []), ...(lists.unicast ?? [])]);
  const gatewaySide = (lists.gateway ?? []).flatMap(addressOf);
  const check = (path: Path, target: Target | undefined, isOutside: boolean) => {
    if (target === undefined) return;
    const side = isOutside ? 'unicast' : 'gateway';
    const { uri: value, destination } = target;
    const { host, transport, hop } = asWritten(destination);
    if (transport !== undefined && transport !== 'udp' && !speaks(lists[side], transport)) {
      const want = `list a listener with transport: ${transport} there, or leave ;transport=${transport} out`;
      const wrong = `asks for ${transport.toUpperCase()}, but no listener of listen.${side} has it`;
      report(path, { value, wrong, want });
    }
    if (
      hop !== undefined &&
      speaks(lists[side], hop.transport) &&
      !speaks(lists[side], hop.transport, host)
    ) {
      const wrong = `is reached over IPv${familyOf(host)}, but no listener of listen.${side} has it`;
      const want = `list a listener with transport: ${hop.transport} and such an address there`;
      report(path, { value, wrong, want });
    }
    const owner =
      callerSide.get(host) ??
      gatewaySide.find((own) => hop !== undefined && sameAddress(own.address, hop))?.path;
    if (owner === undefined) return;
    const wrong = `is this site's own ${keyOf(owner)}`;
    report(path, { value, wrong, want: 'write the address of the gateway itself' });
  };
  const outside = outsideNames(lists, values);
  for (const { path, parts } of lists.gateways ?? []) {
    const isOutside = parts.name !== undefined && outside.has(parts.name);
    const side = isOutside ? 'unicast' : 'gateway';
    check([...path, 'uri'], parts.uri, isOutside);
    if (parts.largeByTcp !== true || speaks(lists[side], 'tcp')) continue;
    const want = 'list a listener with transport: tcp there, or leave largeByTcp out';
    const wrong = `asks for TCP, but no listener of listen.${side} has it`;
    report([...path, 'largeByTcp'], { value: true, wrong, want });
  }
  for (const { path, parts } of lists.groups ?? []) {
    const isOutside = parts.name === values.callbacks.group;
    check([...path, 'lastResort'], parts.lastResort, isOutside);
  }
}

function asWritten(destination: Destination) {
  if (destination.kind === 'name') return { ...destination, hop: undefined };
  const { hop } = destination;
  return { host: hop.address, transport: hop.transport, hop };
}

function reportEmpty(
  path: Path,
  items: readonly ListenerItem[] | undefined,
  consequence: string,
  report: Report,
): void {
  if (items?.length !== 0) return;
  const want = `list one listener at least; without it ${consequence}`;
  report(path, { value: [], wrong: 'is empty', want });
}

/** A call that came by TCP goes on by TCP, and over the same version of IP. */
function reportUnmatched(
  anycast: readonly ListenerItem[],
  unicast: readonly ListenerItem[] | undefined,
  report: Report,
): void {
  if (unicast === undefined) return;
  for (const { path, parts } of anycast) {
    const { transport: value, address } = parts;
    if (value === undefined) continue;
    const wrong = 'has no counterpart in listen.unicast, so its calls could not leave anycast';
    const like = `list a listener with transport: ${value}`;
    if (!speaks(unicast, value))
      report([...path, 'transport'], { value, wrong, want: `${like} there too` });
    else if (address !== undefined && !speaks(unicast, value, address)) {
      const want = `${like} and an IPv${familyOf(address)} address there too`;
      report([...path, 'address'], { value: address, wrong, want });
    }
  }
}

/** With an address: over its version of IP. */
function speaks(
  items: readonly ListenerItem[] | undefined,
  transport: string,
  toward?: string,
): boolean {
  const isAlike = (address = toward) =>
    toward === undefined || address === undefined || familyOf(address) === familyOf(toward);
  // What could not be read is reported already.
  return (
    items?.some(
      ({ parts }) => (parts.transport ?? transport) === transport && isAlike(parts.address),
    ) ?? true
  );
}

function reportDuplicates(items: readonly ListenerItem[], report: Report): void {
  const seen: { path: Path; address: Address; transport: Transport | undefined }[] = [];
  for (const { path, address, transport } of items.flatMap(addressOf)) {
    const first = seen.find(
      (other) => sameAddress(other.address, address) && isOneSocket(other.transport, transport),
    );
    if (first === undefined) {
      seen.push({ path, address, transport });
      continue;
    }
    const wrong = `is already listened on by ${keyOf(first.path)}`;
    report(path, { value: writeAddress(address), wrong, want: 'keep one of the two' });
  }
}

/** TLS takes the ports of TCP. */
function isOneSocket(one: Transport | undefined, other: Transport | undefined): boolean {
  return (one === 'udp') === (other === 'udp');
}

function reportShared(
  { path, parts }: ListenerItem,
  shared: ReadonlyMap<string, Path>,
  consequence: string,
  report: Report,
): void {
  for (const key of ['address', 'advertise'] as const) {
    const host = parts[key];
    const owner = host === undefined ? undefined : shared.get(host);
    if (owner === undefined) continue;
    const wrong = `is the anycast host of ${keyOf(owner)}`;
    report([...path, key], { value: host, wrong, want: `write another; ${consequence}` });
  }
}

/** Every host that a listener has or advertises, with the place that names it. */
function hostsOf(items: readonly ListenerItem[]): ReadonlyMap<string, Path> {
  const hosts = new Map<string, Path>();
  for (const { path, parts } of items)
    for (const key of ['address', 'advertise'] as const) {
      const host = parts[key];
      if (host !== undefined && !hosts.has(host)) hosts.set(host, [...path, key]);
    }
  return hosts;
}

function addressOf({ path, parts: { address, port, transport } }: ListenerItem) {
  if (address === undefined || transport === undefined) return [];
  return [{ path, address: { address, port: port ?? defaultPort(transport) }, transport }];
}
