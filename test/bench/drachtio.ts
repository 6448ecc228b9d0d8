import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ENDS, nodeWith, type Subject, start } from './subject.ts';

const ADMIN = { address: '127.9.0.1', port: '9022' };
const SECRET = 'bench-of-landfall';

const CONF = `<drachtio>
  <admin port="${ADMIN.port}" secret="${SECRET}">${ADMIN.address}</admin>
  <sip>
    <contacts><contact>sip:${ENDS.outside};transport=udp</contact></contacts>
    <udp-buffer-size>8388608</udp-buffer-size>
  </sip>
  <cdrs>false</cdrs>
  <logging><console/><loglevel>error</loglevel><sofia-loglevel>0</sofia-loglevel></logging>
</drachtio>
`;

/** Drachtio-srf's createB2BUA on a drachtio-server: two processes, and what both cost counts. */
export function drachtio(binary: string, folder: string): Subject {
  const conf = path.join(folder, 'drachtio.conf.xml');
  writeFileSync(conf, CONF);
  const app = path.join(import.meta.dirname, 'srf-app.ts');
  const { address, port } = ADMIN;
  return start(folder, [
    [binary, '-f', conf, '--disable-nat-detection'],
    nodeWith('--import', 'tsx', app, address, port, SECRET, ENDS.gateway),
  ]);
}
