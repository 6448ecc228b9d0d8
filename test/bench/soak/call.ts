import { setTimeout as pause } from 'node:timers/promises';
import { branchOf, headerOf, readSip, type SipText, tagOf } from '../../../apps/lab/sip-text.ts';
import type { Draw } from '../../sim/draw.ts';
import { Dialog } from './dialog.ts';
import type { Line } from './lines.ts';
import type { Transport } from './places.ts';

const PATIENCE_MS = 20_000;

/** A gateway that was asked, in the order of the hunt. */
export type Leg = {
  readonly gateway: string;
  readonly dialog: Dialog;
  readonly invite: SipText;
};

export type CallStart = {
  /** Begins with the name of the scenario: records are counted by it. */
  readonly id: string;
  readonly dials: string;
  readonly draw: Draw;
  readonly line: Line;
  /** To-tags that the node gave other calls. */
  readonly tokens: string[];
};

/** What a scenario plays with: a caller, and gateways as they are asked. */
export class Call {
  readonly id: string;
  readonly draw: Draw;
  readonly line: Line;
  readonly caller: Dialog;
  readonly tokens: string[];
  /** Transactions outside of dialogs that the driver has begun for it, by their branches. */
  readonly invites = new Set<string>();
  readonly messages = new Set<string>();
  readonly legs: Leg[] = [];
  #taken = 0;
  #onLeg: () => void = () => undefined;

  constructor(start: CallStart) {
    this.id = start.id;
    this.draw = start.draw;
    this.line = start.line;
    this.tokens = start.tokens;
    const { transport, address, port, site } = start.line;
    const uri = toUri(start.dials, site, lowerOf(transport));
    const at = `${address}:${port}`;
    this.caller = new Dialog({
      callId: start.id,
      own: `"A Caller" <sip:+46701234567@op.example>;tag=c${start.id}`,
      far: `<${uri}>`,
      uri,
      via: `${transport} ${at}`,
      contact: `sip:caller@${at};transport=${lowerOf(transport)}`,
      subject: start.id,
      address,
      say: (text, uri) => {
        this.count(text);
        start.line.say(text, uri);
      },
    });
  }

  /** What begins a call or a MESSAGE outside of calls. */
  count(text: string): void {
    const message = readSip(text);
    if (message === undefined || tagOf(headerOf(message, 'to')) !== undefined) return;
    if (message.method === 'INVITE') this.invites.add(branchOf(message));
    if (message.method === 'MESSAGE') this.messages.add(branchOf(message));
  }

  /** The next gateway that is asked. */
  async leg(withinMs = PATIENCE_MS): Promise<Leg> {
    const untilMs = performance.now() + withinMs;
    while (this.legs.length <= this.#taken) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw new Error('no gateway was asked');
      await new Promise<void>((resolve) => {
        const alarm = setTimeout(resolve, leftMs);
        this.#onLeg = () => {
          clearTimeout(alarm);
          resolve();
        };
      });
    }
    const leg = this.legs[this.#taken];
    if (leg === undefined) throw new Error('there is no such leg');
    this.#taken += 1;
    return leg;
  }

  take(leg: Leg): void {
    this.legs.push(leg);
    this.#onLeg();
  }

  /** Some time that the seed decides. */
  async pause(lowMs: number, highMs: number): Promise<void> {
    await pause(this.draw.between(lowMs, highMs));
  }

  /** What was accepted must have been acknowledged, and nobody asked besides those wanted. */
  async settle(): Promise<void> {
    for (const one of [this.caller, ...this.legs.map(({ dialog }) => dialog)]) await one.settle();
    const surplus = this.legs.length - this.#taken;
    if (surplus > 0) throw new Error(`${surplus} more gateways were asked`);
  }
}

const lowerOf = (transport: Transport) => transport.toLowerCase();

function toUri(dials: string, site: string, transport: string): string {
  return dials.includes(':') ? dials : `sip:${dials}@${site};transport=${transport}`;
}
