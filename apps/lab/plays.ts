import { setTimeout as pause } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import {
  ackCrossed,
  type Check,
  ends,
  fromWhereAsked,
  legsB,
  noneLeft,
  stopsIn1s,
} from './checks.ts';
import { cseqOf, type SipText } from './sip-text.ts';

/** What callers do in several rows, and what must hold then. */

export const hears180 = (caller: Caller) => caller.hears(({ status }) => status === 180);

export const hearsAsk = (caller: Caller, method: string, withinMs: number) =>
  caller.hears((message: SipText) => message.method === method, withinMs);

/** Calls, talks so long, and hangs up. */
export const talk =
  (talkMs = 300) =>
  async (caller: Caller): Promise<void> => {
    caller.invite();
    await caller.final('INVITE');
    await pause(talkMs);
    caller.request('BYE');
    await caller.final('BYE');
  };

/** Calls, and thinks better of it when it rings. */
export const cancelRinging =
  (ringMs = 100) =>
  async (caller: Caller): Promise<void> => {
    caller.invite();
    await hears180(caller);
    await pause(ringMs);
    caller.cancel();
    await Promise.all([caller.final('CANCEL'), caller.final('INVITE')]);
  };

/** Calls who is busy, and listens whether the refusal comes again. */
export async function beRefused(caller: Caller): Promise<void> {
  caller.invite();
  await caller.final('INVITE');
  await pause(2200);
}

/** Asks something so long after the answer, and hangs up. */
export const askAndHangUp =
  (method: string, afterMs = 200) =>
  async (caller: Caller): Promise<void> => {
    caller.invite();
    await caller.final('INVITE');
    await pause(afterMs);
    caller.request(method);
    await caller.final(method);
    await pause(200);
    caller.request('BYE');
    await caller.final('BYE');
  };

/** Is asked something, listens whether that comes again, and hangs up. */
export const beAskedAndHangUp =
  (method: string, withinMs: number) =>
  async (caller: Caller): Promise<void> => {
    caller.invite();
    await caller.final('INVITE');
    await hearsAsk(caller, method, withinMs);
    await pause(2200);
    caller.request('BYE');
    await caller.final('BYE');
  };

/** Asks something when it hears the gateway's media, is answered, and hangs up. */
export const askWhileItRings =
  (method: string) =>
  async (caller: Caller): Promise<void> => {
    caller.invite();
    await caller.hears(({ status }) => status === 183);
    caller.request(method);
    await caller.final(method);
    await caller.hears((one) => one.status === 200 && cseqOf(one) === '1 INVITE');
    await pause(300);
    caller.request('BYE');
    await caller.final('BYE');
  };

/** Is hung up on. */
export async function beHungUpOn(caller: Caller): Promise<void> {
  caller.invite();
  await caller.final('INVITE');
  await hearsAsk(caller, 'BYE', 4000);
  await pause(2200);
}

/** An answered call that its caller ended, with the BYE of that number. */
export const talked = (byeCseq = 2): readonly Check[] => [
  legsB(1),
  ends('1 INVITE', 200),
  ackCrossed,
  ends(`${byeCseq} BYE`, 200),
  fromWhereAsked,
  noneLeft,
];

export const cancelled: readonly Check[] = [
  legsB(1),
  ends('1 CANCEL', 200),
  ends('1 INVITE', 487),
  stopsIn1s,
  fromWhereAsked,
  noneLeft,
];
