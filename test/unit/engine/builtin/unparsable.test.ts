import { describe, expect, test } from '@jest/globals';
import { CALLER, callerSays } from './peers.ts';
import { Stage } from './stage.ts';

const broken = (method: string, line: string) =>
  callerSays(method).replace(new RegExp(`${line}:.*\r\n`), '');

describe('bytes that are no message', () => {
  test('The request could not be understood due to malformed syntax. The Reason-Phrase SHOULD identify the syntax problem in more detail: here Warning does. [3261-21.4.1]', async () => {
    const stage = await Stage.open();
    stage.callerSends(broken('INVITE', 'Call-ID'));
    expect(stage.caller.texts[0]?.split('\r\n')).toEqual([
      'SIP/2.0 400 Bad Request',
      expect.stringMatching(/^Via: .*received=203\.0\.113\.7/),
      'From: "A" <sip:+4670@op.example>;tag=caller',
      'CSeq: 1 INVITE',
      expect.stringMatching(/^To: <sip:112@192\.0\.2\.112>;tag=\w{16}$/),
      'Warning: 399 landfall "no-call-id"',
      'Content-Length: 0',
      '',
      '',
    ]);
    expect(stage.faults).toMatchObject([
      { fault: { reason: 'no-call-id' }, answered: true, on: { source: CALLER } },
    ]);
    expect(stage.invites).toEqual([]);
  });

  test('the answer goes to where the bytes came from, whatever Via says', async () => {
    const stage = await Stage.open();
    const seen = new Set<string>();
    stage.network.onPacket = ({ to }) => seen.add(to.address);
    const via = 'Via: SIP/2.0/UDP 10.66.6.6:5060;branch=z9hG4bKx';
    stage.callerSends(broken('BYE', 'From').replace(/Via:[^\r]*/, via));
    expect(stage.caller.texts).toHaveLength(1);
    expect(seen).not.toContain('10.66.6.6');
  });

  test.each([
    ['an ACK', broken('ACK', 'Call-ID')],
    ['a response', response().replace(/CSeq:.*\r\n/, '')],
    ['a request without a Via', broken('INVITE', 'Via')],
    ['noise', '\x80\x90 noise of some kind\r\n\r\n'],
    ['a shrug', 'HELLO\r\n\r\n'],
  ])('%s is not answered, and told', async (_, text) => {
    const stage = await Stage.open();
    stage.callerSends(text);
    expect(stage.caller.texts).toEqual([]);
    expect(stage.faults).toMatchObject([{ answered: false }]);
  });

  test.each([
    ['line breaks', '\r\n\r\n'],
    ['one line break', '\n'],
    ['nothing', ''],
    ['a NUL', '\0'],
    ['STUN', '\0\x01\0\0\x21\x12\xa4\x42123456789012'],
    ['an answer of STUN', '\x01\x01\0\0\x21\x12\xa4\x42123456789012'],
  ])('%s is passed over in silence', async (_, text) => {
    const stage = await Stage.open();
    stage.callerSends(text);
    expect(stage.caller.texts).toEqual([]);
    expect(stage.faults).toEqual([]);
  });

  test('a To that has a tag keeps it', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('BYE', { toTag: 'theirs' }).replace(/Call-ID:.*\r\n/, ''));
    expect(stage.caller.texts[0]).toContain('\r\nTo: <sip:112@192.0.2.112>;tag=theirs\r\n');
  });

  test('nothing throws, whatever is cut off or changed', async () => {
    const stage = await Stage.open();
    const text = callerSays('INVITE', { headers: ['Record-Route: <sip:p;lr>'], body: 'v=0' });
    for (let at = 0; at < text.length; at += 1) {
      stage.callerSends(text.slice(0, at));
      stage.callerSends(`${text.slice(0, at)}\0${text.slice(at + 1)}`);
      stage.callerSends(`${text.slice(0, at)}"<;,>${text.slice(at)}`);
    }
    stage.pass(300_000);
    expect(stage.faults.length).toBeGreaterThan(100);
  });
});

function response(): string {
  return callerSays('INVITE').replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n');
}
