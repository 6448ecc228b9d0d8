import type { MonoMs } from '../../base/brands.ts';
import type { Clock, Rng, World } from '../../base/time.ts';
import type { Wire, Wires } from './wires.ts';

/** What measures how long datagrams wait at a socket before they are read. */
export type OwnEcho = {
  /** The next datagram to the socket's own address. */
  next(): Buffer;
  /** Takes a datagram that may be one of ours. */
  hear(bytes: Buffer): void;
  /** The wait of the last one, or the age of one that is still owed if that is more. */
  waitedMs(): number;
};

/** Begins like no SIP message, as what keeps a way open does: whoever gets it drops it. */
const COOKIE = '\0landfall ';
const NAME_BYTES = 12;
/** One that has not come by then was dropped: the queue is full, or the way is barred. */
const PATIENCE_MS = 3000;

/**
 * A timer tells how late the event loop is, but not how much waits in the system: a busy loop reads
 * a little, runs its timers, reads on. A datagram of ours waits as long as a caller's does. Where
 * none ever comes back, as behind a packet filter, nothing is known and nothing is said.
 */
export function ownEcho(clock: Clock, rng: Rng): OwnEcho {
  const name = `${COOKIE}${Buffer.from(rng.bytes(NAME_BYTES)).toString('hex')} `;
  /** In the order in which they were sent. */
  const owed: { readonly serial: number; readonly sentAt: MonoMs }[] = [];
  let serial = 0;
  let lastMs = 0;
  let comesBack = false;
  return {
    next() {
      serial += 1;
      owed.push({ serial, sentAt: clock.mono() });
      return Buffer.from(`${name}${serial}`, 'latin1');
    },
    hear(bytes) {
      const text = bytes.toString('latin1');
      if (!text.startsWith(name)) return;
      const heard = Number(text.slice(name.length));
      const found = owed.findIndex((echo) => echo.serial === heard);
      if (found < 0) return;
      // Those before it were lost: a socket is read in the order of arrival.
      const gone = owed.splice(0, found + 1);
      lastMs = clock.mono() - (gone.at(-1)?.sentAt ?? clock.mono());
      comesBack = true;
    },
    waitedMs() {
      const [oldest] = owed;
      const ageMs = oldest === undefined ? 0 : clock.mono() - oldest.sentAt;
      if (ageMs > PATIENCE_MS) {
        owed.length = 0;
        lastMs = 0;
        comesBack = false;
      }
      return comesBack ? Math.max(lastMs, ageMs) : 0;
    },
  };
}

/** How long what arrives now waits before it is read, at the slowest UDP socket. */
export type QueueWatch = {
  /** What it has been since the last time this was asked. */
  waitedMs(): number;
  /** Takes a datagram that is no message. */
  hear(wire: Wire, bytes: Buffer): void;
};

export function queueWatch({ clock, rng }: Pick<World, 'clock' | 'rng'>, wires: Wires): QueueWatch {
  const echoes = new Map<Wire, OwnEcho>();
  return {
    waitedMs() {
      let longestMs = 0;
      for (const listener of wires.listeners) {
        if (listener.transport !== 'udp') continue;
        const wire = wires.of(listener);
        const echo = echoes.get(wire) ?? ownEcho(clock, rng);
        echoes.set(wire, echo);
        longestMs = Math.max(longestMs, echo.waitedMs());
        wires.send(wire, echo.next(), listener);
      }
      return longestMs;
    },
    hear: (wire, bytes) => echoes.get(wire)?.hear(bytes),
  };
}
