import type { UriText } from '../sip/ids.ts';
import { parseUri, uriUser } from '../sip/uri.ts';
import type { Group, Route } from './options.ts';

export const SOS = 'urn:service:sos';

/** Finds the group of the first route that matches; undefined when none does. */
export function routeFinder(
  routes: readonly Route[],
  groups: readonly Group[],
): (uri: UriText) => Group | undefined {
  const named = new Map(groups.map((group) => [group.name, group]));
  return (uri) => {
    const found = routes.find(({ match }) => isMatch(match, uri));
    return found === undefined ? undefined : named.get(found.group);
  };
}

function isMatch(match: Route['match'], uri: UriText): boolean {
  if ('urn' in match) return isUnder(uri, match.urn);
  const user = uriUser(uri);
  if (user === undefined) return false;
  return match.user.endsWith('*') ? user.startsWith(match.user.slice(0, -1)) : user === match.user;
}

/** A service URN matches itself and its sub-services, in any case. [5031-4.1] */
export function isUnder(uri: UriText, urn: string): boolean {
  const parsed = parseUri(uri);
  if (parsed.kind !== 'urn') return false;
  const top = urn.toLowerCase();
  return parsed.urn === top || parsed.urn.startsWith(`${top}.`);
}
