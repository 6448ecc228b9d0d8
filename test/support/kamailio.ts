import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';
import { untilUdpBound } from './udp-bound.ts';

const LIFE_MS = 90_000;

export type ProxyOptions = {
  readonly folder: string;
  readonly listen: Address;
  /** Where new calls go, whatever their Request-URI says: the pinned outbound proxy's way. */
  readonly next: Address;
};

/** A carrier's stateful proxy that stays in the signalling path by Record-Route. */
export async function startKamailio(options: ProxyOptions): Promise<Child> {
  const file = join(options.folder, 'kamailio.cfg');
  writeFileSync(file, configOf(options));
  const run = join(options.folder, 'kamailio-run');
  const child = startChild(
    'kamailio',
    ['-DD', '-E', '-f', file, '-Y', run, '-m', '64', '-M', '8'],
    {
      cwd: options.folder,
      lifeMs: LIFE_MS,
    },
  );
  await untilUdpBound(options.listen, () => child.isOver());
  return child;
}

function configOf({ listen, next }: ProxyOptions): string {
  return `#!KAMAILIO
debug=1
log_stderror=yes
fork=no
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:${writeAddress(listen)}
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (!loose_route() && is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    t_relay();
    exit;
  }
  t_check_trans();
  record_route();
  $du = "sip:${writeAddress(next)}";
  t_relay();
  exit;
}
`;
}
