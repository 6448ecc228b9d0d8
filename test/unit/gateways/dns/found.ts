import { writeHop } from '../../../../lib/gateways/dns/hop.ts';
import {
  named,
  type VirtualDirectory,
  virtualDirectory,
} from '../../../support/virtual-directory.ts';

export const PSAP = named('psap.example');
export const BARE = named('psap.example:5060');
export const SEC = 1000;
export const DAY = 86_400 * SEC;

/** A directory that has found one gateway by NAPTR, SRV and A, each with that TTL. */
export async function found(ttlSec = 60): Promise<VirtualDirectory> {
  const set = virtualDirectory();
  const { names } = set;
  names.has('NAPTR psap.example', ttlSec, '1 1 "s" "SIP+D2U" "" _sip._udp.psap.example');
  names.has('SRV _sip._udp.psap.example', ttlSec, '1 0 5060 gw.psap.example');
  names.has('A gw.psap.example', ttlSec, '10.0.1.1');
  set.directory.follow([PSAP]);
  await set.pass(0);
  return set;
}

/** One that has found a name with a port: a single question. */
export async function foundBare(ttlSec = 60): Promise<VirtualDirectory> {
  const set = virtualDirectory();
  set.names.has('A psap.example', ttlSec, '10.0.1.1');
  set.directory.follow([BARE]);
  await set.pass(0);
  return set;
}

export const whereIs = ({ directory }: VirtualDirectory, destination = PSAP) => {
  const { standing, hops } = directory.whereIs(destination);
  return [standing, ...hops.map(writeHop)];
};
export const events = ({ notices }: VirtualDirectory) => notices.map(({ event }) => event);
export const countAsked = ({ names }: VirtualDirectory, question: string) =>
  names.asked.filter((one) => one === question).length;
