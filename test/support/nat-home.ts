import { layCable } from './cable.ts';
import { type Namespace, openNamespace } from './namespace.ts';

const ROUTER = '192.168.78.1';

export type NatHomeOptions = {
  /** What is reached through the router, where the test runs; there must be one. */
  readonly sites: readonly [string, ...string[]];
  /** The one address that all of the home share outside. */
  readonly outside: string;
  /** The address of the home's own machine. */
  readonly inside: string;
  /** When the router forgets a UDP flow: one that was answered but once, and any other. */
  readonly forgetsSec: { readonly young: number; readonly stream: number };
  readonly lifeMs?: number;
};

/** A home behind a router that hides it as Linux routers do: by masquerading and its flow table. */
export type NatHome = { readonly house: Namespace; close(): Promise<void> };

export async function openNatHome(options: NatHomeOptions): Promise<NatHome> {
  const { sites, outside, inside, forgetsSec, lifeMs } = options;
  const router = await openNamespace(lifeMs);
  const house = await openNamespace(lifeMs);
  const street = { at: router, addresses: [outside], leadsTo: ['default'] } as const;
  const [, wan] = await layCable({ addresses: sites }, street);
  await layCable(
    { at: router, addresses: [ROUTER] },
    { at: house, addresses: [inside], leadsTo: ['default'] },
  );
  const rules = [
    'add table ip nat',
    'add chain ip nat out { type nat hook postrouting priority 100; }',
    `add rule ip nat out oifname ${wan} masquerade`,
  ];
  await router.run('nft', rules.join('; '));
  const flows = 'net.netfilter.nf_conntrack_udp_timeout';
  await router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', `${flows}=${forgetsSec.young}`);
  await router.run('sysctl', '-qw', `${flows}_stream=${forgetsSec.stream}`);
  return {
    house,
    async close() {
      await house.close();
      await router.close();
    },
  };
}
