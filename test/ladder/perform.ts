import { setTimeout as pause } from 'node:timers/promises';
import { tcpStreams } from '../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import { openCast } from './cast.ts';
import { type Line, type Script, type Seen, writeLine } from './script.ts';
import type { Scene } from './scripted-message.ts';

/** What a busy machine may add to any moment. */
const LATE_MS_MAX = 500;
/** Clocks differ, and what is late once is not late twice. */
const EARLY_MS_MAX = 50;

export type Performance = {
  /** What was not as the ladder says, then all that was seen; empty where everything was right. */
  readonly faults: readonly string[];
  /** What has come that no line speaks of. */
  surplus(): readonly string[];
  close(): Promise<void>;
};

/**
 * Plays a ladder on real sockets and by a real clock, against a site that runs by itself. An actor
 * says its line when its time has come and all lines before it were seen, so that it has heard what
 * it answers. The order is exact wherever the system keeps one.
 */
export async function perform(script: Script, scene: Scene): Promise<Performance> {
  let begunAt = performance.now();
  const nowMs = () => performance.now() - begunAt;
  const bell = openBell();
  const nets = { datagrams: udpDatagrams(), streams: tcpStreams() };
  const cast = await openCast(script, { ...scene, ...nets, nowMs, onSeen: bell.ring });
  const unread = openReader(script, cast.seen);
  const lag = openLag();
  const faults: string[] = [];
  begunAt = performance.now();
  for (const line of script.lines) {
    const isOurs = cast.isOurs(line);
    if (isOurs) {
      await pause(line.atMs + lag.nowMs - nowMs());
      cast.say(line);
    } else {
      const { toMs } = lag.windowOf(line);
      while (unread.next(line) === undefined && nowMs() < toMs) await bell.within(toMs - nowMs());
    }
    const found = unread.take(line);
    const fault = faultOf(line, found, isOurs ? undefined : lag.windowOf(line));
    if (fault !== undefined) faults.push(fault, ...cast.seen.map(writeLine));
    if (fault !== undefined || found === undefined) break;
    lag.note(line, found.atMs, isOurs);
  }
  return { faults, surplus: () => unread.left(), close: () => cast.close() };
}

type Window = { readonly fromMs: number; readonly toMs: number };

function faultOf(line: Line, found: Seen | undefined, window: Window | undefined) {
  const wanted = writeLine(line);
  if (found === undefined) return `never came: ${wanted}`;
  const { atMs, from, to, text } = found;
  if (from !== line.from || to !== line.to || text !== line.text) {
    return `came instead of ${wanted}: ${writeLine(found)}`;
  }
  if (window === undefined || (atMs >= window.fromMs && atMs <= window.toMs)) return undefined;
  return `came at another time than ${wanted}: ${writeLine(found)}`;
}

/** Something that can be waited for to be struck. */
function openBell() {
  let strike: () => void = () => undefined;
  return {
    ring: () => strike(),
    within: (ms: number) =>
      new Promise<void>((resolve) => {
        const alarm = setTimeout(resolve, ms);
        strike = () => {
          clearTimeout(alarm);
          resolve();
        };
      }),
  };
}

/** Reads what was seen in the order of its way: one UDP socket, or one connection. */
function openReader({ gateways, caller }: Script, seen: readonly Seen[]) {
  const read = new Set<Seen>();
  const transportOf = (name: string) =>
    name.startsWith('g') ? gateways[Number(name.slice(1)) - 1] : caller;
  const wayOf = ({ from, to }: Seen) => {
    const [actor, site] = /^[AUB]$/.test(from) ? [to, from] : [from, to];
    return transportOf(actor) === 'udp' ? actor : `${actor} ${site}`;
  };
  const next = (line: Line) => seen.find((one) => !read.has(one) && wayOf(one) === wayOf(line));
  return {
    next,
    take(line: Line): Seen | undefined {
      const found = next(line);
      if (found !== undefined) read.add(found);
      return found;
    },
    left: () => seen.filter((one) => !read.has(one)).map(writeLine),
  };
}

/**
 * How far the play is behind its script. An actor that spoke late makes all the others late, but
 * what the site had begun before is not.
 */
function openLag() {
  let [leastMs, nowMs, mostMs] = [0, 0, 0];
  return {
    get nowMs() {
      return nowMs;
    },
    /** When a line of the site may come. */
    windowOf({ atMs, between }: Line): Window {
      const { fromMs, toMs } = between ?? { fromMs: atMs, toMs: atMs };
      return { fromMs: fromMs + leastMs - EARLY_MS_MAX, toMs: toMs + mostMs + LATE_MS_MAX };
    },
    /** A line was seen; where the site has drawn lots, the rest goes by what it has drawn. */
    note({ atMs, between }: Line, seenAtMs: number, isOurs: boolean): void {
      const lateMs = seenAtMs - atMs;
      if (between !== undefined || (isOurs && lateMs > nowMs)) nowMs = lateMs;
      leastMs = Math.min(leastMs, nowMs);
      mostMs = Math.max(mostMs, nowMs);
    },
  };
}
