import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { whyOf } from '../lib/base/why-of.ts';
import type { Credentials } from '../lib/engine/builtin/sockets/tls.ts';
import { certifiedIn, isCertified } from '../lib/sip/certified.ts';

/** Where they are, and whom the certificate must name. */
export type CredentialFiles = {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string | undefined;
  /** What Contact and Via of listeners with TLS say. */
  readonly names: readonly string[];
  /** Whether some trunk is known by what it shows. */
  readonly asksCallers: boolean;
};

export type ReadCredentials =
  | {
      readonly kind: 'good';
      readonly credentials: Credentials;
      /** Unix milliseconds. */
      readonly untilUnix: number;
    }
  | {
      readonly kind: 'bad';
      readonly key: 'certificate' | 'key' | 'authorities';
      readonly wrong: string;
      readonly want: string;
    };

/** Reads them, and sees that they belong together and are of use now. */
export function readCredentials(
  files: CredentialFiles,
  readFile: (path: string) => string,
  nowUnix: number,
): ReadCredentials {
  const texts = new Map<string, string>();
  for (const key of ['certificate', 'key', 'authorities'] as const) {
    const path = files[key];
    if (path === undefined) continue;
    try {
      texts.set(key, readFile(path));
    } catch (error) {
      return bad(key, `cannot be read (${whyOf(error)})`, 'make it readable for this user');
    }
  }
  const credentials: Credentials = {
    certificate: texts.get('certificate') ?? '',
    key: texts.get('key') ?? '',
    authorities: texts.get('authorities'),
  };
  return examined(credentials, files, nowUnix);
}

function examined(
  credentials: Credentials,
  { names }: CredentialFiles,
  nowUnix: number,
): ReadCredentials {
  const { certificate = '', key = '', authorities } = credentials;
  const pem = 'name a file in PEM';
  let first: X509Certificate;
  try {
    first = new X509Certificate(certificate);
  } catch (error) {
    return bad('certificate', `holds no certificate (${whyOf(error)})`, pem);
  }
  const wrong = whyNot({ cert: certificate });
  if (wrong !== undefined) return bad('certificate', `cannot be used (${wrong})`, pem);
  const noKey = whyNot({ cert: certificate, key });
  if (noKey !== undefined)
    return bad('key', `is not that of the certificate (${noKey})`, 'name its private key in PEM');
  if (authorities !== undefined && !authorities.includes('-----BEGIN CERTIFICATE-----'))
    return bad('authorities', 'holds no certificate', pem);
  if (Date.parse(first.validTo) <= nowUnix)
    return bad('certificate', `is over since ${first.validTo}`, 'name one that is valid');
  const certified = certifiedIn(first.subjectAltName ?? '');
  const missing = names.find((name) => !isCertified(certified, name));
  if (missing === undefined)
    return { kind: 'good', credentials, untilUnix: Date.parse(first.validTo) };
  return bad(
    'certificate',
    `is for ${first.subjectAltName ?? 'nobody'}, and not for ${missing}`,
    `name one that is for ${missing} too, or advertise a name that it has`,
  );
}

function whyNot(context: { readonly cert: string; readonly key?: string }): string | undefined {
  try {
    createSecureContext(context);
    return undefined;
  } catch (error) {
    return whyOf(error);
  }
}

function bad(
  key: 'certificate' | 'key' | 'authorities',
  wrong: string,
  want: string,
): ReadCredentials {
  return { kind: 'bad', key, wrong, want };
}
