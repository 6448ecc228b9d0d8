import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';

const NET = '127.21.3';
jest.setTimeout(60_000);
const FORGED = 'verdict="forged"';

describe('requests that belong to no call here', () => {
  let stage: Stage;
  let stranger: UdpSink;
  let cseq = 1;
  beforeAll(async () => {
    stage = await openStage({ net: NET });
    stranger = await openUdpSink({ address: `${NET}.99`, port: 5060 });
  });
  afterEach(() => stage.stopGateways());
  afterAll(async () => {
    await stranger.close();
    expect(await stage.close()).toBe(0);
  });

  const strays = () => stage.site.metric('landfall_strays_total', FORGED);

  /** Sends a request in a dialog that the stranger says exists; answers its CSeq. */
  function send(method: string, callId: string, toTag: string): string {
    cseq += 1;
    const { address, port } = stranger.local;
    const lines = [
      `${method} sip:112@${stage.site.unicast.address} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-stray-${cseq}`,
      'Max-Forwards: 70',
      'From: <sip:stranger@example.org>;tag=stranger',
      `To: <sip:112@example.org>;tag=${toTag}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      'Content-Length: 0',
    ];
    stranger.send(`${lines.join('\r\n')}\r\n\r\n`, stage.site.unicast);
    return `${cseq} ${method}`;
  }

  const answerTo = (request: string) =>
    stranger.next(`the answer to ${request}`, (text) => headerOf(text, 'CSeq') === request);

  test('one changed character in the To-tag: 481 to a BYE, nothing to an ACK, and both count', async () => {
    const before = await strays();
    await stage.gateway('uas-answer', { calls: 1 });
    const end = await stage.call('uac-bad-tag', { keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    // On a slow machine the 200 comes again before the right ACK, and so does the wrong one.
    expect((await strays()) - before).toBeGreaterThanOrEqual(2);
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved' });
  });

  test("another call's token: 481, and it counts as forged", async () => {
    await stage.gateway('uas-answer');
    const end = await stage.call('uac-honours-contact', { calls: 2, keepMessages: true });
    const answers = end.messages.filter(({ text }) => text.startsWith('SIP/2.0 180'));
    const [one = '', other = ''] = answers.map(({ text }) => text);
    expect(headerOf(one, 'Call-ID')).not.toBe(headerOf(other, 'Call-ID'));
    const before = await strays();
    const tag = headerOf(other, 'To').split(';tag=')[1] ?? '';
    const { text } = await answerTo(send('BYE', headerOf(one, 'Call-ID'), tag));
    expect(text).toMatch(/^SIP\/2\.0 481 /);
    expect((await strays()) - before).toBe(1);
  });

  test('a BYE with a tag that was never a token: 481', async () => {
    const { text } = await answerTo(send('BYE', 'never-here', 'abc'));
    expect(text).toMatch(/^SIP\/2\.0 481 /);
  });

  test('an ACK of no dialog is answered by nothing', async () => {
    const ack = send('ACK', 'never-here', 'abc');
    // What follows is answered, so the ACK has been read by then.
    await answerTo(send('BYE', 'never-here', 'abc'));
    expect(stranger.received.filter(({ text }) => headerOf(text, 'CSeq') === ack)).toEqual([]);
  });
});
