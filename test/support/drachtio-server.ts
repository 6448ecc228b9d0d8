import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';
import type { Site } from './site.ts';
import { isTcpOpen } from './tcp-open.ts';
import { until } from './until.ts';

const SECRET = 'drachtio-of-a-test';
const LIFE_MS = 300_000;

/** The real server where the environment names its binary, else the peer of the tests. */
export const BINARY = process.env['LANDFALL_DRACHTIO'];
export const SERVER_NAME = BINARY === undefined ? 'the test peer' : 'the real drachtio-server';

export type DrachtioPlaces = { readonly admin: Address; readonly sip: Address };

/** What the site file of a stage says of it. The secret is passed on through the environment. */
export function drachtioKeys({ admin }: DrachtioPlaces): Readonly<Record<string, unknown>> {
  process.env['LANDFALL_TEST_SECRET'] = SECRET;
  const drachtio = [{ host: admin.address, port: admin.port, secret: 'env:LANDFALL_TEST_SECRET' }];
  return { engine: { gateway: 'drachtio', drachtio } };
}

/** Starts a drachtio-server as a process, and waits until its admin port is open. */
export async function startDrachtio(folder: string, places: DrachtioPlaces): Promise<Child> {
  const child = BINARY === undefined ? startPeer(places) : startReal(BINARY, folder, places);
  await until('the admin port of drachtio', () => {
    if (child.isOver()) throw new Error(`drachtio ended at once:\n${child.output()}`);
    return isTcpOpen(places.admin);
  });
  return child;
}

/** Waits until the node has greeted its drachtio-server, the nth time. */
export async function untilUp(site: Site, times = 1): Promise<void> {
  await until('the node to use drachtio', () => {
    return site.notices().filter(({ event }) => event === 'drachtio-up').length >= times;
  });
}

function startPeer({ admin, sip }: DrachtioPlaces): Child {
  const main = join(__dirname, '..', 'fakes', 'drachtio-peer', 'main.ts');
  const where = ['--admin', writeAddress(admin), '--sip', writeAddress(sip)];
  const args = ['--import', 'tsx', main, '--secret', SECRET, ...where];
  return startChild(process.execPath, args, { lifeMs: LIFE_MS });
}

function startReal(binary: string, folder: string, { admin, sip }: DrachtioPlaces): Child {
  const file = join(folder, 'drachtio.conf.xml');
  writeFileSync(file, '<drachtio><admin port="0" secret="x">127.0.0.1</admin></drachtio>\n');
  const contact = `sip:${writeAddress(sip)};transport=udp,tcp`;
  const place = ['--address', admin.address, '--port', String(admin.port), '--secret', SECRET];
  const rest = [
    '--contact',
    contact,
    '--stdout',
    '--loglevel',
    'notice',
    '--disable-nat-detection',
  ];
  return startChild(binary, ['--file', file, ...place, ...rest], { lifeMs: LIFE_MS });
}
