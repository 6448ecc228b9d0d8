import type { Address, Transport } from '../sip/address.ts';
import type { UriText } from '../sip/ids.ts';
import { parseUri, sipUri, uriUser } from '../sip/uri.ts';
import type { Directory } from './dns/directory.ts';
import type { Health } from './health.ts';
import type { Gateway, Group } from './options.ts';

/** One try of a hunt: where to, and what its Request-URI says. */
export type PlannedTarget = {
  readonly gateway: string;
  readonly uri: UriText;
  readonly address: Address;
  readonly transport: Transport;
  readonly largeByTcp?: Gateway['largeByTcp'];
};

/**
 * The order in which a call tries its gateways: by priority, those believed down last, then the
 * last resort; each at all the places where it is. None is ever left out of an emergency call,
 * not even one that DNS knows no more: belief may be wrong, and such a call has nobody else.
 */
export function planHunt(
  group: Group,
  gateways: readonly Gateway[],
  health: Health,
  directory: Directory,
  asked: UriText,
): PlannedTarget[] {
  const members = group.gateways.flatMap((name) => gateways.filter((one) => one.name === name));
  const placed = members
    .toSorted((one, other) => one.priority - other.priority)
    .map((gateway) => ({ gateway, at: directory.whereIs(gateway.destination) }));
  const there = placed.filter(({ at }) => at.standing !== 'gone');
  const up = there.filter(({ gateway }) => !health.isDown(gateway.name));
  const down = there.filter(({ gateway }) => health.isDown(gateway.name));
  const gone = group.emergency ? placed.filter(({ at }) => at.standing === 'gone') : [];
  const last = group.lastResort === undefined ? [] : [group.lastResort];
  const end = last.map((gateway) => ({ gateway, at: directory.whereIs(gateway.destination) }));
  return [...up, ...down, ...gone, ...end].flatMap(({ gateway, at }) =>
    at.hops.map(({ transport, ...address }) => ({
      gateway: gateway.name,
      uri: requestUri(asked, gateway.uri),
      address,
      transport,
      ...(gateway.largeByTcp === undefined ? {} : { largeByTcp: gateway.largeByTcp }),
    })),
  );
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
