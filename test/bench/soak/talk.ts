import type { SipText } from '../../../apps/lab/sip-text.ts';
import type { More } from './answering.ts';
import type { Call } from './call.ts';
import { type Dialog, rightly } from './dialog.ts';

/** Both ends of a call that is up. */
export type Talk = { readonly caller: Dialog; readonly gateway: Dialog };
export type Ringing = Talk & { readonly answer: Promise<SipText> };

/** It comes to a gateway and rings at the caller. */
export async function ring(call: Call, more?: More): Promise<Ringing> {
  return ringsAt(call, call.caller.invite(more));
}

/** The next gateway of a call that hunts rings. */
export async function ringsAt(call: Call, answer: Promise<SipText>): Promise<Ringing> {
  const { caller } = call;
  const { dialog: gateway } = await call.leg();
  gateway.reply('180 Ringing');
  await caller.hears('180');
  return { caller, gateway, answer };
}

/** The gateway answers and the caller acknowledges. */
export async function answered(call: Call, { caller, gateway, answer }: Ringing): Promise<Talk> {
  await call.pause(20, 1000);
  const acknowledged = gateway.accept();
  caller.ack(rightly(await answer, [200]));
  await acknowledged;
  remember(call.tokens, caller.farTag);
  return { caller, gateway };
}

export async function talk(call: Call, more?: More): Promise<Talk> {
  return answered(call, await ring(call, more));
}

const TOKENS_MAX = 10;

function remember(tokens: string[], token: string): void {
  tokens.push(token);
  if (tokens.length > TOKENS_MAX) tokens.shift();
}

/** One end hangs up, the other one hears it. */
export async function hangUp(from: Dialog, to: Dialog): Promise<void> {
  const heard = to.hears('BYE');
  await from.must('BYE', [200]);
  await heard;
}

/** What most calls end with. */
export async function talkOn(call: Call, { caller, gateway }: Talk): Promise<void> {
  await call.pause(200, 4000);
  if (call.draw.chance(0.5)) await hangUp(caller, gateway);
  else await hangUp(gateway, caller);
}
