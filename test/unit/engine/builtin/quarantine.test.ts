import { describe, expect, test } from '@jest/globals';
import type { Quarantine } from '../../../../lib/engine/builtin/quarantine.ts';
import { headerValue, headerValues } from '../../../../lib/sip/headers.ts';
import { A, callerSays, U } from './peers.ts';
import { LISTENERS, Stage } from './stage.ts';

/** Sets apart whatever holds that word. */
const against = (word: string): Quarantine => ({ admits: (bytes) => !bytes.includes(word) });

describe('a message that is set apart', () => {
  const bad = (method: string, headers: readonly string[] = []) =>
    callerSays(method, { callId: 'killer', branch: 'z9hG4bKkiller', headers });

  test('is not looked into: an INVITE gets 500 with the lines that a response has to repeat [3261-8.2.6.2]', async () => {
    const stage = await Stage.open({}, undefined, against('killer'));
    const folded = 'Via: SIP/2.0/UDP one,\r\n SIP/2.0/UDP two';
    stage.callerSends(bad('INVITE', [folded, 'Subject: x', ' more of it', 'Call-Info: <a:b>']));
    const { message } = stage.caller.last();
    expect(message).toMatchObject({ status: 500, callId: 'killer', cseq: { number: 1 } });
    expect(message.via.branch).toBe('z9hG4bKkiller');
    expect(headerValues(message.headers, 'via')[1]).toBe('SIP/2.0/UDP one, SIP/2.0/UDP two');
    expect(message.from.tag).toBe('caller');
    expect(message.to.tag).toBeDefined();
    expect(headerValue(message.headers, 'warning')).toContain('has ended this node before');
    for (const absent of ['retry-after', 'subject', 'call-info']) {
      expect(headerValue(message.headers, absent)).toBeUndefined();
    }
    expect([stage.invites, stage.faults]).toEqual([[], []]);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, serverTransactions: 0 });
  });

  test('the ACK of that refusal is known', async () => {
    const stage = await Stage.open({}, undefined, against('INVITE sip'));
    stage.callerSends(bad('INVITE'));
    const toTag = stage.caller.last().message.to.tag ?? '';
    stage.callerSends(callerSays('ACK', { callId: 'killer', branch: 'z9hG4bKkiller', toTag }));
    expect(stage.strays).toEqual([]);
  });

  test.each(['BYE', 'OPTIONS', 'CANCEL', 'ACK'])('%s stays unanswered', async (method) => {
    const stage = await Stage.open({}, undefined, against('killer'));
    stage.callerSends(bad(method));
    expect(stage.caller.heard).toEqual([]);
    expect(stage.strays).toEqual([]);
  });

  test('a tag that is there stays, also of a further INVITE', async () => {
    const stage = await Stage.open({}, undefined, against('killer'));
    stage.callerSends(callerSays('INVITE', { callId: 'killer', toTag: 'ours', cseq: 2 }), U);
    expect(stage.caller.last().message).toMatchObject({ status: 500, to: { tag: 'ours' } });
  });

  test('also when another site has received it', async () => {
    const stage = await Stage.open({}, undefined, against('killer'));
    const [listener] = LISTENERS;
    if (listener === undefined) throw new Error('no listener');
    const sent: string[] = [];
    const back = (bytes: Buffer) => sent.push(bytes.toString('latin1', 0, 11)) > 0;
    const source = { address: '203.0.113.7', port: 5060 };
    const raw = Buffer.from(bad('INVITE'), 'latin1');
    stage.engine.takeRelayed({ raw, listener, source, from: 's2', back, through: undefined });
    expect(sent).toEqual(['SIP/2.0 500']);
    expect(stage.invites).toEqual([]);
  });

  test('all else is served', async () => {
    const stage = await Stage.open({}, undefined, against('killer'));
    stage.callerSends(callerSays('INVITE'), A);
    expect(stage.invites).toHaveLength(1);
  });
});
