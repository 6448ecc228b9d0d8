import type { Gateway, GatewayName } from '../../lib/gateways/options.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { uriText } from '../../lib/sip/ids.ts';
import { gatewayAddress } from '../support/virtual-site.ts';

/** In one world of so many a gateway calls outwards, and there one call of so many is of it. */
const WORLDS = 4;
const CALLS = 5;

export function hasWayOut(seed: number): boolean {
  return seed % WORLDS === 0;
}

export function isFromInside(seed: number, index: number): boolean {
  return hasWayOut(seed) && index % CALLS === 0;
}

/** The gateway that calls; whoever is behind it has its address, and any port. */
export const CALLING_GATEWAY = 'g1' as GatewayName;

export function insideAddress(index: number): Address {
  return { address: gatewayAddress(1).address, port: 7000 + index };
}

/** Who takes calls outwards; the addresses of callers are below. */
export function carrierAddress(number: number): Address {
  return { address: `203.0.113.${250 + number}`, port: 5060 };
}

/** The way out has as many carriers, as the gateways are. */
export function wayOut(carriers: number, known: Partial<Gateway>): Partial<SiteOptions> {
  const gateways = Array.from({ length: carriers }, (_, index): Gateway => {
    const address = carrierAddress(index + 1);
    return {
      name: `c${index + 1}` as GatewayName,
      uri: uriText(`sip:${writeAddress(address)}`),
      destination: {
        kind: 'address',
        hop: { ...address, transport: 'udp' },
        isOutside: true,
      },
      priority: index + 1,
      ...known,
    };
  });
  const group = {
    name: 'carriers',
    gateways: gateways.map(({ name }) => name),
    emergency: false,
    failoverOn: [408, 503, 'transport', 'timeout'],
    lastResort: undefined,
  } as const;
  return { callbacks: { gateways, group } };
}

/** With it a gateway says that it calls back who made an emergency call (RFC 7090). */
export const CALLBACK_MARK = 'Priority: psap-callback';

const INSIDE = '@inside';
const OUTSIDE = '@phone';

export function callIdOf(name: string, isInside: boolean): string {
  return `${name}${isInside ? INSIDE : OUTSIDE}`;
}

/** Legs a have Call-IDs of their callers, legs b have ours. */
export function isOfLegA(callId: string): boolean {
  return callId.endsWith(INSIDE) || callId.endsWith(OUTSIDE);
}

/** A call that came from inside: leg a is there, and leg b outside. */
export function isOutwards(callId: string): boolean {
  return callId.endsWith(INSIDE);
}
