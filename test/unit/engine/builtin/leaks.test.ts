import { describe, expect, test } from '@jest/globals';
import type { LegEvent } from '../../../../lib/ports/sip-engine.ts';
import { type LegId, legId, sipCallId, tagOf } from '../../../../lib/sip/ids.ts';
import { A, B, callerSays, gatewaySays, responds, U } from './peers.ts';
import { NOTHING, Stage, says } from './stage.ts';

const CALLS = 1000;
/** Gateways are refreshed; callers are to do it, do not, and are found dead. */
const TIMERS = ['Session-Expires: 90;refresher=uac', 'Allow: INVITE, UPDATE'];
const EMPTY = {
  legs: 0,
  dialogs: 0,
  serverTransactions: 0,
  clientTransactions: 0,
  strays: 0,
  connections: 0,
};

/** A node of the simplest kind: one gateway, and what happens on one leg happens on the other. */
function bridge(stage: Stage): void {
  const { engine } = stage;
  const ended = new Set<string>();
  const otherLeg = (leg: LegId) => legId(leg.startsWith('b-') ? leg.slice(2) : `b-${leg}`);
  const hangUpB = (b: LegId) => {
    for (const tag of ['gw', 'gw2']) engine.hangUp(b, tagOf(tag), []);
  };
  const onB = (b: LegId, event: LegEvent) => {
    if (event.on === 'expired') engine.hangUp(otherLeg(b), tagOf(otherLeg(b)), []);
    if (event.on === 'expired') hangUpB(b);
    const a = otherLeg(b);
    if (event.on === 'ringing') engine.ring(a, says(180, { tag: tagOf(a) }));
    if (event.on === 'hung-up') engine.hangUp(a, tagOf(a), []);
    if (event.on === 'answered' && ended.has(a)) engine.hangUp(b, event.tag, []);
    else if (event.on === 'answered') {
      ended.add(a);
      engine.acknowledge(b, event.tag, NOTHING);
      engine.answer(a, says(200, { tag: tagOf(a) }));
    }
    if (event.on === 'refused' && !ended.has(a)) {
      ended.add(a);
      engine.reject(a, says(486, { tag: tagOf(a) }));
    }
  };
  const onA = (a: LegId, { on }: LegEvent) => {
    const b = otherLeg(a);
    if (on === 'cancelled') {
      ended.add(a);
      engine.reject(a, says(487, { tag: tagOf(a) }));
      engine.cancel(b, []);
    }
    const isOver = on === 'unacknowledged' || on === 'expired';
    if (isOver) engine.hangUp(a, tagOf(a), []);
    if (isOver || on === 'hung-up') hangUpB(b);
  };
  stage.node = {
    onInvite: ({ leg }) => {
      stage.callOut({
        leg: otherLeg(leg),
        callId: sipCallId(`b-${leg}`),
        tag: tagOf(`t${leg}`),
        from: `<sip:x@y>;tag=t${leg}`,
      });
    },
    onLeg: (leg, event) => (leg.startsWith('b-') ? onB(leg, event) : onA(leg, event)),
    onStray: ({ id }) => engine.respond(id, 481, 'No', []),
  };
}

/** Phones that ACK, most of them, and hang up in their own time. */
function phone(stage: Stage): void {
  const { caller, time } = stage;
  caller.react = ({ message }) => {
    const { callId, to, cseq, via } = message;
    if (message.kind === 'request') {
      const isTaken = message.method !== 'UPDATE' || time.random() < 0.8;
      if (isTaken) caller.say(responds(message, 200, { headers: TIMERS }), U);
      return;
    }
    if (cseq.method !== 'INVITE' || message.status < 200) return;
    const toTag = to.tag ?? '';
    const branch = via.branch ?? '';
    if (message.status >= 300) return caller.say(callerSays('ACK', { callId, toTag, branch }), A);
    if (callId.endsWith('7')) return;
    caller.say(callerSays('ACK', { callId, toTag }), U);
    if (time.random() < 0.3) return;
    const bye = callerSays('BYE', { callId, toTag, cseq: 2 });
    time.at(time.nowMs + time.random() * 20_000, () => caller.say(bye, U));
  };
}

/** A gateway that does what gateways do, good and bad. */
function moodyGateway(stage: Stage): void {
  const { gateway, time } = stage;
  gateway.react = ({ message }) => {
    if (message.kind !== 'request') return;
    const reply = (status: number, tag: string) =>
      gateway.say(responds(message, status, { tag, headers: TIMERS }), B);
    const mood = Number.parseInt(message.callId.replace('b-a', ''), 36) % 7;
    if (/CANCEL|BYE|UPDATE/.test(message.method)) reply(200, 'gw');
    if (message.method !== 'INVITE' || mood === 0) return;
    if (mood === 1) reply(100, '');
    else if (mood === 2) reply(503, 'gw');
    else reply(180, 'gw');
    if (mood <= 3) return;
    time.at(time.nowMs + time.random() * 4000, () => {
      reply(200, 'gw');
      if (mood === 4) reply(200, 'gw2');
      const bye = gatewaySays(message, 'BYE');
      if (mood === 5) time.at(time.nowMs + 15_000, () => gateway.say(bye, B));
    });
  };
}

describe('nothing is kept for ever', () => {
  test.each([
    ['in fine weather', { delayMs: 5, jitterMs: 0, loss: 0, duplication: 0 }],
    ['with loss', { delayMs: 5, jitterMs: 50, loss: 0.2, duplication: 0 }],
    [
      'with loss, repetition and disorder',
      { delayMs: 5, jitterMs: 3000, loss: 0.3, duplication: 0.2 },
    ],
  ])('after a thousand calls %s', async (_, weather) => {
    const stage = await Stage.open();
    stage.network.weather = weather;
    bridge(stage);
    phone(stage);
    moodyGateway(stage);
    const { time, caller } = stage;
    for (let call = 0; call < CALLS; call += 1) {
      const parts = { callId: `call-${call}`, branch: `z9hG4bKcall${call}` };
      const headers = call % 4 > 0 ? [...TIMERS, 'Supported: timer'] : [];
      time.at(call * 10, () => {
        caller.say(callerSays('INVITE', { ...parts, headers }), A);
        if (call % 3 > 0) return;
        const cancel = callerSays('CANCEL', parts);
        time.at(time.nowMs + time.random() * 5000, () => caller.say(cancel, A));
      });
    }
    stage.pass(CALLS * 10);
    expect(stage.engine.sizes().legs).toBeGreaterThan(100);
    stage.pass(600_000);
    const still = stage.invites.map(({ leg }) => leg);
    for (const leg of still) {
      stage.engine.cancel(legId(`b-${leg}`), []);
      for (const tag of ['gw', 'gw2']) stage.engine.hangUp(legId(`b-${leg}`), tagOf(tag), []);
      stage.engine.reject(leg, says(487));
      stage.engine.hangUp(leg, tagOf(leg), []);
    }
    stage.pass(200_000);
    expect(stage.engine.sizes()).toEqual(EMPTY);
    expect(time.pending).toBe(0);
    expect(new Set(stage.told)).toEqual(
      new Set(
        'trying ringing answered refused cancelled acknowledged unacknowledged expired hung-up'.split(
          ' ',
        ),
      ),
    );
  });
});
