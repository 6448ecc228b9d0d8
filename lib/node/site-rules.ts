import { type Destination, writeDestination } from '../gateways/dns/hop.ts';
import type { Gateway, Group } from '../gateways/options.ts';
import { type Routed, routeFinder } from '../gateways/routes.ts';
import { type FindTrunk, trunkFinder } from '../guard/trunks.ts';
import type { UriText } from '../sip/ids.ts';
import type { SiteOptions } from './site-options.ts';

/** What may change while a node runs; of the keys, further ones behind the first. */
export type Changeable = Pick<
  SiteOptions,
  | 'gateways'
  | 'groups'
  | 'routes'
  | 'callbacks'
  | 'trunks'
  | 'guard'
  | 'hunt'
  | 'callsMax'
  | 'prompts'
  | 'keys'
>;

/**
 * What a new call is judged and placed by. A reload puts another one in its place, between two
 * calls and never within one: a call takes what it needs when it begins.
 */
export type SiteRules = {
  readonly options: SiteOptions;
  readonly findTrunk: FindTrunk;
  readonly findRoute: (uri: UriText, trunk: string | undefined) => Routed | undefined;
};

export function siteRules(options: SiteOptions): SiteRules {
  return {
    options,
    findTrunk: trunkFinder(options.trunks),
    findRoute: routeFinder(options.routes, options.groups),
  };
}

/** Every place that calls may be sent to. */
export function destinations(options: Changeable): readonly Destination[] {
  return everyGateway(options).map(({ destination }) => destination);
}

/** The gateways of which nothing that was known holds any more: gone, or elsewhere now. */
export function gatewaysLost(before: Changeable, after: Changeable): readonly string[] {
  const kept = new Set(everyGateway(after).map(placeOf));
  return everyGateway(before)
    .filter((one) => !kept.has(placeOf(one)))
    .map(({ name }) => name);
}

/** Every gateway that calls may be sent to, last resorts and those outside too. */
export function everyGateway(
  options: Pick<Changeable, 'gateways' | 'groups' | 'callbacks'>,
): readonly Gateway[] {
  const { callbacks } = options;
  if (callbacks === undefined) return gatewaysInside(options);
  const { gateways, group } = callbacks;
  return [...gatewaysInside(options), ...gateways, ...lastResorts([group])];
}

/** Those that calls from outside are sent to. */
export function gatewaysInside({
  gateways,
  groups,
}: Pick<Changeable, 'gateways' | 'groups'>): readonly Gateway[] {
  return [...gateways, ...lastResorts(groups)];
}

function lastResorts(groups: readonly Group[]): readonly Gateway[] {
  return groups.flatMap(({ lastResort }) => lastResort ?? []);
}

function placeOf({ name, destination }: Gateway): string {
  return `${name} ${writeDestination(destination)}`;
}
