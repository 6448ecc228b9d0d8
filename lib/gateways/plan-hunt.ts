import type { UriText } from '../sip/ids.ts';
import { parseUri, sipUri, uriUser } from '../sip/uri.ts';
import type { Health } from './health.ts';
import type { Gateway, Group } from './options.ts';

/** One try of a hunt: where to, and what its Request-URI says. */
export type PlannedTarget = {
  readonly gateway: string;
  readonly uri: UriText;
  readonly address: Gateway['address'];
  readonly transport?: Gateway['transport'];
  readonly largeByTcp?: Gateway['largeByTcp'];
};

/**
 * The order in which a call tries its gateways: by priority, those believed down last, then the
 * last resort. None is ever left out: belief may be wrong, and an emergency call has nobody else.
 */
export function planHunt(
  group: Group,
  gateways: readonly Gateway[],
  health: Health,
  asked: UriText,
): PlannedTarget[] {
  const members = group.gateways.flatMap((name) => gateways.filter((one) => one.name === name));
  const byPriority = members.toSorted((one, other) => one.priority - other.priority);
  const up = byPriority.filter(({ name }) => !health.isDown(name));
  const down = byPriority.filter(({ name }) => health.isDown(name));
  const last = group.lastResort === undefined ? [] : [group.lastResort];
  return [...up, ...down, ...last].map((gateway) => ({
    gateway: gateway.name,
    uri: requestUri(asked, gateway.uri),
    address: gateway.address,
    ...(gateway.transport === undefined ? {} : { transport: gateway.transport }),
    ...(gateway.largeByTcp === undefined ? {} : { largeByTcp: gateway.largeByTcp }),
  }));
}

/**
 * What a gateway is asked for: a service URN as it is [6881-9.2], else the dialled user at the
 * gateway, unless the gateway's own URI names a user.
 */
function requestUri(asked: UriText, gateway: UriText): UriText {
  const wanted = parseUri(asked);
  if (wanted.kind === 'urn') return asked;
  const at = parseUri(gateway);
  if (at.kind !== 'sip' || at.user !== undefined) return gateway;
  const user = wanted.kind === 'sip' ? wanted.user : uriUser(asked);
  return sipUri({ user, host: at.host, port: at.port, params: at.params });
}
