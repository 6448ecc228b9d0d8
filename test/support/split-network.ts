import { layCable } from './cable.ts';
import { type Namespace, openNamespace } from './namespace.ts';

export type SplitNetworkOptions = {
  /** Addresses of the site on each side, where the test runs; there must be one. */
  readonly outside: Side;
  readonly inside: Side;
};

type Side = {
  readonly site: readonly [string, ...string[]];
  readonly people: readonly [string, ...string[]];
};

/** Callers and gateways that have no way to one another: each side reaches the site alone. */
export type SplitNetwork = {
  readonly outside: Namespace;
  readonly inside: Namespace;
  close(): Promise<void>;
};

export async function openSplitNetwork(options: SplitNetworkOptions): Promise<SplitNetwork> {
  const outside = await openSide(options.outside);
  const inside = await openSide(options.inside);
  return {
    outside,
    inside,
    async close() {
      await outside.close();
      await inside.close();
    },
  };
}

async function openSide({ site, people }: Side): Promise<Namespace> {
  const network = await openNamespace();
  const [, ...more] = site;
  const [, ...others] = people;
  await layCable(
    { addresses: site, leadsTo: others },
    { at: network, addresses: people, leadsTo: more },
  );
  return network;
}
