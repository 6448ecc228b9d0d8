import { never } from '../../base/never.ts';
import type { Alarm, World } from '../../base/time.ts';
import type { Listener } from '../../ports/sip-engine.ts';
import type { Address, Place } from '../../sip/address.ts';
import { type Connection, newConnection, prospectOf } from './connection.ts';
import { noConnectionCounts, type WhyGivenUp } from './connection-counts.ts';
import type { ConnectionEars, SharedEars, Usage } from './connection-ears.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { type Entrance, entrance } from './entrance.ts';
import { type Far, newWay, wayName } from './far.ts';
import { type HeldBytes, heldBytes } from './held-bytes.ts';
import { isResponse } from './proto/framing.ts';
import type { StreamBound, StreamEars, StreamsBy } from './streams.ts';

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');

/**
 * Every connection, those that came in and those that we opened. One that came in is used again by
 * its own requests and calls alone, never because of an address that somebody wrote into a Via.
 */
export class Connections {
  readonly counts = noConnectionCounts();
  readonly #world: World;
  readonly #streams: StreamsBy;
  readonly #limits: ConnectionLimits;
  readonly #shared: SharedEars;
  readonly #all = new Map<number, Connection>();
  readonly #outgoing = new Map<string, Connection>();
  /** Those that came in, by their far end. */
  readonly #incoming = new Map<string, Connection>();
  readonly #entrance: Entrance;
  readonly #halves: HeldBytes;
  readonly #unread: HeldBytes;
  #lastId = 0;
  #sweep: Alarm | undefined;

  constructor(world: World, streams: StreamsBy, limits: ConnectionLimits, shared: SharedEars) {
    this.#world = world;
    this.#streams = streams;
    this.#limits = limits;
    this.#entrance = entrance(world.clock, limits, {
      all: () => this.all(),
      usage: () => shared.usage(),
      giveUp: (connection, why) => this.#giveUp(connection, why),
    });
    this.#halves = heldBytes(limits.halvesBytesMax, ({ framing }) => framing.keptBytes);
    this.#unread = heldBytes(limits.waitingBytesInAllMax, ({ socket }) => socket.waitingBytes);
    this.#shared = shared;
  }

  get size(): number {
    return this.#all.size;
  }

  all(): Iterable<Connection> {
    return this.#all.values();
  }

  isOpen(id: number): boolean {
    return this.#all.has(id);
  }

  listen(listener: Listener, ears: ConnectionEars): Promise<StreamBound> {
    const { transport } = listener;
    const streams = this.#streams[transport];
    const why = `there is no ${transport} here`;
    if (streams === undefined) return Promise.resolve({ kind: 'failed', why });
    return streams.listen(listener, (socket, far) => {
      const limit = this.#entrance.limitFor(far.address, transport);
      if (limit !== undefined) {
        this.counts.refused[limit] += 1;
        return undefined;
      }
      const connection = this.#add({ listener, far, way: undefined, isOpen: true, socket });
      this.#incoming.set(wayName(listener, far), connection);
      this.#entrance.came(connection);
      return this.#earsOf(connection, ears);
    });
  }

  /** The one that came in from there; undefined: there is none. */
  from(listener: Listener, far: Address): number | undefined {
    return this.#incoming.get(wayName(listener, far))?.id;
  }

  /** A message for a reader that takes nothing ends the connection, not the calls on it. */
  send(listener: Listener, bytes: Buffer, to: Far, ears: ConnectionEars): void {
    const known = this.#all.get(to.connection ?? 0);
    const connection = known ?? this.#toward(listener, newWay(to), ears);
    if (connection === undefined) {
      this.#failLater(bytes);
      return;
    }
    if (connection.socket.waitingBytes + bytes.length > this.#limits.waitingBytesMax) {
      this.#failLater(bytes);
      this.#giveUp(connection, 'slow-reader');
      return;
    }
    if (!isResponse(bytes)) connection.hasRequests = true;
    this.#write(connection, bytes);
  }

  close(): void {
    for (const { socket } of this.#all.values()) socket.cut();
    for (const kept of [this.#all, this.#outgoing, this.#incoming]) kept.clear();
    for (const kept of [this.#entrance, this.#halves, this.#unread]) kept.clear();
    if (this.#sweep !== undefined) this.#world.timers.clear(this.#sweep);
    this.#sweep = undefined;
  }

  /** Undefined: there is no way, or no room. */
  #toward(listener: Listener, far: Place | undefined, ears: ConnectionEars) {
    if (far === undefined) return undefined;
    const way = wayName(listener, far);
    const known = this.#outgoing.get(way);
    if (known !== undefined) return known;
    // Callers, who may be many and not there, never take the gateways' half.
    const share = listener.role === 'gateway' ? 1 : 0.5;
    if (this.#outgoing.size >= this.#limits.outgoingMax * share) {
      this.counts.refused.outgoing += 1;
      return undefined;
    }
    const streams = this.#streams[listener.transport];
    if (streams === undefined) return undefined;
    const told: { ears?: StreamEars } = {};
    const socket = streams.connect(listener.address, far, this.#limits.connectMs, {
      onOpen: () => told.ears?.onOpen(),
      onBytes: (bytes) => told.ears?.onBytes(bytes),
      onClosed: () => told.ears?.onClosed(),
    });
    const { address, port } = far;
    const place = { listener, far: { address, port }, way, isOpen: false, socket };
    const connection = this.#add(place);
    this.#outgoing.set(way, connection);
    told.ears = this.#earsOf(connection, ears);
    return connection;
  }

  #add(place: Omit<Parameters<typeof newConnection>[0], 'id'>): Connection {
    this.#lastId += 1;
    const connection = newConnection({ ...place, id: this.#lastId }, this.#world, this.#limits);
    this.#all.set(connection.id, connection);
    this.#sweepLater();
    return connection;
  }

  #write(connection: Connection, bytes: Buffer): void {
    connection.socket.write(bytes);
    if (connection.socket.waitingBytes === 0) return;
    for (const slow of this.#unread.look(connection)) this.#giveUp(slow, 'slow-reader');
  }

  #earsOf(connection: Connection, ears: ConnectionEars): StreamEars {
    return {
      onOpen: () => {
        connection.isOpen = true;
      },
      onCertified(names) {
        connection.certified = names;
      },
      onBytes: (bytes) => this.#onBytes(connection, bytes, ears),
      onClosed: () => this.#lose(connection),
    };
  }

  #onBytes(connection: Connection, chunk: Buffer, ears: ConnectionEars): void {
    const { framing, far, id, certified } = connection;
    const from: Far = { connection: id, certified, ...far };
    const now = this.#world.clock.mono();
    connection.heardAt = now;
    const found = framing.push(chunk);
    if (found.length === 0 && framing.isBetweenMessages && connection.pingedAt !== undefined) {
      connection.answersPings = true;
    }
    connection.pingedAt = undefined;
    let isPinged = false;
    if (found.length > 0) this.#entrance.spoke(connection);
    this.#weighHalf(connection, found.length > 0, now);
    for (const framed of found) {
      connection.spokeAt = now;
      switch (framed.what) {
        case 'message':
          ears.onMessage(framed.bytes, from);
          break;
        case 'ping':
          isPinged = true;
          break;
        case 'broken':
          ears.onBroken(framed, from);
          this.#finish(connection);
          break;
        default:
          never(framed);
      }
    }
    // One for all of them: who floods gets no flood back.
    if (isPinged && this.#all.has(id) && this.#hasRoom(connection)) this.#write(connection, PONG);
  }

  #weighHalf(connection: Connection, isNewMessage: boolean, now: number): void {
    const { framing, halfSince } = connection;
    if (framing.isBetweenMessages) connection.halfSince = undefined;
    else if (isNewMessage || halfSince === undefined) connection.halfSince = now;
    for (const half of this.#halves.look(connection)) this.#giveUp(half, 'half-message');
  }

  #hasRoom({ socket }: Connection): boolean {
    return socket.waitingBytes + PING.length <= this.#limits.waitingBytesMax;
  }

  #sweepLater(): void {
    this.#sweep ??= this.#world.timers.set(this.#limits.sweepMs, () => {
      this.#sweep = undefined;
      this.#lookAfter();
      if (this.#all.size > 0) this.#sweepLater();
    });
  }

  #lookAfter(): void {
    const now = this.#world.clock.mono();
    let usage: Usage | undefined;
    const isUsed: Usage = (one) => {
      usage ??= this.#shared.usage();
      return usage(one);
    };
    for (const connection of this.#all.values()) {
      const prospect = prospectOf(connection, now, this.#limits, isUsed);
      switch (prospect) {
        case 'stays':
          break;
        case 'ping':
          this.#ping(connection, now);
          break;
        case 'dead':
          this.#giveUp(connection, 'dead');
          break;
        case 'late':
          this.#count(connection, 'late');
          this.#finish(connection);
          break;
        case 'over':
          this.#finish(connection);
          break;
        default:
          never(prospect);
      }
    }
  }

  #ping(connection: Connection, now: number): void {
    if (!this.#hasRoom(connection)) return;
    if (connection.pingedAt !== undefined) connection.pingsIgnored += 1;
    connection.pingedAt = now;
    this.#write(connection, PING);
  }

  #giveUp(connection: Connection, why: WhyGivenUp): void {
    if (!this.#all.has(connection.id)) return;
    this.#count(connection, why);
    this.#lose(connection);
  }

  #count({ far }: Connection, why: WhyGivenUp): void {
    this.counts.givenUp[why] += 1;
    this.#shared.onGivenUp?.(why, far.address);
  }

  #finish(connection: Connection): void {
    this.#forget(connection);
    connection.socket.end();
  }

  #lose(connection: Connection): void {
    if (!this.#all.has(connection.id)) return;
    this.#forget(connection);
    connection.socket.cut();
    const { id, way, isOpen: wasOpen, hasRequests } = connection;
    if (!hasRequests) return;
    this.#world.timers.set(0, () => this.#shared.onLost({ id, way, wasOpen }));
  }

  #forget(connection: Connection): void {
    const { id, way, far, listener } = connection;
    if (!this.#all.delete(id)) return;
    for (const kept of [this.#halves, this.#unread]) kept.forget(connection);
    if (way !== undefined) {
      this.#outgoing.delete(way);
      return;
    }
    this.#entrance.left(connection);
    const from = wayName(listener, far);
    if (this.#incoming.get(from) === connection) this.#incoming.delete(from);
  }

  /** Not at once: who sends is in the middle of something. */
  #failLater(bytes: Buffer): void {
    this.#world.timers.set(0, () => this.#shared.onSendFailure(bytes));
  }
}
