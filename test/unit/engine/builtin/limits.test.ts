import { describe, expect, test } from '@jest/globals';
import type { Limits } from '../../../../lib/engine/builtin/limits.ts';
import type { MessageOutcome, OutgoingMessage } from '../../../../lib/ports/outside-dialogs.ts';
import type { ReceivedInvite } from '../../../../lib/ports/sip-engine.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, GATEWAY, U } from './peers.ts';
import { LISTENERS, NOTHING, Stage } from './stage.ts';

const invite = (number: number) => callerSays('INVITE', { callId: `call-${number}` });

describe('when there is no room', () => {
  test('The Retry-After header field can be used with a 500 (Server Internal Error) or 503 (Service Unavailable) response to indicate how long the service is expected to be unavailable to the requesting client [3261-20.33]', async () => {
    const stage = await Stage.open({ transactionsMax: 0 });
    const waits = new Set<string | undefined>();
    for (let number = 0; number < 12; number += 1) {
      stage.callerSends(callerSays('BYE', { callId: `${number}`, toTag: 'x', cseq: 2 }));
    }
    for (const { message } of stage.caller.heard) {
      expect(message).toMatchObject({ status: 500 });
      waits.add(headerValue(message.headers, 'retry-after'));
    }
    expect(waits.size).toBeGreaterThan(3);
    for (const wait of waits) expect(Number(wait)).toBeGreaterThanOrEqual(1);
    for (const wait of waits) expect(Number(wait)).toBeLessThanOrEqual(10);
    expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 0 });
  });

  test('an INVITE, which may be an emergency call, is never told to wait', async () => {
    const stage = await Stage.open({ legsMax: 2 });
    for (let number = 0; number < 12; number += 1) stage.callerSends(invite(number));
    const refused = stage.caller.heard.map(({ message }) => message).slice(2);
    expect(refused).toHaveLength(10);
    for (const message of refused) {
      expect(message).toMatchObject({ status: 500 });
      expect(headerValue(message.headers, 'retry-after')).toBeUndefined();
      expect(headerValue(message.headers, 'warning')).toContain('no room');
    }
    expect(stage.invites).toHaveLength(2);
    expect(stage.engine.counts().overloads).toBe(10);
    expect(stage.engine.sizes()).toMatchObject({ legs: 2, serverTransactions: 2 });
  });

  test.each([
    ['to no dialog here', { callId: 'strange', toTag: 'x', cseq: 2 }],
    ['in a dialog', { callId: 'up', toTag: 'ours', cseq: 2 }],
  ])('nor is a further INVITE %s', async (_, parts) => {
    // The one that is up fills even what requests in dialogs may have beyond.
    const stage = await Stage.open({ transactionsMax: 0.9 });
    stage.talkingA({ callId: 'up' });
    stage.callerSends(callerSays('INVITE', parts), U);
    const { message } = stage.caller.last();
    expect(message).toMatchObject({ status: 500 });
    expect(headerValue(message.headers, 'retry-after')).toBeUndefined();
  });

  test('the ACK of such a refusal is known', async () => {
    const stage = await Stage.open({ legsMax: 1 });
    stage.callerSends(invite(1));
    stage.callerSends(callerSays('INVITE', { callId: 'call-2', branch: 'z9hG4bKtwo' }));
    const toTag = stage.caller.last().message.to.tag ?? '';
    stage.callerSends(callerSays('ACK', { callId: 'call-2', branch: 'z9hG4bKtwo', toTag }));
    expect(stage.strays).toEqual([]);
  });

  test('transactions are bounded, and calls that are up have room beyond', async () => {
    const stage = await Stage.open({ transactionsMax: 20 });
    stage.talkingA({ callId: 'up' });
    for (let number = 0; number < 30; number += 1) {
      stage.callerSends(callerSays('BYE', { callId: `${number}`, toTag: 'x', cseq: 2 }));
    }
    // What belongs to no call fills half of the room.
    expect(stage.engine.sizes().serverTransactions).toBe(10);
    for (let number = 0; number < 12; number += 1) stage.callerSends(invite(number));
    expect(stage.engine.sizes().serverTransactions).toBe(20);
    expect(stage.engine.counts().overloads).toBe(21 + 2);
    stage.callerSends(callerSays('OPTIONS', { callId: 'up', toTag: 'ours', cseq: 2 }), U);
    expect(stage.caller.summary.at(-1)).toBe('200 OPTIONS');
    stage.callerSends(callerSays('OPTIONS', { callId: 'up', toTag: 'ours', cseq: 3 }), U);
    expect(stage.caller.summary.at(-1)).toBe('200 OPTIONS');
    stage.callerSends(callerSays('OPTIONS', { callId: 'up', toTag: 'ours', cseq: 4 }), U);
    expect(stage.caller.summary.at(-1)).toBe('500 OPTIONS');
    expect(stage.engine.sizes().serverTransactions).toBe(22);
  });

  test('a CANCEL finds its INVITE all the same', async () => {
    const stage = await Stage.open({ transactionsMax: 1 });
    stage.ringIn({ branch: 'z9hG4bKone' });
    stage.callerSends(callerSays('CANCEL', { branch: 'z9hG4bKone' }));
    expect(stage.told).toEqual(['cancelled']);
  });

  test('the callees of one INVITE are bounded', async () => {
    const stage = await Stage.open({ dialogsPerLegMax: 2 });
    const leg = stage.callOut();
    for (const tag of ['1', '2', '3']) stage.gatewayAnswers(180, { tag });
    expect(stage.told).toEqual(['ringing', 'ringing', 'ringing']);
    for (const tag of ['1', '3']) stage.gatewayAnswers(200, { tag });
    expect(stage.told.slice(3)).toEqual(['answered']);
    expect(stage.engine.sizes().dialogs).toBe(2);
    expect(stage.engine.counts().surplusDialogs).toBe(2);
    stage.engine.acknowledge(leg, tagOf('1'), NOTHING);
    stage.pass(0);
    expect(stage.gateway.summary.at(-1)).toBe('ACK');
  });

  test('calls that we make are bounded: the node is told as of a gateway that cannot be reached', async () => {
    const stage = await Stage.open({ legsMax: 1 });
    stage.callOut();
    stage.callOut({ leg: legId('b2') });
    expect(stage.events).toMatchObject([{ on: 'refused', leg: 'b2', cause: 'transport' }]);
    expect(stage.gateway.summary).toEqual(['INVITE']);
  });
});

describe('where others have filled all room', () => {
  const SOS = 'urn:service:sos';
  const isEmergency = ({ request }: Pick<ReceivedInvite, 'request'>) => request.uri === SOS;
  const sos = (number: number) => callerSays('INVITE', { callId: `sos-${number}`, uri: SOS });

  async function full(limits: Partial<Limits>, takesMessages = false) {
    const stage = new Stage(limits, undefined, undefined, takesMessages);
    stage.node = { isEmergency };
    await stage.engine.listen(LISTENERS);
    for (let number = 0; number < 10; number += 1) stage.callerSends(invite(number));
    expect(stage.invites).toHaveLength(8);
    return stage;
  }

  test.each([
    ['transactions', { transactionsMax: 8 }],
    ['legs', { legsMax: 8 }],
  ])('an emergency call gets in: a quarter of all %s is for those alone', async (_, limits) => {
    const stage = await full(limits);
    for (let number = 0; number < 4; number += 1) stage.callerSends(sos(number));
    const got = stage.invites.slice(8).map(({ request }) => request.callId);
    expect(got).toEqual(['sos-0', 'sos-1']);
    expect(stage.caller.last().message).toMatchObject({ status: 500 });
    expect(stage.engine.counts().overloads).toBe(2 + 2);
    stage.callerSends(invite(10));
    expect(stage.invites).toHaveLength(10);
  });

  test('what such calls fill is not what requests of calls that are up need, nor back', async () => {
    const stage = new Stage({ transactionsMax: 20 });
    stage.node = { isEmergency };
    await stage.engine.listen(LISTENERS);
    stage.talkingA({ callId: 'up' });
    for (let number = 0; number < 20; number += 1) stage.callerSends(invite(number));
    for (let number = 0; number < 6; number += 1) stage.callerSends(sos(number));
    expect(stage.engine.sizes().serverTransactions).toBe(20 + 5);
    for (const cseq of [2, 3, 4]) {
      stage.callerSends(callerSays('OPTIONS', { callId: 'up', toTag: 'ours', cseq }), U);
    }
    expect(stage.caller.summary.slice(-3)).toEqual(['200 OPTIONS', '200 OPTIONS', '500 OPTIONS']);
    expect(stage.engine.sizes().serverTransactions).toBe(22 + 5);
  });

  test('the room of an emergency call is free again when it is over', async () => {
    const stage = await full({ transactionsMax: 8 });
    for (let round = 0; round < 3; round += 1) {
      for (const number of [2 * round, 2 * round + 1]) stage.callerSends(sos(number));
      for (const { leg } of stage.invites.slice(-2)) stage.engine.handOver(leg);
    }
    expect(stage.invites).toHaveLength(8 + 6);
  });

  test('an emergency MESSAGE gets in', async () => {
    const stage = await full({ transactionsMax: 8 }, true);
    stage.callerSends(callerSays('MESSAGE', { callId: 'other' }));
    expect(stage.messages).toEqual([]);
    for (const callId of ['m1', 'm2', 'm3'])
      stage.callerSends(callerSays('MESSAGE', { callId, uri: SOS }));
    expect(stage.messages).toHaveLength(2);
  });

  test('an emergency call has its gateways tried', async () => {
    const stage = await Stage.open({ legsMax: 4 });
    for (let number = 0; number < 5; number += 1) stage.callOut({ leg: legId(`b${number}`) });
    expect(stage.told).toEqual(['refused']);
    for (const leg of ['e1', 'e2']) stage.callOut({ leg: legId(leg), isEmergency: true });
    expect(stage.events.slice(1)).toMatchObject([{ on: 'refused', leg: 'e2' }]);
  });

  test('an emergency MESSAGE has its gateways tried', async () => {
    const stage = await Stage.open({ transactionsMax: 4 });
    for (let number = 0; number < 4; number += 1) stage.callOut({ leg: legId(`b${number}`) });
    const outcomes: MessageOutcome[] = [];
    const sends = (isEmergency: boolean) => {
      const order = { ...aMessage(), isEmergency };
      stage.engine.sendMessage(order, (outcome) => outcomes.push(outcome));
    };
    sends(false);
    expect(outcomes).toEqual([{ kind: 'failed', cause: 'transport' }]);
    sends(true);
    sends(true);
    expect(outcomes).toHaveLength(2);
    stage.pass(0);
    expect(stage.gateway.summary.filter((one) => one === 'MESSAGE')).toHaveLength(1);
  });
});

function aMessage(): OutgoingMessage {
  const [, , listener] = LISTENERS;
  if (listener === undefined) throw new Error('no listener faces the gateways');
  return {
    listener,
    nextHop: GATEWAY,
    uri: uriText('sip:112@10.0.1.31:5080'),
    from: '<sip:+4670@op.example>;tag=token',
    to: '<sip:112@192.0.2.112>',
    tag: tagOf('token'),
    callId: sipCallId('call-m'),
    maxForwards: 69,
    ...NOTHING,
    silenceMs: 2000,
  };
}
