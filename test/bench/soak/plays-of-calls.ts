import { setTimeout as pause } from 'node:timers/promises';
import type { SipText } from '../../../apps/lab/sip-text.ts';
import type { Call } from './call.ts';
import { rightly } from './dialog.ts';
import { answered, hangUp, ring, ringsAt, type Talk, talk, talkOn } from './talk.ts';

/** A silent gateway costs two seconds. */
const HUNT_MS = 10_000;
/** A 200 is said for 32 s. */
const UNACKNOWLEDGED_MS = 45_000;

export async function callerHangsUp(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await call.pause(200, 8000);
  await hangUp(caller, gateway);
}

export async function gatewayHangsUp(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  await call.pause(200, 8000);
  await hangUp(gateway, caller);
}

export async function cancelledWhileRinging(call: Call): Promise<void> {
  const { gateway, answer } = await ring(call);
  await call.pause(50, 3000);
  await cancel(call, answer);
  await gateway.hears('CANCEL');
  await gateway.hears('ACK');
}

/** The gateway has said 100 alone, and a CANCEL may follow. */
export async function cancelledBeforeRinging(call: Call): Promise<void> {
  const answer = call.caller.invite();
  const { dialog: gateway } = await call.leg();
  gateway.reply('100 Trying');
  await call.pause(20, 300);
  await cancel(call, answer);
  await gateway.hears('CANCEL', HUNT_MS);
  await gateway.hears('ACK');
}

/** The gateway answers the CANCEL and, in the same moment, the INVITE. */
export async function cancelCrossesAnswer(call: Call): Promise<void> {
  const { gateway, answer } = await ring(call);
  let acknowledged: Promise<SipText> | undefined;
  gateway.serve('CANCEL', (_, reply) => {
    acknowledged = gateway.accept();
    reply('200 OK');
  });
  await call.pause(20, 500);
  await cancel(call, answer);
  await gateway.hears('BYE');
  await acknowledged;
}

async function cancel({ caller }: Call, answer: Promise<SipText>): Promise<void> {
  rightly(await caller.cancel(), [200]);
  rightly(await answer, [487]);
}

export async function busy(call: Call): Promise<void> {
  const answer = call.caller.invite();
  const { dialog: gateway } = await call.leg();
  await call.pause(0, 300);
  await gateway.refuse('486 Busy Here');
  rightly(await answer, [486]);
}

export async function secondGatewayAnswers(call: Call): Promise<void> {
  const answer = call.caller.invite();
  const first = await call.leg();
  const status = call.draw.chance(0.5) ? '503 Service Unavailable' : '486 Busy Here';
  await first.dialog.refuse(status);
  await talkOn(call, await answered(call, await ringsAt(call, answer)));
}

export async function firstGatewayIsSilent(call: Call): Promise<void> {
  const answer = call.caller.invite();
  await call.leg();
  await talkOn(call, await answered(call, await ringsAt(call, answer)));
}

export async function everyGatewayRefuses(call: Call): Promise<void> {
  const answer = call.caller.invite();
  for (const status of ['500 Server Error', '503 Service Unavailable']) {
    const { dialog } = await call.leg(HUNT_MS);
    await dialog.refuse(status);
  }
  rightly(await answer, [500, 503]);
}

/** Both INVITE and BYE come several times, and are one each. */
export async function saidTwice(call: Call): Promise<void> {
  const answer = call.caller.invite();
  call.caller.sayAgain();
  await call.pause(0, 50);
  call.caller.sayAgain();
  const { caller, gateway } = await answered(call, await ringsAt(call, answer));
  await call.pause(100, 2000);
  const heard = gateway.hears('BYE');
  const over = caller.must('BYE', [200]);
  caller.sayAgain();
  await over;
  caller.sayAgain();
  await heard;
}

/** The same INVITE by another way, as a proxy that forks sends it: it joins the call. */
export async function merged(call: Call): Promise<void> {
  const ringing = await ring(call);
  call.caller.sayAgain('x');
  await call.pause(50, 200);
  await talkOn(call, await answered(call, ringing));
}

export async function lateOffer(call: Call): Promise<void> {
  const { caller, gateway, answer } = await ring(call, { body: '' });
  const acknowledged = gateway.accept();
  caller.ack(rightly(await answer, [200]), { body: caller.sdp() });
  if ((await acknowledged).body === '') throw new Error('the answer did not cross in the ACK');
  await talkOn(call, { caller, gateway });
}

/** Provisionals with SDP are acknowledged on each leg. */
export async function reliable(call: Call): Promise<void> {
  const { caller } = call;
  const answer = caller.invite({ lines: ['Supported: 100rel'] });
  const { dialog: gateway } = await call.leg();
  const lines = ['Require: 100rel', 'RSeq: 7'];
  gateway.reply('183 Session Progress', { lines, body: gateway.sdp() });
  await gateway.hears('PRACK');
  await caller.prack(await caller.hears('183'));
  await call.pause(20, 500);
  gateway.reply('180 Ringing');
  await caller.hears('180');
  await call.pause(20, 500);
  const acknowledged = gateway.accept({});
  caller.ack(rightly(await answer, [200]));
  await acknowledged;
  await talkOn(call, { caller, gateway });
}

export async function neverAcknowledged(call: Call): Promise<void> {
  const { caller, gateway, answer } = await ring(call);
  const acknowledged = gateway.accept();
  rightly(await answer, [200]);
  await acknowledged;
  await Promise.all([
    caller.hears('BYE', UNACKNOWLEDGED_MS),
    gateway.hears('BYE', UNACKNOWLEDGED_MS),
  ]);
}

/** The caller is silent from now on; the gateway hangs up all the same. */
export async function callerVanishes(call: Call): Promise<void> {
  const { caller, gateway } = await talk(call);
  caller.vanish();
  await hangsUpAlone(call, { caller, gateway });
}

/** Its connection breaks, and nobody listens where it was. */
export async function connectionBreaks(call: Call): Promise<void> {
  const talking = await talk(call);
  call.line.cut();
  await hangsUpAlone(call, talking);
}

async function hangsUpAlone(call: Call, { gateway }: Talk): Promise<void> {
  await call.pause(200, 2000);
  await gateway.must('BYE', [200]);
}

export async function connectionBreaksWhileRinging(call: Call): Promise<void> {
  const { caller, gateway, answer } = await ring(call);
  call.line.cut();
  caller.vanish();
  answer.catch(() => undefined);
  await pause(100);
  await gateway.refuse('480 Temporarily Unavailable');
}
