import { drawOrder } from '../../base/draw-order.ts';
import type { Rng } from '../../base/time.ts';
import type { Transport } from '../../sip/address.ts';
import { type Hop, writeHop } from './hop.ts';

/** One server of a service, as its SRV record has it, with the addresses of its name. */
export type Server = {
  /** Lower is tried first. */
  readonly priority: number;
  /** The share among those of one priority. */
  readonly weight: number;
  readonly port: number;
  readonly addresses: readonly string[];
};

/** The servers that can be reached by one transport. */
export type Service = { readonly transport: Transport; readonly servers: readonly Server[] };

/** How many places of one gateway a call may try: a hunt has other gateways, too. */
export const HOPS_MAX = 8;

/** The order in which one call tries them: by service, then as `drawOrder` draws the servers. */
export function drawHops(services: readonly Service[], rng: Rng): readonly Hop[] {
  const drawn = services.map(({ transport, servers }) => ({
    transport,
    servers: drawOrder(servers, rng),
  }));
  return hopsOf(drawn).slice(0, HOPS_MAX);
}

/** Every place that they name, each once. */
export function hopsOf(services: readonly Service[]): readonly Hop[] {
  const hops = services.flatMap(({ transport, servers }) =>
    servers.flatMap(({ port, addresses }) =>
      addresses.map((address): Hop => ({ address, port, transport })),
    ),
  );
  return [...new Map(hops.map((hop) => [writeHop(hop), hop])).values()];
}
