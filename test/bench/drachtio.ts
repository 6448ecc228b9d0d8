import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { endsOf, nodeWith, type Subject, start } from './subject.ts';

const PORT = '9022';
const SECRET = 'bench-of-landfall';

const confOf = (admin: string, outside: string) => `<drachtio>
  <admin port="${PORT}" secret="${SECRET}">${admin}</admin>
  <sip>
    <contacts><contact>sip:${outside};transport=udp</contact></contacts>
    <udp-buffer-size>8388608</udp-buffer-size>
  </sip>
  <cdrs>false</cdrs>
  <logging><console/><loglevel>error</loglevel><sofia-loglevel>0</sofia-loglevel></logging>
</drachtio>
`;

/** Drachtio-srf's createB2BUA on a drachtio-server: two processes, and what both cost counts. */
export function drachtio(binary: string, folder: string, net: number): Subject {
  const { outside, gateway } = endsOf(net);
  const admin = `127.9.${net}.1`;
  const conf = path.join(folder, 'drachtio.conf.xml');
  writeFileSync(conf, confOf(admin, outside));
  const app = path.join(import.meta.dirname, 'srf-app.ts');
  return start(folder, [
    [binary, '-f', conf, '--disable-nat-detection'],
    nodeWith('--import', 'tsx', app, admin, PORT, SECRET, gateway),
  ]);
}
