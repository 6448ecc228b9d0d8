import type { UriText } from '../sip/ids.ts';
import { parseUri, uriUser } from '../sip/uri.ts';
import type { Group, Route, RouteMatch } from './options.ts';

export const SOS = 'urn:service:sos';

export type Routed = { readonly route: Route; readonly group: Group };

/** Finds the first route that matches, and its group; undefined when none does. */
export function routeFinder(
  routes: readonly Route[],
  groups: readonly Group[],
): (uri: UriText, trunk: string | undefined) => Routed | undefined {
  const named = new Map(groups.map((group) => [group.name, group]));
  return (uri, trunk) => {
    const route = routes.find(({ match }) => isMatch(match, uri, trunk));
    const group = route === undefined ? undefined : named.get(route.group);
    return route === undefined || group === undefined ? undefined : { route, group };
  };
}

/** The group of a call that no route names: an emergency call is never told that there is none. */
export function fallbackGroup(groups: readonly Group[]): Group | undefined {
  return groups.find(({ emergency }) => emergency) ?? groups[0];
}

function isMatch({ urn, user, trunk }: RouteMatch, uri: UriText, from: string | undefined) {
  if (trunk !== undefined && trunk !== from) return false;
  if (urn !== undefined && !isUnder(uri, urn)) return false;
  return user === undefined || isUser(uri, user);
}

function isUser(uri: UriText, wanted: string): boolean {
  const user = uriUser(uri);
  if (user === undefined) return false;
  return wanted.endsWith('*') ? user.startsWith(wanted.slice(0, -1)) : user === wanted;
}

/** A service URN matches itself and its sub-services, in any case. [5031-4.1] */
export function isUnder(uri: UriText, urn: string): boolean {
  const parsed = parseUri(uri);
  if (parsed.kind !== 'urn') return false;
  const top = urn.toLowerCase();
  return parsed.urn === top || parsed.urn.startsWith(`${top}.`);
}
