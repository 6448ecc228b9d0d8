import { Socket } from 'node:net';
import type { MonoMs } from '../../base/brands.ts';
import type { Alarm, World } from '../../base/time.ts';
import { type Address, type Family, familyOf, type Transport } from '../../sip/address.ts';
import type { SrfCallback } from './srf.ts';
import {
  type SrfClient,
  type SrfReceived,
  type SrfReply,
  type SrfRequest,
  srfClient,
} from './srf.ts';

/** One drachtio-server: where its admin port is, and the secret it asks for. */
export type ServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
};

/** Where a drachtio-server speaks SIP. */
export type SipPlace = Address & { readonly transport: Transport };

export type LinkEars = {
  onUp(link: ServerLink, version: string): void;
  /** It was up, and what it held is lost to us. */
  onDown(link: ServerLink, why: string): void;
  /** It cannot be used; told once for each reason. */
  onUnusable(link: ServerLink, why: string): void;
  onRequest(link: ServerLink, request: SrfReceived, reply: SrfReply): void;
};

type State =
  | { readonly tag: 'down'; readonly why: string }
  | { readonly tag: 'up'; readonly places: readonly SipPlace[] };

/** New calls go elsewhere while an order waits longer than this to be taken. */
const PROMPT_MS = 500;
const RETRY_MS = 500;
const UNTAKEN_MAX = 10_000;
/** The first one that counts a frame in bytes. */
const VERSION_MIN = [0, 9] as const;

/** The connection to one drachtio-server, which comes back by itself. */
export class ServerLink {
  readonly name: string;
  readonly #options: ServerOptions;
  readonly #world: World;
  readonly #ears: LinkEars;
  #srf: SrfClient;
  #state: State = { tag: 'down', why: 'it has not answered yet' };
  #isClosed = false;
  #retry: Alarm | undefined;
  /** When each order was given that the server has not confirmed, the oldest first. */
  readonly #untaken = new Map<number, MonoMs>();
  #orders = 0;

  constructor(options: ServerOptions, world: World, ears: LinkEars) {
    this.name = `${options.host}:${options.port}`;
    this.#options = options;
    this.#world = world;
    this.#ears = ears;
    this.#srf = this.#connect();
  }

  /** Why no call goes there now; undefined: it takes calls. */
  get hindrance(): string | undefined {
    if (this.#state.tag === 'down') return this.#state.why;
    const [oldest] = this.#untaken.values();
    if (oldest === undefined) return undefined;
    const isLate = this.#world.clock.mono() - oldest > PROMPT_MS;
    return isLate || this.#untaken.size >= UNTAKEN_MAX ? 'it does not answer' : undefined;
  }

  /** Where it speaks that transport over that version of IP; undefined: nowhere. */
  placeOf(transport: Transport, family: Family): SipPlace | undefined {
    if (this.#state.tag === 'down') return undefined;
    return this.#state.places.find(
      (place) => place.transport === transport && familyOf(place.address) === family,
    );
  }

  /** The callback comes once, unless the connection is lost first; never before this returns. */
  request(request: SrfRequest, callback: SrfCallback): void {
    this.#orders += 1;
    const order = this.#orders;
    this.#untaken.set(order, this.#world.clock.mono());
    let isGiven = false;
    const taken: SrfCallback = (error, sent) => {
      this.#untaken.delete(order);
      if (isGiven) callback(error, sent);
      else setImmediate(() => callback(error, sent));
    };
    try {
      this.#srf.request(request, taken);
    } catch (error) {
      // The library asserts that there is a socket.
      taken(error instanceof Error ? error : undefined);
    }
    isGiven = true;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#retry !== undefined) this.#world.timers.clear(this.#retry);
    disconnect(this.#srf, this.#state.tag === 'up');
    this.#state = { tag: 'down', why: 'it is closed' };
  }

  #connect(): SrfClient {
    const { host, port, secret } = this.#options;
    const srf = srfClient();
    const isOurs = () => srf === this.#srf && !this.#isClosed;
    srf.on('connect', (error, hostports, version) => {
      if (!isOurs()) disconnect(srf, true);
      else if (error) this.#unusable('it refused the secret');
      else this.#greet(hostports ?? '', version ?? '');
    });
    srf.on('error', (error) => {
      if (isOurs()) this.#unusable(error.message);
    });
    srf.on('close', () => {
      if (isOurs()) this.#lose();
    });
    srf.use((request, reply) => this.#ears.onRequest(this, request, reply));
    srf.connect({ host, port, secret, reconnect: { retryMaxDelay: RETRY_MS } });
    return srf;
  }

  #greet(hostports: string, version: string): void {
    const places = hostports.split(',').flatMap(readPlace);
    if (!isNewEnough(version)) {
      this.#unusable(`it is ${version || 'of no version'}; ${VERSION_MIN.join('.')} is needed`);
    } else if (places.length === 0) {
      // Its admin port is open before the others are.
      this.#startOver();
    } else {
      this.#untaken.clear();
      this.#state = { tag: 'up', places };
      this.#ears.onUp(this, version);
    }
  }

  #startOver(): void {
    disconnect(this.#srf, true);
    this.#retry = this.#world.timers.set(RETRY_MS, () => {
      this.#srf = this.#connect();
    });
  }

  #lose(): void {
    if (this.#state.tag === 'down') return;
    const why = 'its connection was lost';
    this.#state = { tag: 'down', why };
    this.#untaken.clear();
    this.#ears.onDown(this, why);
  }

  #unusable(why: string): void {
    if (this.#state.tag === 'up' || this.#state.why === why) return;
    this.#state = { tag: 'down', why };
    this.#ears.onUnusable(this, why);
  }
}

/** For good: a socket that never was open tells the library too that it shall not come back. */
function disconnect(srf: SrfClient, isConnected: boolean): void {
  srf.disconnect(isConnected ? undefined : new Socket());
}

function isNewEnough(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined) return false;
  return Number(major) > VERSION_MIN[0] || Number(minor) >= VERSION_MIN[1];
}

/** Reads `udp/10.0.0.21:5060`. */
function readPlace(text: string): SipPlace[] {
  const [, transport, address, port] = /^(udp|tcp|tls)\/\[?([^\]]+)\]?:(\d+)$/.exec(text) ?? [];
  if (transport === undefined || address === undefined) return [];
  return [{ transport: transport as Transport, address, port: Number(port) }];
}
