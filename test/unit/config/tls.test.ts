import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../../config/credentials.ts';
import { type Authority, type Issued, openAuthority } from '../../support/certificates.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { configOf, problemsOf, SITE } from './sample.ts';

const readFile = (path: string) => readFileSync(path, 'utf8');
const TLS_SITE = SITE.replace(
  '192.0.2.112, port: 5060 }]',
  '192.0.2.112, port: 5060 }, { transport: tls, address: 192.0.2.112 }]',
).replace(
  '198.51.100.11, port: 5060 }]',
  '198.51.100.11, port: 5060 }, { transport: tls, address: 198.51.100.11, advertise: sto.example }]',
);

let folder: TempFolder;
let authority: Authority;
let issued: Issued;
beforeAll(() => {
  folder = tempFolder('config-tls');
  authority = openAuthority(folder.path);
  issued = authority.issue('site', ['DNS:sto.example']);
});
afterAll(() => folder.remove());

type More = Partial<Record<'certificate' | 'key' | 'authorities', string>> & {
  readonly also?: readonly Partial<Issued>[];
};
const tls = (more: More = {}) => {
  const { certificate, key } = issued;
  return `${TLS_SITE}tls: ${JSON.stringify({ certificate, key, ...more })}\n`;
};
const certificateFor = (name: string, altNames: readonly string[]) => {
  const { certificate, key } = authority.issue(name, altNames);
  return { certificate, key };
};
const saysOf = (text: string) =>
  problemsOf(text, { readFile }).map(({ key, wrong }) => `${key} ${wrong}`);

describe('a site that speaks TLS', () => {
  test('listens at 5061 where no port is written, and knows what must be certified', () => {
    const { options, tls: files } = configOf(tls(), { readFile });
    const secured = options.listeners.filter(({ transport }) => transport === 'tls');
    expect(secured.map(({ port }) => port)).toEqual([5061, 5061]);
    const { certificate, key } = issued;
    expect(files).toMatchObject({ certificate, key, names: ['sto.example'] });
  });

  test('has a certificate and its key', () => {
    expect(saysOf(TLS_SITE)).toEqual([
      'tls.certificate is missing, and listen.anycast[1] speaks TLS',
      'tls.key is missing, and listen.anycast[1] speaks TLS',
    ]);
  });

  test('is certified as what Contact says at U', () => {
    const other = authority.issue('other', ['DNS:other.example']);
    const { certificate, key } = other;
    expect(saysOf(tls({ certificate, key }))).toEqual([
      'tls.certificate is for DNS:other.example, and not for sto.example',
    ]);
  });

  test('may have a certificate for each name, but one for all addresses', () => {
    const old = certificateFor('old', ['DNS:old.example', 'IP:198.51.100.11']);
    const also = [old];
    const { tls: files } = configOf(tls({ also }), { readFile });
    expect(files).toMatchObject({ also });
    expect(saysOf(tls({ ...old, also: [certificateFor('new', ['DNS:sto.example'])] }))).toEqual([]);
    expect(saysOf(tls({ ...old, also }))).toEqual([
      'tls.certificate is for DNS:old.example, IP Address:198.51.100.11, and not for ' +
        'sto.example, and none in tls.also is',
    ]);
    const unnamed = tls({ also }).replace(', advertise: sto.example', '');
    expect(saysOf(unnamed)).toEqual([
      'tls.certificate is for DNS:sto.example, and not for 198.51.100.11',
    ]);
  });

  test('hears of further certificates that are of no use', () => {
    const old = certificateFor('further', ['DNS:old.example']);
    const bare = certificateFor('bare', ['IP:198.51.100.11']);
    expect(saysOf(tls({ also: [old, { ...old, key: issued.key }] }))).toEqual([
      expect.stringMatching(/^tls\.also\[1\]\.key is not that of the certificate/),
    ]);
    expect(saysOf(tls({ also: [{ ...old, certificate: '/nowhere.pem' }] }))).toEqual([
      expect.stringMatching(/^tls\.also\[0\]\.certificate cannot be read \(ENOENT/),
    ]);
    expect(saysOf(tls({ also: [bare] }))).toEqual([
      'tls.also[0].certificate is for IP Address:198.51.100.11, and nobody can ask for that by name',
    ]);
    expect(saysOf(tls({ also: [{ certificate: old.certificate }] }))).toEqual([
      'tls.also[0].key is missing',
    ]);
  });

  test('hears of files that are not what they should be', () => {
    const junk = join(folder.path, 'junk.pem');
    writeFileSync(junk, 'no certificate');
    const other = authority.issue('another', ['DNS:sto.example']);
    expect(saysOf(tls({ certificate: '/nowhere.pem' }))).toEqual([
      expect.stringMatching(/^tls\.certificate cannot be read \(ENOENT/),
    ]);
    expect(saysOf(tls({ certificate: junk }))).toEqual([
      expect.stringMatching(/^tls\.certificate holds no certificate/),
    ]);
    expect(saysOf(tls({ key: other.key }))).toEqual([
      expect.stringMatching(/^tls\.key is not that of the certificate/),
    ]);
    expect(saysOf(tls({ authorities: junk }))).toEqual(['tls.authorities holds no certificate']);
    expect(saysOf(tls({ authorities: authority.certificate }))).toEqual([]);
  });

  test('knows trunks by certificates, where callers can show them', () => {
    const line = 'source: ["203.0.113.0/24"]';
    const known = 'certificates: [SBC.op.example]';
    const { options } = configOf(tls().replace(line, known), { readFile });
    expect(options.trunks).toMatchObject([{ source: [], certificates: ['sbc.op.example'] }]);
    expect(saysOf(SITE.replace(line, known))).toEqual([
      'trunks[0].certificates is never seen, since no listener for callers speaks TLS',
    ]);
    expect(saysOf(SITE.replace(`, ${line}`, ''))).toEqual(['trunks[0].source is missing']);
  });

  test('has no port for both TCP and TLS', () => {
    const text = tls().replace('transport: udp, address: 192.0.2.112, port: 5060', () => {
      return 'transport: tcp, address: 192.0.2.112, port: 5061';
    });
    expect(saysOf(text)).toContain('listen.anycast[1] is already listened on by listen.anycast[0]');
  });

  test('asks gateways by TLS only where a listener does', () => {
    const text = tls().replace('"sip:10.0.1.32"', '"sip:10.0.1.32;transport=tls"');
    expect(saysOf(text)).toEqual([
      'gateways[1].uri asks for TLS, but no listener of listen.gateway has it',
    ]);
  });
});

test('a certificate that is over is none', () => {
  const files = { ...issued, also: [], authorities: undefined, names: [], asksCallers: false };
  const read = readCredentials(files, readFile, Date.now());
  if (read.kind === 'bad') throw new Error(read.wrong);
  expect(read.untilUnix - Date.now()).toBeGreaterThan(86_400_000);
  expect(readCredentials(files, readFile, read.untilUnix)).toMatchObject({
    kind: 'bad',
    path: ['certificate'],
    wrong: expect.stringMatching(/^is over since /),
  });
});
