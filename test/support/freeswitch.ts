import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAddress } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';
import { type FreeswitchPlaces, freeswitchXml } from './freeswitch-config.ts';
import type { Site } from './site.ts';
import { isTcpOpen } from './tcp-open.ts';
import { until } from './until.ts';

export const FREESWITCH_SECRET = 'freeswitch-of-a-test';
const LIFE_MS = 300_000;

/** The real one where the environment names its binary, else the peer of the tests. */
const BINARY = process.env['LANDFALL_FREESWITCH'];
export const FREESWITCH_NAME = BINARY === undefined ? 'the test peer' : 'the real FreeSWITCH';

/** What the site file says of it. The secret is passed on through the environment. */
export function freeswitchKeys(places: readonly FreeswitchPlaces[], listen: string) {
  process.env['LANDFALL_TEST_FREESWITCH'] = FREESWITCH_SECRET;
  const secret = 'env:LANDFALL_TEST_FREESWITCH';
  return {
    freeswitch: places.map(({ events }) => ({ esl: writeAddress(events), secret, listen })),
  };
}

/** Starts one as a process, and waits until its event socket is open. */
export async function startFreeswitch(folder: string, places: FreeswitchPlaces): Promise<Child> {
  const child = BINARY === undefined ? startPeer(places) : startReal(BINARY, folder, places);
  await until('the event socket of FreeSWITCH', () => {
    if (child.isOver()) throw new Error(`FreeSWITCH ended at once:\n${child.output()}`);
    return isTcpOpen(places.events);
  });
  return child;
}

/** Waits until the node has greeted it, the nth time. */
export async function freeswitchUp(site: Site, times = 1): Promise<void> {
  await until('the node to use FreeSWITCH', () => {
    return site.notices().filter(({ event }) => event === 'freeswitch-up').length >= times;
  });
}

function startPeer({ events, sip }: FreeswitchPlaces): Child {
  const main = join(__dirname, '..', 'fakes', 'freeswitch-peer', 'main.ts');
  const where = ['--events', writeAddress(events), '--sip', writeAddress(sip)];
  const args = ['--import', 'tsx', main, '--secret', FREESWITCH_SECRET, ...where];
  return startChild(process.execPath, args, { lifeMs: LIFE_MS });
}

function startReal(binary: string, folder: string, places: FreeswitchPlaces): Child {
  const own = mkdtempSync(join(folder, 'freeswitch-'));
  const at = (name: string) => join(own, name);
  for (const name of ['conf', 'log', 'db', 'run']) mkdirSync(at(name));
  const xml = freeswitchXml(places, FREESWITCH_SECRET, at('log/freeswitch.log'));
  writeFileSync(at('conf/freeswitch.xml'), xml);
  const folders = ['conf', 'log', 'db', 'run'].flatMap((name) => [`-${name}`, at(name)]);
  const env = { LD_LIBRARY_PATH: join(dirname(binary), '..', 'lib') };
  return startChild(binary, ['-nf', '-nonat', '-nc', ...folders], { lifeMs: LIFE_MS, env });
}
