import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { startChild } from './child.ts';
import { untilTcpBound, untilUdpBound } from './udp-bound.ts';

const LIFE_MS = 90_000;

export type Hop = Address & { readonly transport?: Transport };

export type ProxyOptions = {
  readonly folder: string;
  /** UDP and TCP. */
  readonly listen: Address;
  /** Where new calls go, whatever their Request-URI says; to more than one at once is a fork. */
  readonly next: readonly [Hop, ...Hop[]];
  /**
   * Everything that does not come from there goes to the first of `next`, within calls too, with a
   * Route that names it.
   */
  readonly pinned?: boolean;
};

export type CarrierProxy = { stop(): Promise<void> };

/** A carrier's stateful proxy that stays in the signalling path by Record-Route. */
export async function startKamailio(options: ProxyOptions): Promise<CarrierProxy> {
  const file = join(options.folder, 'kamailio.cfg');
  writeFileSync(file, configOf(options));
  const run = join(options.folder, 'kamailio-run');
  const args = ['-DD', '-E', '-f', file, '-Y', run, '-m', '64', '-M', '8'];
  // Its own processes would outlive a main process that is killed; so none outlives its first one.
  const apart = ['--pid', '--fork', '--kill-child', '--', 'kamailio', ...args];
  const child = startChild('unshare', apart, { cwd: options.folder, lifeMs: LIFE_MS });
  await untilUdpBound(options.listen, () => child.isOver());
  await untilTcpBound(options.listen, () => child.isOver());
  if (child.isOver()) throw new Error(`kamailio ended:\n${child.output()}`);
  return {
    async stop() {
      child.signal('SIGKILL');
      await child.ended;
    },
  };
}

function configOf({ listen, next, pinned = false }: ProxyOptions): string {
  const [first, ...others] = next;
  const pin = `
  if ($si != "${first.address}") {
    insert_hf("Route: <${uriOf(first)};lr>\\r\\n", "Max-Forwards");
    $du = "${uriOf(first)}";
  }`;
  const fork = others.map(
    (hop) => `
  $du = "${uriOf(hop)}";
  append_branch();`,
  );
  return `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:${writeAddress(listen)}
listen=tcp:${writeAddress(listen)}
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "corex.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (!loose_route() && is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    ${pinned ? pin : ''}
    t_relay();
    exit;
  }
  t_check_trans();
  # The Route by which a phone pins its calls to this proxy.
  loose_route();
  record_route();
  ${fork.join('')}
  $du = "${uriOf(first)}";
  ${pinned ? pin : ''}
  t_relay();
  exit;
}
`;
}

function uriOf(hop: Hop): string {
  const { transport = 'udp' } = hop;
  return `sip:${writeAddress(hop)};transport=${transport}`;
}
