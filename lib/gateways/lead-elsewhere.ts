import { header } from '../sip/header-names.ts';
import { headerValue, listValues } from '../sip/headers.ts';
import { sameHost } from '../sip/host-address.ts';
import { uriText } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import { contactUri, preferenceOf } from '../sip/name-addr.ts';
import { replacesIn, writeReplaces } from '../sip/replaces.ts';
import { parseUri, sipUri, type Uri } from '../sip/uri.ts';
import type { Directory } from './dns/directory.ts';
import type { Hop } from './dns/hop.ts';
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
  const places = placesOf(gateways, directory);
  return listValues(headers, 'contact')
    .map((value) => ({ uri: parseUri(contactUri(value) ?? ''), q: preferenceOf(value) }))
    .toSorted((one, other) => other.q - one.q)
    .flatMap(({ uri }) => targetAmong(places, uri) ?? [])
    .slice(0, FOLLOWED_MAX);
}

/**
 * Where a gateway's REFER leads, with the dialog there that is to be replaced: to gateways of this
 * site alone, by their addresses. Undefined: elsewhere. [3515-2.4.2]
 */
export function transferTarget(
  headers: readonly Header[],
  gateways: readonly Gateway[],
  directory: Pick<Directory, 'whereIs'>,
): PlannedTarget | undefined {
  const referTo = contactUri(headerValue(headers, 'refer-to') ?? '') ?? uriText('');
  const uri = parseUri(referTo);
  const target = targetAmong(placesOf(gateways, directory), uri);
  if (target === undefined || asksForMore(uri)) return undefined;
  const replaces = replacesIn(referTo);
  const own = replaces === undefined ? [] : [header('Replaces', writeReplaces(replaces))];
  const by = headers.filter(({ name }) => name === 'referred-by');
  return { ...target, headers: [...(target.headers ?? []), ...own, ...by] };
}

/** A REFER may ask for any request, but what is carried out here is an INVITE. [3261-19.1.1] */
function asksForMore(uri: Uri): boolean {
  if (uri.kind !== 'sip') return true;
  return uri.params.some(({ name, value }) => name === 'method' && value !== 'INVITE');
}

type GatewayAt = { readonly gateway: Gateway; readonly hop: Hop };

function placesOf(
  gateways: readonly Gateway[],
  directory: Pick<Directory, 'whereIs'>,
): readonly GatewayAt[] {
  return gateways.flatMap((gateway) =>
    directory.whereIs(gateway.destination).hops.map((hop) => ({ gateway, hop })),
  );
}

function targetAmong(places: readonly GatewayAt[], uri: Uri): PlannedTarget | undefined {
  if (uri.kind !== 'sip' || uri.scheme === 'sips') return undefined;
  const { user, host, port = PORT_DEFAULT, params } = uri;
  const named = params.find(({ name }) => name === 'transport')?.value?.toLowerCase();
  const found = places.find(
    ({ hop }) =>
      sameHost(hop.address, host) &&
      hop.port === port &&
      (named ?? hop.transport) === hop.transport,
  );
  if (found === undefined) return undefined;
  const { gateway, hop } = found;
  const at = parseUri(gateway.uri);
  if (at.kind !== 'sip') return undefined;
  const asked = sipUri({ user, host: at.host, port: at.port, params: at.params });
  return targetAt(gateway, hop, asked);
}
