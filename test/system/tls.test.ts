import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Authority, type Issued, openAuthority } from '../support/certificates.ts';
import { startChild } from '../support/child.ts';
import { addressesOf, listensOn, PROGRAM } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import {
  contactOf,
  isFinal,
  request,
  type TcpLine,
  tcpLine,
  tlsLine,
} from '../support/tcp-caller.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.21.73';
const CALLER = { address: `${NET}.102`, port: 5061 };
const STRANGE = { address: `${NET}.41`, port: 5081 };
/** A renewed certificate is to serve within so long. */
const RENEWED_MS = 5000;
jest.setTimeout(60_000);

const { anycast, unicast } = addressesOf(NET);
const A = { ...anycast, port: 5061 };
const KEYS = {
  listen: listensOn(NET, 'udp', 'tls'),
  gateways: [
    { name: 'strange', uri: `sip:${STRANGE.address}:${STRANGE.port};transport=tls`, priority: 1 },
    { name: 'plain', uri: `sip:${NET}.31:5080`, priority: 2 },
  ],
  trunks: [{ name: 'op', certificates: ['sbc.op.example'] }],
  groups: [
    { name: 'office', gateways: ['plain'] },
    { name: 'psap', gateways: ['plain'], emergency: true },
    { name: 'secured', gateways: ['strange', 'plain'], emergency: true },
  ],
  routes: [
    { match: { user: '200' }, group: 'office' },
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '999' }, group: 'secured' },
  ],
};

describe('a site that speaks TLS', () => {
  let folder: TempFolder;
  let authority: Authority;
  let first: Issued;
  let stage: Stage;
  let authorities: string;
  let impostor: Server | undefined;
  const lines: TcpLine[] = [];
  const names = [A, unicast].map(({ address }) => `IP:${address}`);
  const onDisk = (file: string) => join(folder.path, file);
  const installAs =
    (name: string) =>
    ({ certificate, key }: Issued) => {
      copyFileSync(key, onDisk(`${name}.key`));
      copyFileSync(certificate, onDisk(`${name}.pem`));
    };
  const [install, installOld] = [installAs('tls'), installAs('old')];

  beforeAll(async () => {
    folder = tempFolder('tls-site');
    authority = openAuthority(folder.path);
    authorities = readFileSync(authority.certificate, 'utf8');
    first = authority.issue('first', [...names, 'DNS:first.example']);
    install(first);
    const tls = {
      certificate: onDisk('tls.pem'),
      key: onDisk('tls.key'),
      authorities: authority.certificate,
      also: [{ certificate: onDisk('old.pem'), key: onDisk('old.key') }],
    };
    installOld(authority.issue('old', ['DNS:old.example']));
    const probe = { everySec: 0 };
    stage = await openStage({ net: NET, keys: { ...KEYS, tls, probe } });
    await stage.gateway('uas-answer', { withinSec: 60 });
  });
  afterAll(async () => {
    for (const { socket } of lines) socket.destroy();
    impostor?.close();
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  const line = async (to = A) => {
    const opened = await tlsLine(CALLER.address, to, authorities);
    lines.push(opened);
    return opened;
  };

  async function call(caller: TcpLine, callId: string, uri: string) {
    const at = { callId, from: CALLER, to: A, transport: 'tls', cseq: 1 } as const;
    await caller.say(request('INVITE', { ...at, uri, body: 'v=0\r\n' }));
    return await caller.hears(`an answer to ${callId}`, isFinal('INVITE'));
  }

  async function hangUp(caller: TcpLine, callId: string, toTag: string | undefined, uri: string) {
    const said = { callId, from: CALLER, to: A, transport: 'tls', uri, toTag } as const;
    await caller.say(request('ACK', { ...said, cseq: 1 }));
    await caller.say(request('BYE', { ...said, cseq: 2 }));
    expect(await caller.hears('200 to BYE', isFinal('BYE'))).toMatchObject({ status: 200 });
  }

  test('has callers go on at U by the scheme that they dialled', async () => {
    for (const [scheme, contact] of [
      ['sip', `@${unicast.address}:5061;transport=tls`],
      ['sips', `@${unicast.address}:5061`],
    ] as const) {
      const callId = `by-${scheme}`;
      const caller = await line();
      const answer = await call(caller, callId, `${scheme}:112@${A.address}`);
      const { uri, at } = contactOf(answer);
      expect(uri.startsWith(`${scheme}:`) && uri.endsWith(contact)).toBe(true);
      await hangUp(await line(at), callId, answer.to.tag, uri);
      const record = await stage.site.recordOf(callId);
      expect(record).toMatchObject({ moved: 'moved', receivedOn: `A tls:${A.address}:5061` });
    }
  });

  test('is called by landfall call, which sees the call move to U', async () => {
    const uri = `sip:112@${A.address};transport=tls`;
    const trusting = ['--authorities', authority.certificate];
    const run = async (...more: readonly string[]) => {
      const child = startChild(process.execPath, [PROGRAM, 'call', uri, '--after', '50', ...more], {
        lifeMs: 20_000,
      });
      const { code } = await child.ended;
      return { code, said: child.output() };
    };
    expect(await run(...trusting)).toMatchObject({ code: 0 });
    const { code, said } = await run();
    expect(code).toBe(1);
    expect(said).toContain('self-signed certificate in certificate chain');
  });

  test('serves new callers with a renewed certificate, and old calls go on', async () => {
    const old = await line();
    expect(old.certifiedFor).toContain('first.example');
    const answer = await call(old, 'renewal', `sip:112@${A.address}`);
    install(authority.issue('second', [...names, 'DNS:second.example']));
    const isRenewed = async () => (await line()).certifiedFor?.includes('second.example') === true;
    await until('the second certificate', isRenewed, RENEWED_MS);
    await hangUp(old, 'renewal', answer.to.tag, contactOf(answer).uri);
    expect(await stage.site.recordOf('renewal')).toMatchObject({ status: 200 });
    const taken = stage.site.notices().filter(({ event }) => event === 'certificate-taken');
    expect(taken).toHaveLength(1);
    const end = await stage.site.metric('landfall_certificate_end_timestamp_seconds');
    expect(end * 1000 - Date.now()).toBeGreaterThan(86_400_000);
  });

  test('keeps its certificate where the next one is not for U, and says so', async () => {
    install(authority.issue('third', ['DNS:third.example']));
    const refused = await until('it is refused', () =>
      stage.site.notices().find(({ event }) => event === 'certificate-refused'),
    );
    expect(refused['why']).toContain(`is for DNS:third.example, and not for ${unicast.address}`);
    expect((await line()).certifiedFor).toContain('second.example');
  });

  test('shows who asks by name the certificate of that name, also a renewed one', async () => {
    const shownTo = async (servername: string) => {
      const to = { host: A.address, port: A.port, localAddress: CALLER.address };
      const socket = connect({ ...to, servername, ca: authorities, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { subjectaltname = '' } = socket.getPeerCertificate();
      socket.end();
      await once(socket, 'close');
      return subjectaltname;
    };
    expect(await shownTo('old.example')).toBe('DNS:old.example');
    expect(await shownTo('someone.example')).toContain('second.example');
    install(authority.issue('fourth', [...names, 'DNS:fourth.example']));
    installOld(authority.issue('older', ['DNS:old.example', 'DNS:older.example']));
    const isRenewed = async () => (await shownTo('older.example')).includes('older.example');
    await until('the renewed one', isRenewed, RENEWED_MS);
    expect(await shownTo('fourth.example')).toContain('fourth.example');
  });

  test('knows a trunk by its certificate, from wherever it calls', async () => {
    const trunk = authority.issue('trunk', ['DNS:sbc.op.example']);
    for (const [callId, shown, status] of [
      ['certified', trunk, 200],
      ['nobody', undefined, 403],
    ] as const) {
      const caller = await tlsLine(CALLER.address, A, authorities, shown);
      lines.push(caller);
      const answer = await call(caller, callId, `sip:200@${A.address}`);
      expect(answer).toMatchObject({ status });
      const { uri } = status === 200 ? contactOf(answer) : { uri: '' };
      if (status === 200) await hangUp(caller, callId, answer.to.tag, uri);
    }
    expect(await stage.site.recordOf('certified')).toMatchObject({ trunk: 'op', status: 200 });
  });

  const refusedBy = (whom: string) =>
    stage.site.notices().filter(({ event, by }) => event === 'tls-refused' && by === whom);

  test('passes over a gateway that is certified as somebody else, and says so', async () => {
    // However many strangers knock, it is told.
    for (let knocks = 0; knocks < 20; knocks += 1) {
      const stranger = await tcpLine(CALLER.address, A);
      await stranger.say('OPTIONS sip:landfall.example SIP/2.0\r\n\r\n');
      await until('it is over', () => stranger.isClosed());
    }
    expect(refusedBy('them')).toHaveLength(10);
    const { certificate, key } = authority.issue('impostor', ['DNS:impostor.example']);
    impostor = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    impostor.on('tlsClientError', () => undefined);
    impostor.listen(STRANGE.port, STRANGE.address);
    await once(impostor, 'listening');
    const caller = await line();
    const answer = await call(caller, 'impostor', `sip:999@${A.address}`);
    await hangUp(caller, 'impostor', answer.to.tag, contactOf(answer).uri);
    const record = await stage.site.recordOf('impostor');
    expect(record.attempts).toMatchObject([
      { gateway: 'strange', status: 503 },
      { gateway: 'plain', status: 200 },
    ]);
    const refused = refusedBy('us');
    expect(refused).toMatchObject([{ level: 'warn', name: STRANGE.address }]);
    expect(refused[0]?.['why']).toContain('impostor.example');
  });
});
