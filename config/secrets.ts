import { whyOf } from '../lib/base/why-of.ts';
import { bad, type Format, good, type Reading, text } from './formats.ts';
import type { Finding } from './problems.ts';

/** Where a secret is kept; the configuration itself never holds one. */
export type SecretRef = { readonly from: 'env' | 'file'; readonly name: string };

export type SecretSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws when it cannot. */
  readonly readFile: (path: string) => string;
};

export type Secret =
  | { readonly kind: 'known'; readonly text: string }
  | { readonly kind: 'unknown'; readonly finding: Finding };

const SAMPLES = ['cymru', 'cluecon'];
const LENGTH_MIN = 16;
const REF_WANT = 'write env:NAME (a variable) or file:PATH (a file that holds it)';

/** A reference, kept as written; a secret put here in clear is refused and not shown. */
export const SECRET_REF: Format<string> = {
  ...text('secret', REF_WANT, (value) =>
    secretRef(value) === undefined
      ? bad(value, 'is not where a secret is kept', REF_WANT)
      : good(value),
  ),
  fromText: 'own-name',
  isSecret: true,
};

const KEY_WANT = 'write k1=env:NAME or k1=file:PATH';
export type KeyRef = { readonly id: string; readonly ref: SecretRef };

/** `k1=env:NAME`: the id stands inside tokens, in lower case and short. */
export const KEY_REF: Format<KeyRef> = {
  ...text('cluster key', KEY_WANT, readKeyRef),
  isSecret: true,
};

function readKeyRef(value: string): Reading<KeyRef> {
  const [, id, where = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  if (id === undefined || !/^[a-z][a-z0-9]{0,3}$/.test(id))
    return bad(value, 'has no short id such as k1 before "="', KEY_WANT);
  const ref = secretRef(where);
  if (ref === undefined) return bad(value, 'does not say where the key is kept', KEY_WANT);
  return good({ id, ref });
}

export function secretRef(value: string): SecretRef | undefined {
  const env = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1];
  if (env !== undefined) return { from: 'env', name: env };
  const path = /^file:([^\0]+)$/.exec(value)?.[1];
  return path === undefined ? undefined : { from: 'file', name: path };
}

export function readSecret({ from, name }: SecretRef, sources: SecretSources): Secret {
  switch (from) {
    case 'env': {
      const value = sources.env[name]?.trim() ?? '';
      if (value !== '') return { kind: 'known', text: value };
      return unknown(`names the variable ${name}, which is not set`, `set ${name}`);
    }
    case 'file': {
      try {
        const value = sources.readFile(name).trim();
        if (value !== '') return { kind: 'known', text: value };
        return unknown(`names the file ${name}, which is empty`, 'put the secret into it');
      } catch (error) {
        const why = whyOf(error);
        return unknown(`names a file that cannot be read (${why})`, 'make it readable');
      }
    }
  }
}

/** Says why a secret must not leave loopback: manuals hold it, or a token betrays it. */
export function weakness(secret: string): Finding | undefined {
  if (SAMPLES.includes(secret.toLowerCase()))
    return {
      wrong: 'leads to a sample secret, which is refused outside loopback',
      want: 'make one with: openssl rand -base64 32',
    };
  if (secret.length < LENGTH_MIN)
    return {
      wrong: `leads to a secret of fewer than ${LENGTH_MIN} characters`,
      want: 'make one with: openssl rand -base64 32',
    };
  return undefined;
}

/** The bytes that a secret stands for: those of its text, wherever the text was kept. */
export function secretBytes(secret: string): Uint8Array {
  return Buffer.from(secret, 'utf8');
}

function unknown(wrong: string, want: string): Secret {
  return { kind: 'unknown', finding: { wrong, want } };
}
