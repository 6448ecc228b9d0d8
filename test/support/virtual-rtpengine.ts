import { fieldsOf, type NgFields } from '../../lib/media/rtpengine/ng-message.ts';
import type { NgEars, NgSockets } from '../../lib/media/rtpengine/ng-socket.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** `dead`: the port is closed. `hung`: what comes waits until it wakes. */
export type EngineState = 'alive' | 'dead' | 'hung';

/** As much of rtpengine as its client can tell: calls, cookies, and ports that it gives out. */
export class VirtualRtpengine {
  readonly at: Address;
  readonly calls = new Set<string>();
  #state: EngineState = 'alive';
  readonly #cookies = new Map<string, string>();
  #waiting: (() => void)[] = [];
  #port = 30_000;

  constructor(at: Address) {
    this.at = at;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** A death takes its memory with it. */
  turn(state: EngineState): void {
    this.#state = state;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (state === 'alive') for (const run of waiting) run();
    if (state !== 'dead') return;
    this.calls.clear();
    this.#cookies.clear();
  }

  hear(message: string, answer: (reply: string) => void, refuse: () => void): void {
    if (this.#state === 'dead') refuse();
    else if (this.#state === 'hung') this.#waiting.push(() => answer(this.#replyTo(message)));
    else answer(this.#replyTo(message));
  }

  /** A cookie that it has seen gets what it got. */
  #replyTo(message: string): string {
    const space = message.indexOf(' ');
    const cookie = message.slice(0, space);
    const known = this.#cookies.get(cookie);
    if (known !== undefined) return known;
    const request = fieldsOf(JSON.parse(message.slice(space + 1))) ?? {};
    const reply = `${cookie} ${JSON.stringify(this.#served(request))}`;
    this.#cookies.set(cookie, reply);
    return reply;
  }

  #served(request: NgFields): NgFields {
    if (request['command'] === 'ping') return { result: 'pong' };
    const id = textIn(request, 'call-id');
    switch (request['command']) {
      case 'offer':
        this.calls.add(id);
        return { result: 'ok', sdp: this.#rewritten(textIn(request, 'sdp')) };
      case 'answer':
        if (!this.calls.has(id)) break;
        return { result: 'ok', sdp: this.#rewritten(textIn(request, 'sdp')) };
      case 'query':
        if (!this.calls.has(id)) break;
        return { result: 'ok', tags: {} };
      case 'delete':
        if (request['to-tag'] === undefined && request['via-branch'] === undefined)
          this.calls.delete(id);
        return { result: 'ok' };
      default:
        break;
    }
    return { result: 'error', 'error-reason': 'Unknown call-id' };
  }

  #rewritten(sdp: string): string {
    this.#port += 2;
    return sdp
      .replace(/^c=.*$/m, `c=IN IP4 ${this.at.address}`)
      .replace(/^m=audio \d+/m, `m=audio ${this.#port}`);
  }
}

function textIn(request: NgFields, name: string): string {
  const value = request[name];
  if (typeof value !== 'string') throw new Error(`${name} is no text`);
  return value;
}

export type Way = {
  /** Shares of the datagrams, each way. */
  readonly lost: number;
  readonly twice: number;
  readonly delayMsMax: number;
};

/** Sockets to them, over a network that loses, doubles and delays. */
export function virtualNgSockets(
  virtual: VirtualWorld,
  engines: readonly VirtualRtpengine[],
  { lost, twice, delayMsMax }: Way,
): NgSockets {
  const carry = (deliver: () => void) => {
    const copies = virtual.random() < twice ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (virtual.random() >= lost)
        virtual.at(virtual.nowMs + virtual.random() * delayMsMax, deliver);
    }
  };
  return (to: Address, ears: NgEars) => {
    const engine = engines.find(({ at }) => writeAddress(at) === writeAddress(to));
    let isOpen = true;
    const unreachable = () => carry(() => isOpen && ears.onUnreachable('ECONNREFUSED'));
    return {
      send(bytes) {
        const message = bytes.toString('utf8');
        carry(() => {
          engine?.hear(
            message,
            (reply) => carry(() => isOpen && ears.onMessage(Buffer.from(reply, 'utf8'))),
            unreachable,
          );
        });
      },
      close() {
        isOpen = false;
      },
    };
  };
}
