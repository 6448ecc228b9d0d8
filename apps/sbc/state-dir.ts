import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { secretBytes } from '../../config/secrets.ts';
import type { Clock, Rng } from '../../lib/base/time.ts';
import { whyOf } from '../../lib/base/why-of.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import { type ClusterKey, EPOCH_MAX, type KeyId } from '../../lib/sip/owner-token.ts';

/** Which start of this node it is. */
export type Epoch =
  | { readonly kind: 'kept'; readonly epoch: number }
  /** The counter could not be read, or not be kept; the clock stands in for it. */
  | { readonly kind: 'clock'; readonly epoch: number; readonly why: string };

/**
 * Counts this start. The count is never below the clock in seconds, so that it does not go back
 * even after a start whose count could not be written down.
 */
export function nextEpoch(stateDir: string, clock: Clock): Epoch {
  const path = join(stateDir, 'epoch');
  const seconds = Math.floor(clock.unix() / 1000);
  const last = readText(path);
  const count = last.kind === 'read' ? countIn(last.text) : undefined;
  const epoch = count === undefined ? seconds : Math.max(count + 1, seconds);
  const kept = writeWhole(stateDir, 'epoch', `${epoch}\n`, 0o644);
  if (kept.kind === 'failed') return { kind: 'clock', epoch, why: kept.why };
  switch (last.kind) {
    case 'read':
      if (count === undefined) return { kind: 'clock', epoch, why: `${path} holds no count` };
      return { kind: 'kept', epoch };
    case 'absent':
      return { kind: 'kept', epoch };
    case 'failed':
      return { kind: 'clock', epoch, why: last.why };
  }
}

export type OwnKey =
  | { readonly kind: 'kept'; readonly key: ClusterKey }
  /** For this run only: calls of it are strangers to the next. */
  | { readonly kind: 'unkept'; readonly key: ClusterKey; readonly why: string };

const KEY_BYTES = 32;
/** 32 bytes in base64url. */
const KEY_TEXT = /^[A-Za-z0-9_-]{43}$/;
const KEY_ID = 'k1' as KeyId;

/**
 * The key of a site without `cluster.keys`, made at its first start. The file holds text, so that
 * `k1=file:.../cluster.key` on a second site is the same key.
 */
export function ownKey(stateDir: string, rng: Rng): OwnKey {
  const found = readText(join(stateDir, 'cluster.key'));
  switch (found.kind) {
    case 'read': {
      const text = found.text.trim();
      // A key cut short is of no use to anyone; a new one takes its place.
      return KEY_TEXT.test(text) ? { kind: 'kept', key: keyOf(text) } : makeKey(stateDir, rng);
    }
    case 'absent':
      return makeKey(stateDir, rng);
    case 'failed':
      return { kind: 'unkept', key: keyOf(randomText(rng)), why: found.why };
  }
}

function makeKey(stateDir: string, rng: Rng): OwnKey {
  const text = randomText(rng);
  const kept = writeWhole(stateDir, 'cluster.key', `${text}\n`, 0o600);
  if (kept.kind === 'failed') return { kind: 'unkept', key: keyOf(text), why: kept.why };
  return { kind: 'kept', key: keyOf(text) };
}

function randomText(rng: Rng): string {
  return Buffer.from(rng.bytes(KEY_BYTES)).toString('base64url');
}

function keyOf(text: string): ClusterKey {
  return { id: KEY_ID, secret: secretBytes(text) };
}

function countIn(text: string): number | undefined {
  if (!/^[0-9]{1,11}$/.test(text.trim())) return undefined;
  const count = Number(text);
  return count < EPOCH_MAX ? count : undefined;
}

/** Says what could not be kept, or was lost. */
export function tellOfState(epoch: Epoch, own: OwnKey | undefined, sink: EventSink): void {
  if (epoch.kind === 'clock') sink.note({ event: 'epoch-by-clock', level: 'warn', why: epoch.why });
  if (own?.kind === 'unkept') sink.note({ event: 'key-not-kept', level: 'warn', why: own.why });
}

type Failed = { readonly kind: 'failed'; readonly why: string };

function readText(
  path: string,
): { readonly kind: 'read'; readonly text: string } | { readonly kind: 'absent' } | Failed {
  try {
    return { kind: 'read', text: readFileSync(path, 'utf8') };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? { kind: 'absent' } : failed(error);
  }
}

/** Writes a file so that a crash leaves the old content or the new, never a part. */
function writeWhole(
  folder: string,
  name: string,
  text: string,
  mode: number,
): { readonly kind: 'written' } | Failed {
  const path = join(folder, name);
  const draft = `${path}.new`;
  try {
    makeFolder(folder);
    // A draft left by a crash would keep its own mode.
    rmSync(draft, { force: true });
    const file = openSync(draft, 'wx', mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    syncFolder(folder);
    return { kind: 'written' };
  } catch (error) {
    return failed(error);
  }
}

/** Node's recursive mkdir never returns where the kernel says ENOENT below an existing parent. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** The new name is on disk only once the folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function failed(error: unknown): Failed {
  return { kind: 'failed', why: whyOf(error) };
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
