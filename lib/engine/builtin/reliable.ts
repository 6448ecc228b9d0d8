import type { InviteResponse } from '../../ports/sip-engine.ts';
import type { Header } from '../../sip/message.ts';
import { FIRST_RSEQ_MAX, rackOf, reliabilityOf } from '../../sip/rel100.ts';
import { T1_MS, TRANSACTION_MS } from '../../sip/timer-values.ts';
import type { Core } from './core.ts';
import type { LegA, Reliable, Said } from './legs.ts';
import { respond } from './respond.ts';

/** Responses of the node that wait for a PRACK. */
const WAITING_MAX = 8;
/**
 * How long a 2xx waits for the PRACK of the SDP before it. A caller that never sends one, though it
 * said that it would, is answered all the same: better out of order than not at all.
 */
const HELD_MS = 4000;

/** What a leg begins with. Undefined: its caller takes no provisional response reliably. */
export function reliableFor(core: Core, invite: readonly Header[]): Reliable | undefined {
  const reliability = reliabilityOf(invite);
  if (reliability === 'no') return undefined;
  return {
    isRequired: reliability === 'required',
    rseq: Math.floor(core.rng.fraction() * FIRST_RSEQ_MAX),
    unacked: undefined,
    waiting: [],
    held: undefined,
  };
}

/** Whether a provisional response of the leg has to be acknowledged: one with SDP, if possible. */
export function isToBeAcknowledged({ reliable }: LegA, { status, body }: InviteResponse): boolean {
  if (reliable === undefined || status >= 200) return false;
  return reliable.isRequired || body !== '';
}

/**
 * Whether something has to wait for a PRACK before it is said: one reliable response after the
 * other, and no 2xx before the SDP ahead of it in its dialog has arrived. [3262-3]
 */
export function mustWait(leg: LegA, response: InviteResponse): boolean {
  const unacked = leg.reliable?.unacked;
  if (unacked === undefined) return false;
  if (response.status < 200) return isToBeAcknowledged(leg, response);
  return unacked.said.body !== '' && unacked.said.tag === response.tag;
}

/** Keeps what must wait; `release` is run when a 2xx has waited for long enough. */
export function keepWaiting(
  core: Core,
  { reliable }: LegA,
  response: InviteResponse,
  release: () => void,
): void {
  if (reliable === undefined) return;
  if (reliable.waiting.length >= WAITING_MAX) reliable.waiting.shift();
  reliable.waiting.push(response);
  if (response.status >= 200) reliable.held = core.timers.set(HELD_MS, release);
}

/**
 * Says it until its PRACK, at growing intervals; `onDone` runs if none has come by 64*T1, which
 * ends no call: the answer may still arrive. [3262-3]
 */
export function sayReliably(
  core: Core,
  leg: LegA,
  response: InviteResponse,
  onDone: () => void,
): void {
  const { reliable } = leg;
  if (reliable === undefined) return;
  reliable.rseq += 1;
  const said: Said = { ...response, rseq: reliable.rseq };
  leg.said = said;
  repeat(T1_MS, 0);

  function repeat(intervalMs: number, waitedMs: number): void {
    if (leg.phase.tag !== 'pending' || reliable === undefined) return;
    if (waitedMs >= TRANSACTION_MS) {
      onDone();
      return;
    }
    for (const transaction of leg.phase.transactions) respond(core, transaction, said);
    const waitMs = Math.min(intervalMs, TRANSACTION_MS - waitedMs);
    const alarm = core.timers.set(waitMs, () => repeat(intervalMs * 2, waitedMs + waitMs));
    reliable.unacked = { said, alarm };
  }
}

/** Takes the number in a PRACK; false: it is that of nothing that waits for one. [3262-3] */
export function isAcknowledgedBy(core: Core, leg: LegA, prack: readonly Header[]): boolean {
  const unacked = leg.reliable?.unacked;
  const rack = rackOf(prack);
  if (leg.reliable === undefined || unacked === undefined || rack === undefined) return false;
  const isIt =
    rack.rseq === unacked.said.rseq && rack.cseq === leg.number && rack.method === 'INVITE';
  if (!isIt) return false;
  core.timers.clear(unacked.alarm);
  leg.reliable.unacked = undefined;
  return true;
}

/** Lets go of what waits, the oldest first. */
export function takeWaiting(core: Core, { reliable }: LegA): readonly InviteResponse[] {
  if (reliable === undefined) return [];
  if (reliable.held !== undefined) core.timers.clear(reliable.held);
  reliable.held = undefined;
  return reliable.waiting.splice(0);
}

/** Nothing is repeated any more, and nothing waits. */
export function stopReliable(core: Core, leg: LegA): void {
  takeWaiting(core, leg);
  const unacked = leg.reliable?.unacked;
  if (unacked !== undefined) core.timers.clear(unacked.alarm);
  leg.reliable = undefined;
}
