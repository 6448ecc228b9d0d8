import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openAuthority } from '../../support/certificates.ts';
import { READABLE } from '../heap-reading.ts';
import { nodeWith, ROOT, type Subject, start } from '../subject.ts';
import { A, ADMIN, GATEWAY_SIDE, GATEWAYS, PORT_OF, SOURCES, U } from './places.ts';

/** A second signal hangs up what is left. */
const DRAIN_MS = 5000;

/** What the driver needs to be a gateway on TLS and to know the node. */
export type Certificates = {
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
};

/** A node that speaks everything, with a route for each way in which a gateway can be. */
export function soakSite(folder: string): Subject {
  const authority = openAuthority(folder);
  const own = authority.issue('node', [`IP:${A}`, `IP:${U}`, `IP:${GATEWAY_SIDE}`]);
  authority.issue('gateway', [`IP:${GATEWAYS.tls.host}`]);
  const config = path.join(folder, 'site.json');
  const tls = { certificate: own.certificate, key: own.key, authorities: authority.certificate };
  writeFileSync(config, JSON.stringify({ ...siteFile(folder), tls }, null, 2));
  const program = path.join(ROOT, 'dist/apps/cli/landfall.js');
  const options = ['--enable-source-maps', ...READABLE];
  return hurried(start(folder, [nodeWith(...options, program, 'start', '--config', config)]));
}

/** A call that never ends must not keep the soak from saying so. */
function hurried(subject: Subject): Subject {
  return {
    ...subject,
    async stop() {
      const hurry = () => {
        for (const pid of subject.pids) process.kill(pid, 'SIGTERM');
      };
      const impatience = setTimeout(hurry, DRAIN_MS);
      await subject.stop();
      clearTimeout(impatience);
    },
  };
}

export function certificatesIn(folder: string): Certificates {
  const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  return {
    authorities: text('authority.pem'),
    certificate: text('gateway.pem'),
    key: text('gateway.key'),
  };
}

export const recordsIn = (folder: string) => path.join(folder, 'calls.ndjson');
/** Standard output of the node, steps and notices. */
export const logIn = (folder: string) => path.join(folder, 'subject.log');

function siteFile(folder: string) {
  const uri = (name: keyof typeof GATEWAYS, more = '') =>
    `sip:${GATEWAYS[name].host}:${GATEWAYS[name].port}${more}`;
  const groupOf = (name: string) => ({ name, gateways: [name] });
  const failsOver = { gateways: ['fickle'], failoverOn: 'any' };
  return {
    site: 'soak',
    siteNumber: 1,
    stateDir: path.join(folder, 'state'),
    listen: { anycast: on(A), unicast: on(U), gateway: on(GATEWAY_SIDE) },
    gateways: [
      { name: 'main', uri: uri('main') },
      { name: 'fickle', uri: uri('fickle') },
      { name: 'tcp', uri: uri('tcp', ';transport=tcp') },
      { name: 'tls', uri: uri('tls', ';transport=tls') },
      { name: 'psap', uri: uri('psap'), largeByTcp: true },
      { name: 'carrier', uri: uri('carrier') },
    ],
    groups: [
      ...['main', 'tcp', 'tls', 'carrier'].map(groupOf),
      { name: 'hunt', ...failsOver, lastResort: uri('main') },
      { ...groupOf('psap'), emergency: true, lastResort: uri('main') },
      { name: 'sos-hunt', ...failsOver, emergency: true, lastResort: uri('psap') },
    ],
    routes: [
      { match: { urn: 'urn:service:sos' }, group: 'psap' },
      { match: { user: '112' }, group: 'psap' },
      { match: { user: '113' }, group: 'sos-hunt' },
      ...['main', 'tcp', 'tls', 'hunt'].map((user) => ({ match: { user }, group: user })),
    ],
    callbacks: { group: 'carrier' },
    trunks: [
      { name: 'soak', source: [SOURCES.trunk], messages: 'pass' },
      {
        name: 'sticky',
        source: [SOURCES.sticky],
        messages: 'pass',
        offAnycast: 'sticky',
        earlyDialogs: 'first',
      },
    ],
    // A soak looks for what stays behind; that a machine is busy with something else is no fault.
    guard: { lagMsMax: 10_000 },
    log: { steps: 'stdout', records: recordsIn(folder) },
    admin: { listen: ADMIN },
  };
}

function on(address: string) {
  return (['UDP', 'TCP', 'TLS'] as const).map((transport) => ({
    transport: transport.toLowerCase(),
    address,
    port: PORT_OF[transport],
  }));
}
