import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Issued = {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file, as some phones want them. */
  readonly both: string;
};

/** Somebody who certifies, for one test; all are paths. */
export type Authority = {
  readonly certificate: string;
  /** `altNames` as OpenSSL writes them: `DNS:a.example`, `IP:192.0.2.1`, `URI:sip:a.example`. */
  issue(name: string, altNames: readonly string[]): Issued;
};

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
const DAYS = ['-days', '2'];

export function openAuthority(folder: string, name = 'authority'): Authority {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const at = (file: string) => join(folder, file);
  const [certificate, key] = [`${name}.pem`, `${name}.key`];
  const subject = ['-subj', `/CN=${name}`];
  openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', certificate, ...DAYS, ...subject);
  return {
    certificate: at(certificate),
    issue(whose, altNames) {
      const own = { certificate: `${whose}.pem`, key: `${whose}.key`, request: `${whose}.csr` };
      const names = ['-addext', `subjectAltName=${altNames.join(',')}`];
      const who = ['-subj', `/CN=${whose}`, ...names];
      openssl('req', '-new', ...NEW_KEY, '-keyout', own.key, '-out', own.request, ...who);
      const by = ['-CA', certificate, '-CAkey', key, '-CAcreateserial'];
      const copied = ['-copy_extensions', 'copyall', '-out', own.certificate];
      openssl('x509', '-req', '-in', own.request, ...by, ...DAYS, ...copied);
      const both = at(`${whose}-both.pem`);
      const texts = [own.certificate, own.key].map((file) => readFileSync(at(file), 'utf8'));
      writeFileSync(both, texts.join(''));
      return { certificate: at(own.certificate), key: at(own.key), both };
    },
  };
}
