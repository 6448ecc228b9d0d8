import {
  callIdOf,
  headerOf,
  readSip,
  responseTo,
  type SipText,
  uriOf,
} from '../../../apps/lab/sip-text.ts';
import type { Call } from './call.ts';
import { Dialog } from './dialog.ts';
import type { GatewayHear } from './gateways.ts';
import type { Hear } from './lines.ts';
import { GATEWAYS } from './places.ts';

/** What is said again comes within so long; a silent gateway is asked for 32 s. */
const FORGET_MS = 45_000;

/** Brings every message to the end that it is for. */
export class Switchboard {
  readonly #dialogs = new Map<string, Dialog>();
  readonly #calls = new Map<string, Call>();
  #strangers = 0;

  /** Requests that came for a call that the driver knows nothing of. */
  get strangers(): number {
    return this.#strangers;
  }

  open(call: Call): void {
    this.#calls.set(call.id, call);
    this.#dialogs.set(call.id, call.caller);
  }

  /** Once it is over and nothing of it is said again any more. */
  forget(call: Call): void {
    const gone = () => {
      this.#calls.delete(call.id);
      for (const { start } of [call.caller, ...call.legs.map(({ dialog }) => dialog)]) {
        this.#dialogs.delete(start.callId);
      }
    };
    setTimeout(gone, FORGET_MS).unref();
  }

  readonly hearCaller: Hear = (text, answer) => {
    const message = readSip(text);
    if (message !== undefined) this.#deliver(message, answer);
  };

  readonly hearGateway: GatewayHear = ({ name, transport }, text, answer) => {
    const message = readSip(text);
    if (message === undefined) return;
    const call = this.#calls.get(headerOf(message, 'subject'));
    const isKnown = this.#dialogs.has(callIdOf(message));
    if (message.method === 'OPTIONS' && !isKnown) {
      answer(responseTo(message, '200 OK', { tag: 'alive' }));
      return;
    }
    if (call === undefined || isKnown) {
      this.#deliver(message, answer);
      return;
    }
    const { host, port } = GATEWAYS[name];
    const dialog = new Dialog({
      callId: callIdOf(message),
      own: `${headerOf(message, 'to')};tag=${name}${call.id}`,
      far: headerOf(message, 'from'),
      uri: uriOf(headerOf(message, 'contact')),
      via: `${transport} ${host}:${port}`,
      contact: `sip:gateway@${host}:${port};transport=${transport.toLowerCase()}`,
      address: host,
      say: answer,
    });
    this.#dialogs.set(callIdOf(message), dialog);
    const method = message.method ?? '';
    dialog.leaveOpen(method);
    dialog.hear(message, answer);
    // The leg has it: who waits for an INVITE later wants another one.
    void dialog.hears(method);
    call.take({ gateway: name, dialog, invite: message });
  };

  #deliver(message: SipText, answer: (text: string) => void): void {
    const dialog = this.#dialogs.get(callIdOf(message));
    if (dialog !== undefined) {
      dialog.hear(message, answer);
      return;
    }
    if (message.method === undefined || message.method === 'ACK') return;
    this.#strangers += 1;
    answer(responseTo(message, '481 Not here', { tag: 'nobody' }));
  }
}
