import type { Call } from './call.ts';
import { type Dialog, rightly } from './dialog.ts';
import { hangUp, type Talk, talk, talkOn } from './talk.ts';

const TRIES_MAX = 4;
const REFRESH_MS = 60_000;
const DTMF = {
  lines: ['Content-Type: application/dtmf-relay'],
  body: 'Signal=1\r\nDuration=160\r\n',
};
const TEXT = { lines: ['Content-Type: text/plain'], body: 'the door is at the back' };

/**
 * A re-INVITE that the other end takes. The gateway may ask before the caller's ACK has come to the
 * node, over a connection that had to be opened for it: 491, and it asks again. [3261-14.1]
 */
async function reInvite(call: Call, from: Dialog, direction: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await from.ask('INVITE', { body: from.sdp(direction) });
    if (answer.status === 491 && tries < TRIES_MAX) await call.pause(0, 2000);
    else {
      from.ack(rightly(answer, [200]));
      return;
    }
  }
}

/** Hold and resume. */
export async function holdByCaller(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await holdAndResume(call, caller, gateway);
  await talkOn(call, { caller, gateway });
}

export async function holdByGateway(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await holdAndResume(call, gateway, caller);
  await talkOn(call, { caller, gateway });
}

async function holdAndResume(call: Call, from: Dialog, to: Dialog): Promise<void> {
  for (const direction of ['sendonly', 'sendrecv']) {
    await call.pause(100, 1000);
    const heard = to.hears('INVITE');
    await reInvite(call, from, direction);
    await heard;
  }
}

/** The caller's re-INVITE has come to the gateway, which owes the answer that is to end it. */
async function reInviteLeftOpen({ caller, gateway }: Talk, status: number, direction: string) {
  gateway.leaveOpen('INVITE');
  const changed = caller.must('INVITE', [status], { body: caller.sdp(direction) });
  await gateway.hears('INVITE');
  return { changed };
}

/** Both ends change the session at once: the gateway is told 491, and ours comes again. */
export async function glare(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await call.pause(50, 500);
  const { changed } = await reInviteLeftOpen({ caller, gateway }, 200, 'sendonly');
  await gateway.must('INVITE', [491], { body: gateway.sdp('sendonly') });
  await gateway.refuse('491 Request Pending');
  caller.ack(await changed);
  await talkOn(call, { caller, gateway });
}

export async function reInviteRefused(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  const { changed } = await reInviteLeftOpen({ caller, gateway }, 488, 'inactive');
  await gateway.refuse('488 Not Acceptable Here');
  await changed;
  await talkOn(call, { caller, gateway });
}

export async function reInviteCancelled(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  const { changed } = await reInviteLeftOpen({ caller, gateway }, 487, 'inactive');
  gateway.reply('180 Ringing');
  await caller.hears('180');
  rightly(await caller.cancel(), [200]);
  await gateway.hears('CANCEL');
  await changed;
  await talkOn(call, { caller, gateway });
}

/** The gateway offers, and the caller's answer crosses in the ACK. */
export async function lateReInvite(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await call.pause(50, 500);
  const changed = await caller.must('INVITE', [200]);
  if (changed.body === '') throw new Error('no offer came');
  caller.ack(changed, { body: caller.sdp() });
  await talkOn(call, { caller, gateway });
}

export async function byeCrossesReInvite(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  const { changed } = await reInviteLeftOpen({ caller, gateway }, 487, 'inactive');
  await hangUp(gateway, caller);
  await changed;
  await gateway.refuse('487 Request Terminated');
}

export async function updateBothWays(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  for (const [from, to] of [
    [caller, gateway],
    [gateway, caller],
  ] as const) {
    await call.pause(50, 500);
    const heard = to.hears('UPDATE');
    await from.must('UPDATE', [200], { body: from.sdp() });
    await heard;
  }
  await talkOn(call, { caller, gateway });
}

export async function updateBeforeAnswer(call: Call): Promise<void> {
  const { caller } = call;
  const answer = caller.invite();
  const { dialog: gateway } = await call.leg();
  gateway.reply('183 Session Progress', { body: gateway.sdp() });
  await caller.hears('183');
  await call.pause(50, 500);
  await caller.must('UPDATE', [200], { body: caller.sdp() });
  await call.pause(50, 500);
  const acknowledged = gateway.accept({});
  caller.ack(rightly(await answer, [200]));
  await acknowledged;
  await talkOn(call, { caller, gateway });
}

/** INFO, MESSAGE and NOTIFY cross, OPTIONS is answered by the node, REFER is not carried. */
export async function infoBothWays(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  for (const [from, to] of [
    [caller, gateway],
    [gateway, caller],
  ] as const) {
    await call.pause(50, 500);
    const heard = to.hears('INFO');
    await from.must('INFO', [200], DTMF);
    if ((await heard).body !== DTMF.body) throw new Error('INFO came with another body');
  }
  await talkOn(call, { caller, gateway });
}

export async function messageNotifyOptions(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await caller.must('MESSAGE', [200], TEXT);
  await gateway.hears('MESSAGE');
  const lines = ['Event: conference', 'Subscription-State: active'];
  await gateway.must('NOTIFY', [200], { lines });
  await caller.hears('NOTIFY');
  await call.pause(50, 500);
  await caller.must('OPTIONS', [200]);
  await gateway.must('OPTIONS', [200]);
  await caller.must('REFER', [405], { lines: ['Refer-To: <sip:other@op.example>'] });
  await talkOn(call, { caller, gateway });
}

/** The node refreshes both legs: the gateway every 15 s by re-INVITE, the caller after 45 s. */
export async function sessionRefreshed(call: Call): Promise<void> {
  const { caller, gateway, answer } = await ringTimed(call);
  gateway.always(['Require: timer', 'Session-Expires: 30;refresher=uac']);
  caller.always(['Require: timer', 'Session-Expires: 90;refresher=uac']);
  const acknowledged = gateway.accept();
  caller.ack(rightly(await answer, [200]));
  await acknowledged;
  for (let times = 0; times < 2; times += 1) await gateway.hears('INVITE', REFRESH_MS);
  await caller.hears('UPDATE', REFRESH_MS);
  await hangUp(caller, gateway);
}

async function ringTimed(call: Call) {
  const { caller } = call;
  const allow = 'Allow: INVITE, ACK, CANCEL, BYE, UPDATE';
  const lines = ['Supported: timer', 'Session-Expires: 90', allow];
  const answer = caller.invite({ lines });
  const { dialog: gateway } = await call.leg();
  gateway.reply('180 Ringing');
  await caller.hears('180');
  return { caller, gateway, answer };
}
