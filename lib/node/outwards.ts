import { markedAsCallback, withoutCallbackMark } from '../call/callback-mark.ts';
import { crossing } from '../call/header-plans.ts';
import type { Directory } from '../gateways/dns/directory.ts';
import type { Gateway } from '../gateways/options.ts';
import type { Arrived } from '../guard/loop-guard.ts';
import { headerValue } from '../sip/headers.ts';
import type { Header } from '../sip/message.ts';
import { type Replaces, readReplaces } from '../sip/replaces.ts';
import type { SiteOptions } from './site-options.ts';
import { gatewaysInside } from './site-rules.ts';

/**
 * The gateway that calls outwards: who sends an INVITE to the gateway side from an address of one,
 * whatever the port, as far as DNS has told it. Undefined: somebody else does, or it came from
 * outside.
 */
export function callingGateway(
  { receivedOn: { listener, source } }: Pick<Arrived, 'receivedOn'>,
  options: SiteOptions,
  directory: Pick<Directory, 'stateOf'>,
): Gateway | undefined {
  if (listener.role !== 'gateway') return undefined;
  return gatewaysInside(options).find(({ destination }) =>
    directory.stateOf(destination).hops.some(({ address }) => address === source.address),
  );
}

/**
 * The dialog whose place the INVITE of a gateway is to take. Undefined: none, or no gateway of this
 * site may do so; from outside the header says nothing. [3891-3]
 */
export function replacedBy(
  { request: { headers } }: Pick<Arrived, 'request'>,
  gateway: Gateway | undefined,
  { groups }: Pick<SiteOptions, 'groups'>,
): Replaces | undefined {
  if (gateway === undefined) return undefined;
  if (!groups.some(({ transfers }) => transfers === 'execute')) return undefined;
  const value = headerValue(headers, 'replaces');
  return value === undefined ? undefined : readReplaces(value);
}

/**
 * What crosses of an INVITE, by its plan. Only a gateway marks a call as a callback; where all that
 * comes to its listener is one, the mark is set here.
 */
export function crossingHeaders(
  { request: { headers }, receivedOn: { listener } }: Arrived,
  { emergency, gateway }: { readonly emergency: boolean; readonly gateway: Gateway | undefined },
): readonly Header[] {
  const crossed = crossing(headers, emergency);
  if (gateway === undefined) return withoutCallbackMark(crossed);
  return listener.emergency === true ? markedAsCallback(crossed) : crossed;
}
