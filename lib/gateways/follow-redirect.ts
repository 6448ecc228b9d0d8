import { listValues } from '../sip/headers.ts';
import { sameHost } from '../sip/host-address.ts';
import type { Header } from '../sip/message.ts';
import { contactUri, preferenceOf } from '../sip/name-addr.ts';
import { parseUri, sipUri } from '../sip/uri.ts';
import type { Directory } from './dns/directory.ts';
import type { Gateway } from './options.ts';
import { type PlannedTarget, targetAt } from './plan-hunt.ts';

const FOLLOWED_MAX = 8;
const PORT_DEFAULT = 5060;

/**
 * Where a gateway's 3xx leads: the Contacts by preference, as far as they are gateways of this
 * site. A stranger's host, or an address of ours, is never called on somebody's word. [3261-8.1.3.4]
 */
export function redirectTargets(
  headers: readonly Header[],
  gateways: readonly Gateway[],
  directory: Pick<Directory, 'whereIs'>,
): PlannedTarget[] {
  const places = gateways.flatMap((gateway) =>
    directory.whereIs(gateway.destination).hops.map((hop) => ({ gateway, hop })),
  );
  return listValues(headers, 'contact')
    .map((value) => ({ uri: parseUri(contactUri(value) ?? ''), q: preferenceOf(value) }))
    .toSorted((one, other) => other.q - one.q)
    .flatMap(({ uri }) => {
      if (uri.kind !== 'sip' || uri.scheme === 'sips') return [];
      const { user, host, port = PORT_DEFAULT, params } = uri;
      const named = params.find(({ name }) => name === 'transport')?.value?.toLowerCase();
      const found = places.find(
        ({ hop }) =>
          sameHost(hop.address, host) &&
          hop.port === port &&
          (named ?? hop.transport) === hop.transport,
      );
      if (found === undefined) return [];
      const { gateway, hop } = found;
      const at = parseUri(gateway.uri);
      if (at.kind !== 'sip') return [];
      const asked = sipUri({ user, host: at.host, port: at.port, params: at.params });
      return [targetAt(gateway, hop, asked)];
    })
    .slice(0, FOLLOWED_MAX);
}
