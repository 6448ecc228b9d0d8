import type {
  Accept,
  StreamEars,
  StreamSocket,
  Streams,
} from '../../lib/engine/builtin/streams.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import type { VirtualWorld } from './virtual-world.ts';

const PORT_FIRST = 40_000;

/** One end as a test uses it. */
export type VirtualEnd = StreamSocket & { readonly near: Address; readonly far: Address };

type End = {
  readonly near: Address;
  readonly far: Address;
  other: End | undefined;
  ears: StreamEars | undefined;
  isOpen: boolean;
  /** Takes nothing: what is written to it waits. */
  isDeaf: boolean;
  waiting: Buffer[];
};

/** Connections between parts of one process, on virtual time: in order, whole, in any pieces. */
export class VirtualStreams implements Streams {
  readonly #time: VirtualWorld;
  readonly #listeners = new Map<string, Accept>();
  #lastPort = PORT_FIRST;
  delayMs = 0;
  /** The most bytes that arrive at once. */
  pieceBytesMax = 65_536;
  /** Answers whether nobody there answers, not even to refuse. */
  isSilent: (far: Address) => boolean = () => false;
  /** Every connection that was opened, as `near>far`. */
  readonly opened: string[] = [];
  readonly #ends = new Set<End>();

  constructor(time: VirtualWorld) {
    this.#time = time;
  }

  attach(local: Address, accept: Accept): () => void {
    const key = writeAddress(local);
    this.#listeners.set(key, accept);
    return () => this.#listeners.delete(key);
  }

  async listen(local: Address, accept: Accept) {
    const close = this.attach(local, accept);
    return { kind: 'bound' as const, close: async () => close() };
  }

  connect(local: string, far: Address, timeoutMs: number, ears: StreamEars): VirtualEnd {
    this.#lastPort += 1;
    const { address, port } = far;
    const near = { address: local, port: this.#lastPort };
    this.opened.push(`${writeAddress(near)}>${writeAddress(far)}`);
    const end = newEnd(near, { address, port }, ears);
    const fail = () => this.#close(end);
    if (this.isSilent(far)) this.#time.at(this.#time.nowMs + timeoutMs, fail);
    else this.#later(() => this.#arrive(end, this.#listeners.get(writeAddress(far))));
    return this.#socket(end);
  }

  /** Makes whoever is connected from an address read nothing any more. */
  deafen(address: string): void {
    for (const end of this.#ends) if (end.near.address === address) end.isDeaf = true;
  }

  #arrive(end: End, accept: Accept | undefined): void {
    if (end.ears === undefined) return;
    const other = newEnd(end.far, end.near, undefined);
    other.other = end;
    const ears = accept?.(this.#socket(other), end.near);
    if (ears === undefined) {
      this.#close(end);
      return;
    }
    other.ears = ears;
    end.other = other;
    for (const one of [end, other]) {
      one.isOpen = true;
      this.#ends.add(one);
    }
    end.ears.onOpen();
    for (const bytes of end.waiting.splice(0)) this.#carry(other, bytes);
  }

  #socket(end: End): VirtualEnd {
    const waitingBytes = () => end.waiting.reduce((sum, { length }) => sum + length, 0);
    return {
      near: end.near,
      far: end.far,
      get waitingBytes() {
        return waitingBytes();
      },
      write: (bytes) => {
        if (end.other === undefined || end.other.isDeaf) end.waiting.push(bytes);
        else this.#carry(end.other, bytes);
      },
      end: () => this.#leave(end),
      cut: () => this.#leave(end),
    };
  }

  /** Its own side hears nothing more; the other one hears of it. */
  #leave(end: End): void {
    end.ears = undefined;
    const { other } = end;
    if (other !== undefined) this.#later(() => this.#close(other));
    this.#ends.delete(end);
  }

  #close(end: End): void {
    this.#ends.delete(end);
    const { ears } = end;
    end.ears = undefined;
    ears?.onClosed();
  }

  #carry(to: End, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += this.pieceBytesMax) {
      const piece = Buffer.from(bytes.subarray(at, at + this.pieceBytesMax));
      this.#later(() => to.ears?.onBytes(piece));
    }
  }

  #later(run: () => void): void {
    this.#time.at(this.#time.nowMs + this.delayMs, run);
  }
}

function newEnd(near: Address, far: Address, ears: StreamEars | undefined): End {
  return { near, far, other: undefined, ears, isOpen: false, isDeaf: false, waiting: [] };
}
