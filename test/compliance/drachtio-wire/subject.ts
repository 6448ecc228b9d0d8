import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realWorld } from '../../../lib/base/real-world.ts';
import type { World } from '../../../lib/base/time.ts';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { openDrachtioPeer } from '../../fakes/drachtio-peer/peer.ts';
import { startChild } from '../../support/child.ts';
import { hurriedWorld } from '../../support/hurried-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';
import { openRawApp } from './raw-app.ts';

/** What speaks drachtio's wire: the peer, or the server that LANDFALL_DRACHTIO names. */
export type Subject = {
  readonly admin: Address;
  readonly sip: Address;
  close(): Promise<void>;
};

export const SECRET = 'of-the-wire-suite';
export const BINARY = process.env['LANDFALL_DRACHTIO'];
export const isReal = BINARY !== undefined;

const LIFE_MS = 300_000;

/** On addresses of its own; `times` tells how much faster than usual its timers run. */
export function openSubject(net: string, times: number): Promise<Subject> {
  const admin = { address: `${net}.1`, port: 9022 };
  const sip = { address: `${net}.21`, port: 5060 };
  const world = times === 1 ? realWorld() : hurriedWorld(times);
  return openSubjectAt({ admin, sip }, times, world);
}

/** The peer runs by the world, a real server by its own time. */
export async function openSubjectAt(
  { admin, sip }: { readonly admin: Address; readonly sip: Address },
  times: number,
  world: World,
): Promise<Subject> {
  if (BINARY !== undefined) return startServer(BINARY, admin, sip, times);
  const peer = await openDrachtioPeer({ admin, secret: SECRET, sip, world });
  return { admin, sip, close: () => peer.close() };
}

async function startServer(
  binary: string,
  admin: Address,
  sip: Address,
  times: number,
): Promise<Subject> {
  const folder = tempFolder('drachtio');
  const conf = join(folder.path, 'drachtio.conf.xml');
  writeFileSync(conf, confOf(admin, sip, times));
  const server = startChild(binary, ['-f', conf, '--disable-nat-detection'], { lifeMs: LIFE_MS });
  try {
    await until('drachtio-server', () => {
      if (server.isOver()) throw new Error(`drachtio-server ended: ${server.output()}`);
      return listens(admin);
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    admin,
    sip,
    async close() {
      await server.stop();
      folder.remove();
    },
  };
}

/** Its admin port opens before the others. */
async function listens(admin: Address): Promise<boolean> {
  try {
    const app = await openRawApp(admin);
    const { words } = await app.answerTo(app.say(`authenticate|${SECRET}|`));
    app.close();
    return /tcp.*udp/.test(words[4] ?? '');
  } catch {
    return false;
  }
}

function confOf(admin: Address, sip: Address, times: number): string {
  const timer = (name: string, ms: number) => `<${name}>${Math.round(ms / times)}</${name}>`;
  const timers = [timer('t1', 500), timer('t2', 4000), timer('t4', 5000), timer('t1x64', 32_000)];
  return `<drachtio>
  <admin port="${admin.port}" secret="${SECRET}">${admin.address}</admin>
  <sip>
    <contacts><contact>sip:${writeAddress(sip)};transport=udp,tcp</contact></contacts>
    <timers>${timers.join('')}</timers>
  </sip>
  <cdrs>false</cdrs>
  <logging><console/><loglevel>notice</loglevel><sofia-loglevel>0</sofia-loglevel></logging>
</drachtio>
`;
}
