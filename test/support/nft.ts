import type { Address } from '../../lib/sip/address.ts';
import { runChild, startChild } from './child.ts';
import { until } from './until.ts';

const LIFE_MS = 120_000;
let walls = 0;

/** Packets that the system drops on their way in. */
export type Wall = { remove(): Promise<void> };

/**
 * Drops every datagram to these addresses. On the way in: on the way out the sender would be told,
 * and a network that loses packets tells nobody. The table belongs to a process of its own and
 * goes when that one goes, so nothing is left behind by a test that dies.
 */
export async function dropPacketsTo(addresses: readonly Address[]): Promise<Wall> {
  walls += 1;
  const table = `inet landfall_test_${process.pid}_${walls}`;
  // Without a home it writes no history.
  const owner = startChild('nft', ['-i'], { env: { HOME: '/nonexistent' }, lifeMs: LIFE_MS });
  owner.write(`add table ${table} { flags owner; }\n`);
  owner.write(`add chain ${table} arriving { type filter hook input priority 0; }\n`);
  for (const { address, port } of addresses) {
    owner.write(`add rule ${table} arriving ip daddr ${address} udp dport ${port} drop\n`);
  }
  await until(`the table ${table}`, async () => {
    if (owner.isOver()) throw new Error(`nft: ${owner.output()}`);
    const rules = await runChild('nft', ['list', 'ruleset'], 5000);
    const [, ours = ''] = rules.split(` ${table} `);
    return ours.split(' drop').length > addresses.length;
  });
  return {
    async remove() {
      await owner.stop();
    },
  };
}
