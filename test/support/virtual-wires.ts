import type {
  DialEars,
  LinkEars,
  LinkSocket,
  LinkWires,
  WelcomeEars,
} from '../../lib/cluster/links/wires.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import type { VirtualWorld } from './virtual-world.ts';

const DIAL_MS = 3000;

type End = {
  readonly site: number;
  ears: LinkEars | undefined;
  other: End | undefined;
  waiting: Buffer[];
  /** When the last bytes from here are there: a connection keeps the order. */
  lastAt: number;
};

/** Secured connections between sites of one process, on virtual time. Who dials is believed. */
export class VirtualWires {
  readonly #time: VirtualWorld;
  readonly #doors = new Map<string, { readonly site: number; readonly ears: WelcomeEars }>();
  readonly #ends = new Set<End>();
  /** One way, between any two sites. */
  delayMs: (from: number, to: number) => number = () => 1;
  /** Nothing passes between these two, and nobody is told. */
  isCut: (one: number, other: number) => boolean = () => false;
  /** This site takes nothing: what is written to it waits, and who dials it waits too. */
  isDeaf: (site: number) => boolean = () => false;
  /** A site has written a piece. */
  onWritten: (from: number) => void = () => undefined;
  /** What becomes of each frame that one site writes to another, also of several in a piece. */
  alters: (bytes: Buffer, from: number, to: number) => Buffer = (bytes) => bytes;
  /** Every dial, as `1>2`. */
  readonly dialled: string[] = [];

  constructor(time: VirtualWorld) {
    this.#time = time;
  }

  /** The connections that are open, each counted once. */
  get open(): number {
    return (
      [...this.#ends].filter(({ ears, other }) => ears !== undefined && other?.ears).length / 2
    );
  }

  of(site: number): LinkWires {
    let door: string | undefined;
    return {
      listen: async (local, ears) => {
        door = writeAddress(local);
        this.#doors.set(door, { site, ears });
        return { kind: 'listening' };
      },
      dial: (far, ears) => this.#dial(site, far, ears),
      close: async () => {
        if (door !== undefined) this.#doors.delete(door);
      },
    };
  }

  /** Breaks every connection of a site, as when its process has ended. */
  breakAll(site: number): void {
    for (const end of this.#ends) if (end.site === site && end.other) this.#close(end.other);
    for (const end of this.#ends) if (end.site === site) this.#close(end);
  }

  /** Bytes as a peer would say them; for what no peer of ours says. */
  inject(from: number, to: number, bytes: Buffer): void {
    for (const end of this.#ends)
      if (end.site === to && end.other?.site === from) end.ears?.onBytes(bytes);
  }

  #dial(site: number, far: Address, ears: DialEars): LinkSocket {
    const door = this.#doors.get(writeAddress(far));
    this.dialled.push(`${site}>${door?.site ?? '?'}`);
    const end: End = { site, ears, other: undefined, waiting: [], lastAt: 0 };
    this.#ends.add(end);
    const refuse = (why: 'unreachable' | 'silent') => {
      this.#ends.delete(end);
      if (end.ears === undefined) return;
      end.ears = undefined;
      ears.onRefused(why, why);
    };
    if (door === undefined) this.#after(1, () => refuse('unreachable'));
    else if (this.isCut(site, door.site) || this.isDeaf(door.site))
      this.#after(DIAL_MS, () => refuse('silent'));
    else this.#after(2 * this.delayMs(site, door.site), () => this.#meet(end, door, ears));
    return this.#socket(end);
  }

  #meet(end: End, door: { site: number; ears: WelcomeEars }, ears: DialEars): void {
    if (end.ears === undefined) return;
    const other: End = { site: door.site, ears: undefined, other: end, waiting: [], lastAt: 0 };
    this.#ends.add(other);
    end.other = other;
    ears.onOpen();
    const far = { address: `site-${end.site}`, port: 1 };
    other.ears = door.ears.onArrived(this.#socket(other), end.site, far);
    if (other.ears === undefined) this.#after(1, () => this.#close(end));
  }

  #socket(end: End): LinkSocket {
    const leave = () => {
      end.ears = undefined;
      this.#ends.delete(end);
      const { other } = end;
      if (other === undefined || this.isCut(end.site, other.site)) return;
      this.#after(this.delayMs(end.site, other.site), () => this.#close(other));
    };
    return {
      get waitingBytes() {
        return end.waiting.reduce((sum, { length }) => sum + length, 0);
      },
      write: (bytes) => {
        const to = end.other?.site;
        this.onWritten(end.site);
        const altered = (frame: Buffer) =>
          to === undefined ? frame : this.alters(frame, end.site, to);
        this.#carry(end, Buffer.concat(framesOf(bytes).map(altered)));
      },
      end: leave,
      cut: leave,
    };
  }

  #carry(from: End, bytes: Buffer): void {
    const to = from.other;
    if (to === undefined || this.isCut(from.site, to.site)) return;
    if (this.isDeaf(to.site)) {
      from.waiting.push(bytes);
      return;
    }
    for (const one of [...from.waiting.splice(0), bytes]) {
      const copy = Buffer.from(one);
      from.lastAt = Math.max(from.lastAt, this.#time.nowMs + this.delayMs(from.site, to.site));
      this.#time.at(from.lastAt, () => to.ears?.onBytes(copy));
    }
  }

  #close(end: End): void {
    this.#ends.delete(end);
    const { ears } = end;
    end.ears = undefined;
    ears?.onClosed();
  }

  #after(delayMs: number, run: () => void): void {
    this.#time.at(this.#time.nowMs + delayMs, run);
  }
}

/** What begins with a length of 32 bits each. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const frame = rest.subarray(0, 4 + rest.readUInt32BE(0));
    frames.push(frame);
    rest = rest.subarray(frame.length);
  }
  return frames;
}
