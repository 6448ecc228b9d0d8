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

/** By priority; among those of one priority by lot, weight by weight. [2782] */
export function drawOrder(servers: readonly Server[], rng: Rng): readonly Server[] {
  const priorities = [...new Set(servers.map(({ priority }) => priority))];
  return priorities
    .toSorted((one, other) => one - other)
    .flatMap((wanted) =>
      drawByWeight(
        servers.filter(({ priority }) => priority === wanted),
        rng,
      ),
    );
}

/**
 * Those of weight 0 stand first and are drawn only when the lot is 0: seldom, but not never while
 * others are left.
 */
function drawByWeight(servers: readonly Server[], rng: Rng): readonly Server[] {
  const left = servers.toSorted((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  const drawn: Server[] = [];
  while (left.length > 1) {
    const sum = left.reduce((total, { weight }) => total + weight, 0);
    const lot = Math.floor(rng.fraction() * (sum + 1));
    let running = 0;
    const at = left.findIndex(({ weight }) => {
      running += weight;
      return running >= lot;
    });
    drawn.push(...left.splice(at, 1));
  }
  return [...drawn, ...left];
}
