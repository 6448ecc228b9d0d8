import { headerValue } from '../../sip/headers.ts';
import { sameHost } from '../../sip/host-address.ts';
import { contactUri } from '../../sip/name-addr.ts';
import { parseUri } from '../../sip/uri.ts';
import type { Arrival } from './arrival.ts';
import type { Core } from './core.ts';
import { type Errand, sendErrand } from './errand.ts';
import type { DialogA, LegA } from './legs.ts';

/** An address; those of IPv6 are translated by some networks, too. */
const LITERAL = /^[\d.]+$|:/;

/**
 * Whether the caller names another address than the one it is heard from. A name says nothing, and
 * behind a proxy that stays in the way the Contact is not the sender's.
 */
export function isBehindNat({
  request,
  receivedOn,
}: Pick<Arrival, 'request' | 'receivedOn'>): boolean {
  const { address } = receivedOn.source;
  const differs = (host: string) => LITERAL.test(host) && !sameHost(host, address);
  if (receivedOn.listener.transport !== 'udp') return false;
  if (differs(request.via.host)) return true;
  if (headerValue(request.headers, 'record-route') !== undefined) return false;
  const contact = contactUri(headerValue(request.headers, 'contact') ?? '');
  const uri = contact === undefined ? undefined : parseUri(contact);
  return uri?.kind === 'sip' && differs(uri.host);
}

/** Keeps the way to the caller open: what it answers, or that it does not, changes nothing. */
export function keepPinhole(core: Core, entry: DialogA): void {
  if (!entry.leg.isBehindNat) return;
  stopPinhole(core, entry.leg);
  wait(core, entry, undefined);
}

function wait(core: Core, entry: DialogA, last: Errand | undefined): void {
  const { leg } = entry;
  const alarm = core.timers.set(core.limits.natKeepAliveMs, () => {
    last?.letGo();
    const what = { method: 'OPTIONS', headers: [] };
    wait(core, entry, sendErrand(core, entry, [leg.flow], what));
  });
  leg.pinhole = { alarm, last };
}

export function stopPinhole(core: Core, leg: LegA): void {
  if (leg.pinhole !== undefined) core.timers.clear(leg.pinhole.alarm);
  leg.pinhole?.last?.letGo();
  leg.pinhole = undefined;
}
