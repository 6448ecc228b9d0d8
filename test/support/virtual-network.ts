import type { DatagramEars, Datagrams } from '../../lib/engine/builtin/datagrams.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import type { VirtualWorld } from './virtual-world.ts';

export type Packet = { readonly bytes: Buffer; readonly from: Address; readonly to: Address };

export type Weather = {
  readonly delayMs: number;
  /** Extra delay, uniform from 0; enough of it reorders. */
  readonly jitterMs: number;
  /** Shares from 0 to 1. */
  readonly loss: number;
  readonly duplication: number;
};

export const FINE: Weather = { delayMs: 1, jitterMs: 0, loss: 0, duplication: 0 };

/** A network between sockets of one process, on virtual time. */
export class VirtualNetwork implements Datagrams {
  readonly #time: VirtualWorld;
  readonly #sockets = new Map<string, DatagramEars>();
  weather: Weather;
  /** Sees each packet as it is sent, before the weather has its say. */
  onPacket: (packet: Packet) => void = () => undefined;
  /** Sees each packet as it arrives, before the one it is for. */
  onArrival: (packet: Packet) => void = () => undefined;
  /** Answers whether the sender's system has no way to an address. */
  refuses: (to: Address) => boolean = () => false;
  /** What becomes of a packet before anybody sees it. */
  alters: (packet: Packet) => Packet = (packet) => packet;
  /** After how long a packet arrives once more, beyond what the weather does; mostly never. */
  comesAgainAfterMs: (packet: Packet) => number | undefined = () => undefined;
  /** Answers whether a packet is swallowed on its way. */
  drops: (packet: Packet) => boolean = () => false;

  constructor(time: VirtualWorld, weather: Weather = FINE) {
    this.#time = time;
    this.weather = weather;
  }

  /** Settles at once, so that a simulation needs no turn of the event loop to begin. */
  attach(
    local: Address,
    ears: DatagramEars,
  ): { send(bytes: Buffer, to: Address): void; close(): void } {
    const key = writeAddress(local);
    if (this.#sockets.has(key)) throw new Error(`${key} is bound already`);
    this.#sockets.set(key, ears);
    return {
      send: (bytes, to) => {
        if (this.refuses(to)) ears.onSendFailure(to, 'no route to host', bytes);
        else this.#send({ bytes, from: local, to });
      },
      close: () => this.#sockets.delete(key),
    };
  }

  async bind(local: Address, ears: DatagramEars) {
    const socket = this.attach(local, ears);
    return {
      kind: 'bound' as const,
      socket: {
        send: (bytes: Buffer, to: Address) => socket.send(bytes, to),
        close: async () => socket.close(),
      },
    };
  }

  #send(original: Packet): void {
    const packet = this.alters(original);
    this.onPacket(packet);
    if (this.drops(packet)) return;
    const { loss, duplication } = this.weather;
    if (loss > 0 && this.#time.random() < loss) return;
    this.#carry(packet);
    if (duplication > 0 && this.#time.random() < duplication) this.#carry(packet);
    const againMs = this.comesAgainAfterMs(packet);
    if (againMs !== undefined) this.deliver(packet, againMs);
  }

  /** Lets a packet arrive, wherever it came from. */
  deliver(packet: Packet, afterMs: number): void {
    this.#time.at(this.#time.nowMs + afterMs, () => {
      this.onArrival(packet);
      this.#sockets.get(writeAddress(packet.to))?.onDatagram(packet.bytes, packet.from);
    });
  }

  #carry(packet: Packet): void {
    const { delayMs, jitterMs } = this.weather;
    const wait = delayMs + (jitterMs > 0 ? this.#time.random() * jitterMs : 0);
    this.deliver(packet, wait);
  }
}
