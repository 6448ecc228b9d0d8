import { decodeFrame, type Frame } from '../../../lib/cluster/links/frame.ts';
import { FRAMES_MAX } from '../../../lib/cluster/relay/stray-book.ts';
import { readReturn, readStray } from '../../../lib/cluster/relay/stray-frame.ts';
import type { Complain } from '../model.ts';

const LENGTH_BYTES = 4;
/** Asking, once more, and no third time. */
const TRIES_MAX = 2;

type Stray = { asks: number; frames: number };

/** Watches what sites say to each other. */
export type FrameWatch = {
  /** What one site writes to another. */
  written(bytes: Buffer, from: number, to: number): void;
  /** A message came to a site from outside. */
  arrived(bytes: Buffer, site: number): void;
  /** A new start counts its strays anew. */
  began(site: number): void;
  /** When claims and strays were spoken of last, and how often in all. */
  readonly lastTalkMs: () => number;
  readonly talks: () => number;
};

export function readFrame(bytes: Buffer): Frame | undefined {
  const read = decodeFrame(bytes.subarray(LENGTH_BYTES), Number.POSITIVE_INFINITY);
  return read.what === 'frame' ? read.frame : undefined;
}

export function watchFrames(
  nowMs: () => number,
  versionOf: (site: number) => number,
  complain: Complain,
): FrameWatch {
  /** By the site that received it and its number there. */
  const strays = new Map<string, Stray>();
  /** Questions about strays, by who asked whom and the id. */
  const asked = new Map<string, string>();
  const arrivals = new Map<number, Set<string>>();
  let lastTalkMs = 0;
  let talks = 0;

  const count = (name: string, isAsk: boolean) => {
    const stray = strays.get(name) ?? { asks: 0, frames: 0 };
    strays.set(name, stray);
    stray.frames += 1;
    if (isAsk) stray.asks += 1;
    if (stray.frames > FRAMES_MAX) complain('P5', `${stray.frames} frames for stray ${name}`);
    if (stray.asks > TRIES_MAX) complain('P5', `stray ${name} was sent ${stray.asks} times`);
  };
  const carried = (body: Buffer, id: number, from: number, to: number) => {
    const stray = readStray(body);
    if (stray === undefined) return;
    const name = `${from}.${stray.number}`;
    asked.set(`${from}>${to} ${id}`, name);
    count(name, true);
    if (arrivals.get(from)?.has(stray.raw.toString('latin1')) !== true)
      complain('P5', `site ${from} sent on what had not come to it`);
  };

  return {
    written(bytes, from, to) {
      const frame = readFrame(bytes);
      if (frame === undefined || frame.kind === 'hello') return;
      const spoken = Math.min(versionOf(from), versionOf(to));
      const version = bytes[LENGTH_BYTES] ?? 0;
      if (version > spoken) complain('version', `${from} says ${version} to ${to}`);
      if (frame.kind !== 'ask' && frame.kind !== 'answer' && frame.kind !== 'tell') return;
      lastTalkMs = nowMs();
      talks += 1;
      if (frame.kind === 'ask' && frame.subject === 'stray')
        carried(frame.body, frame.id, from, to);
      if (frame.kind === 'answer') {
        const name = asked.get(`${to}>${from} ${frame.id}`);
        asked.delete(`${to}>${from} ${frame.id}`);
        if (name !== undefined) count(name, false);
      }
      const back =
        frame.kind === 'tell' && frame.subject === 'send' ? readReturn(frame.body) : undefined;
      if (back !== undefined) count(`${to}.${back.number}`, false);
    },
    arrived(bytes, site) {
      const known = arrivals.get(site) ?? new Set();
      arrivals.set(site, known);
      known.add(bytes.toString('latin1'));
    },
    began(site) {
      for (const name of strays.keys()) if (name.startsWith(`${site}.`)) strays.delete(name);
      for (const name of asked.keys()) if (name.startsWith(`${site}>`)) asked.delete(name);
    },
    lastTalkMs: () => lastTalkMs,
    talks: () => talks,
  };
}
