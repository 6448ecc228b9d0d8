import { describe, expect, test } from '@jest/globals';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { legId, tagOf } from '../../../../lib/sip/ids.ts';
import { callerSays, U } from './peers.ts';
import { NOTHING, Stage } from './stage.ts';

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
