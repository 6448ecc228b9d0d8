import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { whyOf } from '../lib/base/why-of.ts';
import type { Credentials } from '../lib/engine/builtin/sockets/tls.ts';
import { askedByName, type Certified, certifiedIn, isCertified } from '../lib/sip/certified.ts';
import type { Path } from './problems.ts';

/** Where a certificate and its key are. */
export type KeyPair = { readonly certificate: string; readonly key: string };

/** Where they are, and whom the certificates must name. */
export type CredentialFiles = KeyPair & {
  /** Shown to who asks for a name in them. */
  readonly also: readonly KeyPair[];
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
      /** When the first of the certificates is over, Unix milliseconds. */
      readonly untilUnix: number;
    }
  | Bad;

type Bad = {
  readonly kind: 'bad';
  /** Below `tls`. */
  readonly path: Path;
  /** The file. */
  readonly value: string;
  readonly wrong: string;
  readonly want: string;
};

type ReadFile = (path: string) => string;
const PEM = 'name a file in PEM';

/** Reads them, and sees that they belong together and are of use now. */
export function readCredentials(
  files: CredentialFiles,
  readFile: ReadFile,
  nowUnix: number,
): ReadCredentials {
  const first = readPair(files, [], readFile, nowUnix);
  if (first.kind === 'bad') return first;
  const others: GoodPair[] = [];
  for (const [index, further] of files.also.entries()) {
    const path = ['also', index];
    const other = readPair(further, path, readFile, nowUnix);
    if (other.kind === 'bad') return other;
    if (askedByName(other.certified).length === 0)
      return bad(
        { path: [...path, 'certificate'], value: further.certificate },
        `is for ${other.says}, and nobody can ask for that by name`,
        'name one that is for a domain',
      );
    others.push(other);
  }
  const authorities = readAuthorities(files, readFile);
  if (typeof authorities === 'object') return authorities;
  const unnamed = reportUnnamed(files, first, others);
  if (unnamed !== undefined) return unnamed;
  const { pair } = first;
  return {
    kind: 'good',
    credentials: { ...pair, others: others.map((other) => other.pair), authorities },
    untilUnix: Math.min(...[first, ...others].map(({ untilUnix }) => untilUnix)),
  };
}

type GoodPair = {
  readonly kind: 'good';
  /** What the files hold. */
  readonly pair: KeyPair;
  readonly certified: Certified;
  readonly says: string;
  readonly untilUnix: number;
};

function readPair(
  files: KeyPair,
  above: Path,
  readFile: ReadFile,
  nowUnix: number,
): GoodPair | Bad {
  const atCertificate = { path: [...above, 'certificate'], value: files.certificate };
  const atKey = { path: [...above, 'key'], value: files.key };
  const certificate = textOf(atCertificate, readFile);
  if (typeof certificate === 'object') return certificate;
  const key = textOf(atKey, readFile);
  if (typeof key === 'object') return key;
  let first: X509Certificate;
  try {
    first = new X509Certificate(certificate);
  } catch (error) {
    return bad(atCertificate, `holds no certificate (${whyOf(error)})`, PEM);
  }
  const wrong = whyNot({ cert: certificate });
  if (wrong !== undefined) return bad(atCertificate, `cannot be used (${wrong})`, PEM);
  const noKey = whyNot({ cert: certificate, key });
  if (noKey !== undefined)
    return bad(atKey, `is not that of the certificate (${noKey})`, 'name its private key in PEM');
  if (Date.parse(first.validTo) <= nowUnix)
    return bad(atCertificate, `is over since ${first.validTo}`, 'name one that is valid');
  return {
    kind: 'good',
    pair: { certificate, key },
    certified: certifiedIn(first.subjectAltName ?? ''),
    says: first.subjectAltName ?? 'nobody',
    untilUnix: Date.parse(first.validTo),
  };
}

/** Absent: whom the world trusts. */
function readAuthorities(
  { authorities: value }: CredentialFiles,
  readFile: ReadFile,
): string | undefined | Bad {
  if (value === undefined) return undefined;
  const at = { path: ['authorities'], value };
  const text = textOf(at, readFile);
  if (typeof text === 'object' || text.includes('-----BEGIN CERTIFICATE-----')) return text;
  return bad(at, 'holds no certificate', PEM);
}

/** Nobody asks for an address by name, so only the first certificate is shown to who goes there. */
function reportUnnamed(
  { certificate: value, names }: CredentialFiles,
  first: GoodPair,
  others: readonly GoodPair[],
): Bad | undefined {
  const missing = names.find((name) => {
    const shown = isIP(name) === 0 ? [first, ...others] : [first];
    return !shown.some(({ certified }) => isCertified(certified, name));
  });
  if (missing === undefined) return undefined;
  const among = others.length > 0 && isIP(missing) === 0 ? ', and none in tls.also is' : '';
  return bad(
    { path: ['certificate'], value },
    `is for ${first.says}, and not for ${missing}${among}`,
    `name one that is for ${missing} too, or advertise a name that it has`,
  );
}

function textOf(at: Place, readFile: ReadFile): string | Bad {
  try {
    return readFile(at.value);
  } catch (error) {
    return bad(at, `cannot be read (${whyOf(error)})`, 'make it readable for this user');
  }
}

function whyNot(context: { readonly cert: string; readonly key?: string }): string | undefined {
  try {
    createSecureContext(context);
    return undefined;
  } catch (error) {
    return whyOf(error);
  }
}

type Place = Pick<Bad, 'path' | 'value'>;

function bad(at: Place, wrong: string, want: string): Bad {
  return { kind: 'bad', ...at, wrong, want };
}
