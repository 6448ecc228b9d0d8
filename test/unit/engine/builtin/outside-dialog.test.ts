import { describe, expect, test } from '@jest/globals';
import type { Limits } from '../../../../lib/engine/builtin/limits.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { strayId } from '../../../../lib/sip/ids.ts';
import { A, CALLER, callerSays } from './peers.ts';
import { LISTENERS, octets, Stage } from './stage.ts';

const stranger = (method: string, more: Parameters<typeof callerSays>[1] = {}) =>
  callerSays(method, { toTag: 'unknown', cseq: 2, ...more });

describe('requests outside dialogs', () => {
  test('Allow, Accept, and Supported header fields SHOULD be present in a 200 (OK) response to an OPTIONS request. [3261-11.2]', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('OPTIONS'));
    const { message } = stage.caller.last();
    expect(stage.caller.summary).toEqual(['200 OPTIONS']);
    expect(headerValue(message.headers, 'allow')).toBe(
      'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
    );
    expect(headerValue(message.headers, 'accept')).toBe('application/sdp');
    expect(headerValue(message.headers, 'supported')).toBe('100rel, timer');
  });

  test('If a UAS does not understand an option-tag listed in a Require header field, it MUST respond by generating a response with status code 420 (Bad Extension). [3261-8.2.2.3]', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('OPTIONS', { headers: ['Require: timer, nothing, foo'] }));
    expect(stage.caller.summary).toEqual(['420 OPTIONS']);
    const { headers } = stage.caller.last().message;
    expect(headerValue(headers, 'unsupported')).toBe('nothing, foo');
  });

  test.each(['REGISTER', 'MESSAGE', 'SUBSCRIBE', 'INFO', 'NEWMETHOD'])(
    'If the UAS recognizes but does not support the method of a request, it MUST generate a 405 (Method Not Allowed) response. (%s) [3261-8.2.1]',
    async (method) => {
      const stage = await Stage.open();
      stage.callerSends(callerSays(method));
      expect(stage.caller.summary).toEqual([`405 ${method}`]);
      const { message } = stage.caller.last();
      expect(headerValue(message.headers, 'allow')).toBe(
        'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
      );
      expect(stage.strays).toEqual([]);
    },
  );

  test('To header tags MUST be generated for responses in a stateless manner - in a manner that will generate the same tag for the same request consistently. [3261-8.2.7]', async () => {
    const stage = await Stage.open();
    const request = callerSays('REGISTER', { branch: 'z9hG4bKreg' });
    stage.callerSends(request);
    stage.callerSends(request);
    const [first, second] = stage.caller.heard;
    expect(first?.message.to.tag).toMatch(/^\w{16}$/);
    expect(second?.text).toBe(first?.text);
    expect(stage.engine.sizes().serverTransactions).toBe(0);
    expect(stage.time.pending).toBe(0);
  });
});

describe('a MESSAGE outside of dialogs, where the node takes such', () => {
  const answered = {
    status: 202,
    reason: 'Taken',
    headers: [header('X-One', '1')],
    body: octets(''),
  };

  test('gets one final answer, and the same again while it may come again', async () => {
    const { stage, messages } = await listening();
    const request = callerSays('MESSAGE', { branch: 'z9hG4bKmsg' });
    stage.callerSends(request);
    stage.callerSends(request);
    expect(messages).toHaveLength(1);
    expect(stage.caller.summary).toEqual([]);
    stage.engine.conclude(messages[0]?.id ?? strayId(''), answered);
    stage.engine.conclude(messages[0]?.id ?? strayId(''), { ...answered, status: 500 });
    stage.pass(0);
    stage.callerSends(request);
    expect(stage.caller.summary).toEqual(['202 MESSAGE', '202 MESSAGE']);
    expect(headerValue(stage.caller.last().message.headers, 'x-one')).toBe('1');
    expect(messages).toHaveLength(1);
    stage.pass(60_000);
    expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
  });

  test('that is refused leaves nothing behind', async () => {
    const { stage, messages } = await listening();
    stage.callerSends(callerSays('MESSAGE'));
    stage.engine.respond(messages[0]?.id ?? strayId(''), 405, 'Not Allowed', []);
    stage.pass(0);
    expect(stage.caller.summary).toEqual(['405 MESSAGE']);
    expect(headerValue(stage.caller.last().message.headers, 'allow')).toContain('INVITE');
    expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
    expect(stage.time.pending).toBe(0);
  });

  test('fills half of the room at most', async () => {
    const { stage, messages } = await listening({ transactionsMax: 4 });
    for (let sent = 0; sent < 3; sent += 1) stage.callerSends(callerSays('MESSAGE'));
    expect(messages).toHaveLength(2);
    expect(stage.caller.summary).toEqual(['500 MESSAGE']);
  });

  test('within a dialog that is not here is a stray as any other', async () => {
    const { stage, messages } = await listening();
    stage.callerSends(stranger('MESSAGE'));
    expect(messages).toEqual([]);
    expect(stage.strays).toHaveLength(1);
  });

  async function listening(limits: Partial<Limits> = {}) {
    const stage = new Stage(limits, undefined, undefined, true);
    await stage.engine.listen(LISTENERS);
    return { stage, messages: stage.messages };
  }
});

describe('strays', () => {
  test.each(['BYE', 'INVITE', 'OPTIONS', 'INFO', 'REGISTER'])(
    'If the UAS wishes to reject the request because it does not wish to recreate the dialog, it MUST respond to the request with a 481 (%s) [3261-12.2.2]',
    async (method) => {
      const stage = await Stage.open();
      const request = stranger(method, { branch: 'z9hG4bKstray' });
      stage.callerSends(request);
      stage.callerSends(request);
      expect(stage.caller.summary).toEqual([]);
      expect(stage.strays).toMatchObject([
        { request: { method }, receivedOn: { source: CALLER, listener: A } },
      ]);
      const id = stage.strays[0]?.id ?? strayId('');
      stage.engine.respond(id, 481, 'Unknown', [header('Supported', 'x')]);
      stage.engine.respond(id, 200, 'OK', []);
      stage.pass(0);
      stage.callerSends(request);
      // Only what is said to an INVITE is kept: the node says the other anew.
      for (const { id: again } of stage.strays.slice(1))
        stage.engine.respond(again, 481, 'Unknown', []);
      stage.pass(0);
      expect(stage.caller.summary).toEqual([`481 ${method}`, `481 ${method}`]);
      expect(stage.caller.last().message.to.tag).toBe('unknown');
      expect(headerValue(stage.caller.last().message.headers, 'supported')).toBeUndefined();
      expect(stage.strays).toHaveLength(method === 'INVITE' ? 1 : 2);
      const kept = method === 'INVITE' ? 1 : 0;
      expect(stage.engine.sizes()).toMatchObject({ serverTransactions: kept, strays: 0 });
      if (method === 'INVITE') stage.callerSends(stranger('ACK', { branch: 'z9hG4bKstray' }));
      stage.pass(60_000);
      expect(stage.caller.summary).toHaveLength(2);
      expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
    },
  );

  test('an ACK is told and nothing is kept of it', async () => {
    const stage = await Stage.open();
    stage.callerSends(stranger('ACK'));
    expect(stage.strays).toMatchObject([{ request: { method: 'ACK' } }]);
    expect(stage.engine.sizes().serverTransactions).toBe(0);
    stage.engine.respond(stage.strays[0]?.id ?? strayId(''), 481, 'No', []);
    stage.pass(0);
    expect(stage.caller.summary).toEqual([]);
  });

  test('an ACK without a tag of ours, or with that of a stateless answer, is dropped', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('ACK'));
    stage.callerSends(callerSays('OPTIONS'));
    const toTag = stage.caller.last().message.to.tag ?? '';
    stage.callerSends(callerSays('ACK', { toTag }));
    expect(stage.strays).toEqual([]);
  });

  test('a stray whose verdict never comes is let go of', async () => {
    const stage = await Stage.open();
    stage.callerSends(stranger('BYE'));
    expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 1, strays: 1 });
    stage.pass(32_000);
    expect(stage.engine.sizes()).toMatchObject({ serverTransactions: 0, strays: 0 });
    stage.engine.respond(stage.strays[0]?.id ?? strayId(''), 481, 'Late', []);
    stage.pass(0);
    expect(stage.caller.summary).toEqual([]);
  });

  test('a tag of another call is a stray: all three parts make the dialog [3261-12]', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(stranger('BYE', { toTag: 'ours', callId: 'other' }));
    stage.callerSends(stranger('BYE', { toTag: 'ours', fromTag: 'other' }));
    stage.callerSends(stranger('BYE', { toTag: 'our5' }));
    expect(stage.strays).toHaveLength(3);
    expect(stage.told).toEqual(['acknowledged']);
  });
});
