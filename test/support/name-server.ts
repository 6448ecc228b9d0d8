import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';
import { untilTcpBound, untilUdpBound } from './udp-bound.ts';

const LIFE_MS = 120_000;

export type NameServerOptions = {
  readonly folder: string;
  readonly at: Address;
  /** The zone that it serves, such as `psap.example`. */
  readonly zone: string;
  /** Lines of the zone file below the SOA and NS. */
  readonly records: readonly string[];
};

/** Knot, the name server of a registry, with one zone. */
export type NameServer = {
  readonly child: Child;
  /** Puts other records in the zone. */
  publish(records: readonly string[]): void;
};

export async function startNameServer(options: NameServerOptions): Promise<NameServer> {
  const { folder, at, zone } = options;
  let serial = 0;
  const write = (records: readonly string[]) => {
    serial += 1;
    writeFileSync(join(folder, 'zone'), zoneOf(zone, serial, records));
  };
  write(options.records);
  for (const name of ['knot-run', 'knot-db']) mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, 'knot.conf');
  writeFileSync(file, configOf(options));
  const child = startChild('knotd', ['-c', file], { cwd: folder, lifeMs: LIFE_MS });
  const isOver = () => {
    if (child.isOver()) throw new Error(`knotd ended at once:\n${child.output()}`);
    return false;
  };
  await untilUdpBound(at, isOver);
  await untilTcpBound(at, isOver);
  return {
    child,
    publish(records) {
      write(records);
      child.signal('SIGHUP');
    },
  };
}

function zoneOf(zone: string, serial: number, records: readonly string[]): string {
  return `$ORIGIN ${zone}.
@ 60 SOA ns hostmaster ${serial} 3600 600 86400 5
@ 60 NS ns
ns 60 A 127.0.0.1
${records.join('\n')}
`;
}

function configOf({ folder, at, zone }: NameServerOptions): string {
  return `server:
    rundir: "${join(folder, 'knot-run')}"
    listen: "${at.address}@${at.port}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "${join(folder, 'knot-db')}"
zone:
  - domain: "${zone}"
    storage: "${folder}"
    file: zone
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
`;
}
