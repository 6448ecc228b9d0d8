import type { Timers } from '../../../lib/base/time.ts';
import {
  type Alarms,
  clearAlarm,
  clearAlarms,
  setAlarm,
} from '../../../lib/engine/builtin/alarms.ts';
import type { Lost } from '../../../lib/engine/builtin/connection-ears.ts';
import { type Far, wayName } from '../../../lib/engine/builtin/far.ts';
import { composeAck, type SentInvite } from '../../../lib/engine/builtin/proto/compose.ts';
import { responseKey } from '../../../lib/engine/builtin/proto/match.ts';
import type { Wire, Wires } from '../../../lib/engine/builtin/wires.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { SipResponse } from '../../../lib/sip/message.ts';
import { T1_MS, TIMER_B_MS } from '../../../lib/sip/timer-values.ts';

export type Flow = { readonly wire: Wire; readonly to: Far };

/** Who made a request. */
export type ClientUser = {
  /** Also a 2xx to INVITE that comes again. */
  onResponse(response: SipResponse): void;
  onFailure(cause: 'timeout' | 'transport'): void;
};

/** A request as it was sent. */
export type Sent = {
  /** The branch and the method. */
  readonly key: string;
  readonly flow: Flow;
  readonly bytes: Buffer;
  /** What the ACK of a refusal repeats; only of an INVITE. */
  readonly invite: SentInvite | undefined;
};

type Run = {
  readonly sent: Sent;
  readonly user: ClientUser;
  readonly alarms: Alarms;
  hasResponse: boolean;
  isFinal: boolean;
};

/** Requests that wait for their response, as simply as it can be done. */
export class ClientRuns {
  readonly #timers: Timers;
  readonly #wires: Wires;
  readonly #all = new Map<string, Run>();

  constructor(timers: Timers, wires: Wires) {
    this.#timers = timers;
    this.#wires = wires;
  }

  begin(sent: Sent, user: ClientUser): void {
    const run: Run = { sent, user, alarms: {}, hasResponse: false, isFinal: false };
    this.#all.set(sent.key, run);
    this.#wires.send(sent.flow.wire, sent.bytes, sent.flow.to);
    if (isDatagram(sent.flow)) this.#repeatAfter(run, T1_MS);
    setAlarm(this.#timers, run.alarms, 'give-up', TIMER_B_MS, () => this.#fail(run, 'timeout'));
  }

  #repeatAfter(run: Run, delayMs: number): void {
    const { flow, bytes } = run.sent;
    setAlarm(this.#timers, run.alarms, 'repeat', delayMs, () => {
      this.#wires.send(flow.wire, bytes, flow.to);
      this.#repeatAfter(run, 2 * delayMs);
    });
  }

  /** A response that belongs to no request is dropped. */
  onResponse(response: SipResponse): void {
    const key = responseKey(response);
    const run = key === undefined ? undefined : this.#all.get(key);
    if (run === undefined) return;
    const { status } = response;
    const { invite } = run.sent;
    if (invite !== undefined && status >= 300) this.#acknowledge(run.sent, invite, response);
    if (run.isFinal && (invite === undefined || status < 200 || status >= 300)) return;
    run.hasResponse = true;
    clearAlarm(this.#timers, run.alarms, 'repeat');
    if (invite !== undefined) clearAlarm(this.#timers, run.alarms, 'give-up');
    if (status >= 200) this.#linger(run);
    run.user.onResponse(response);
  }

  #acknowledge({ flow }: Sent, invite: SentInvite, { headers }: SipResponse): void {
    const ack = composeAck(invite, headerValue(headers, 'to') ?? invite.to.value);
    this.#wires.send(flow.wire, ack, flow.to);
  }

  /** Its final response may come again. */
  #linger(run: Run): void {
    run.isFinal = true;
    setAlarm(this.#timers, run.alarms, 'give-up', TIMER_B_MS, () => this.drop(run.sent.key));
  }

  /** Whoever the system would not let it be sent to cannot be reached. */
  onSendFailure(key: string): void {
    const run = this.#all.get(key);
    if (run !== undefined && !run.isFinal) this.#fail(run, 'transport');
  }

  #fail(run: Run, cause: 'timeout' | 'transport'): void {
    this.drop(run.sent.key);
    run.user.onFailure(cause);
  }

  /**
   * A connection that could not be opened is a failure. What was said by one that broke, and had no
   * response, is said by another.
   */
  onLost({ way, wasOpen }: Lost): void {
    for (const run of this.#all.values()) {
      const { flow, bytes } = run.sent;
      const { wire, to } = flow;
      if (isDatagram(flow) || wayName(wire.listener, to) !== way) continue;
      if (!wasOpen) this.#fail(run, 'transport');
      else if (!run.hasResponse) wire.socket.send(bytes, to);
    }
  }

  /** Forgets a request: nothing that comes of it is told any more. */
  drop(key: string): void {
    const run = this.#all.get(key);
    if (run === undefined) return;
    clearAlarms(this.#timers, run.alarms);
    this.#all.delete(key);
  }

  close(): void {
    for (const key of this.#all.keys()) this.drop(key);
  }
}

const isDatagram = ({ wire }: Flow) => wire.listener.transport === 'udp';
