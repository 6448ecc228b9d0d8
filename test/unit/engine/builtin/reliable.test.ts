import { describe, expect, test } from '@jest/globals';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, gatewaySays, U } from './peers.ts';
import { NOTHING, octets, Stage, says } from './stage.ts';

const SUPPORTS = { headers: ['Supported: 100rel'], branch: 'z9hG4bK-first' };
const SDP = { body: octets('v=0\r\n') };

const said = (stage: Stage, name: string) => headerValue(stage.caller.last().message.headers, name);

/** The RAck of what the caller has heard last. */
const rack = (stage: Stage) => `RAck: ${said(stage, 'rseq')} 1 INVITE`;

const prack = (stage: Stage, cseq: number, named = rack(stage), body = '') => {
  stage.callerSends(callerSays('PRACK', { toTag: 'ours', cseq, headers: [named], body }), U);
};

describe('a caller that acknowledges what it hears before the answer', () => {
  test('hears SDP until its PRACK, at intervals that double from T1 on [3262-3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.pass(3600);
    const heard = stage.caller.heard.filter(({ text }) => text.includes('RSeq'));
    expect(heard.map(({ atMs }) => atMs)).toEqual([0, 500, 1500, 3500]);
    expect(new Set(heard.map(({ text }) => text)).size).toBe(1);
    expect(said(stage, 'require')).toBe('100rel');
    prack(stage, 2);
    expect(stage.caller.summary.at(-1)).toBe('200 PRACK');
    stage.pass(20_000);
    expect(stage.caller.summary.at(-1)).toBe('200 PRACK');
    expect(stage.told).toEqual([]);
  });

  test('hears what has no SDP once, unless it requires more [3262-3]', async () => {
    for (const [how, times] of [
      ['Supported', 1],
      ['Require', 2],
    ] as const) {
      const stage = await Stage.open();
      const leg = stage.ringIn({ headers: [`${how}: 100rel`] });
      stage.engine.ring(leg, says(180));
      stage.pass(700);
      expect(stage.caller.summary.filter((one) => one === '180 INVITE')).toHaveLength(times);
    }
  });

  test('gets numbers that follow each other, in whatever dialog [3262-3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.pass(0);
    const first = Number(said(stage, 'rseq'));
    stage.engine.ring(leg, says(183, { ...SDP, tag: tagOf('other') }));
    stage.pass(0);
    expect(stage.caller.summary.filter((one) => one === '183 INVITE')).toHaveLength(1);
    prack(stage, 2);
    expect(Number(said(stage, 'rseq'))).toBe(first + 1);
    expect(stage.caller.last().text).toContain('tag=other');
  });

  test('If the PRACK does not match an unacknowledged reliable provisional response, the UAS MUST generate a 481 response to the PRACK. [3262-3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.pass(0);
    const rseq = Number(said(stage, 'rseq'));
    const wrong = [`${rseq + 1} 1 INVITE`, `${rseq} 2 INVITE`, `${rseq} 1 UPDATE`, 'nothing'];
    for (const [at, value] of wrong.entries()) prack(stage, 2 + at, `RAck: ${value}`);
    expect(stage.caller.summary.slice(2)).toEqual(wrong.map(() => '481 PRACK'));
    prack(stage, 9, `RAck: ${rseq} 1 INVITE`);
    expect(stage.caller.summary.at(-1)).toBe('200 PRACK');
  });

  test('has its SDP told, and answered by the node [3262-5]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.pass(0);
    prack(stage, 2, rack(stage), 'v=0\r\n');
    const event = stage.events.at(-1);
    expect(event).toMatchObject({ on: 'asked', method: 'PRACK', tag: 'ours', body: 'v=0\r\n' });
    if (event?.on !== 'asked') return;
    const contact = uriText('sip:x@y');
    stage.engine.reply(leg, event.request, { status: 200, reason: 'OK', contact, ...NOTHING });
    stage.pass(0);
    expect(stage.caller.summary.at(-1)).toBe('200 PRACK');
  });

  test.each(['CANCEL', 'BYE'])(
    'has the 2xx that waits for its PRACK before its %s is served [3262-3]',
    async (method) => {
      const stage = await Stage.open();
      const leg = stage.ringIn(SUPPORTS);
      stage.engine.ring(leg, says(183, SDP));
      stage.engine.answer(leg, says(200, SDP));
      stage.pass(0);
      expect(stage.caller.summary.at(-1)).toBe('183 INVITE');
      if (method === 'CANCEL') stage.callerSends(callerSays('CANCEL', { branch: 'z9hG4bK-first' }));
      else stage.callerSends(callerSays('BYE', { toTag: 'ours', cseq: 2 }), U);
      expect(stage.caller.summary).toContain('200 INVITE');
      expect(stage.caller.summary).toContain(`200 ${method}`);
      expect(stage.told).toEqual(method === 'BYE' ? ['hung-up'] : []);
    },
  );

  test.each(['hangUp', 'ask'] as const)(
    'has it when the node has more to say: %s',
    async (what) => {
      const stage = await Stage.open();
      const leg = stage.ringIn(SUPPORTS);
      stage.engine.ring(leg, says(183, SDP));
      stage.engine.answer(leg, says(200, SDP));
      if (what === 'hangUp') stage.engine.hangUp(leg, tagOf('ours'), []);
      else {
        const order = { request: requestId('q1'), method: 'INVITE', maxForwards: 69 };
        stage.engine.ask(leg, tagOf('ours'), { ...order, contact: uriText('sip:x@y'), ...NOTHING });
      }
      stage.pass(0);
      expect(stage.caller.summary).toContain('200 INVITE');
      expect(stage.told).toEqual([]);
    },
  );

  test('is refused at once, and nothing is said again [3262-3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.engine.reject(leg, says(486));
    stage.pass(0);
    expect(stage.caller.summary.at(-1)).toBe('486 INVITE');
    stage.callerSends(callerSays('ACK', { ...SUPPORTS, toTag: 'ours' }));
    stage.pass(60_000);
    expect(stage.caller.summary.filter((one) => one === '183 INVITE')).toHaveLength(1);
    expect(stage.time.pending).toBe(0);
  });

  test('is not waited for after 64*T1, and rings on [3262-3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn(SUPPORTS);
    stage.engine.ring(leg, says(183, SDP));
    stage.engine.ring(leg, says(183, { ...SDP, tag: tagOf('other') }));
    stage.pass(31_999);
    expect(stage.caller.last().text).toContain('tag=ours');
    stage.pass(1);
    expect(stage.caller.last().text).toContain('tag=other');
    expect(said(stage, 'rseq')).toBeUndefined();
  });
});

describe('a gateway that has to be told that its ringing was heard', () => {
  const RELIABLE = (rseq: number) => ({ tag: 'gw', headers: ['Require: 100rel', `RSeq: ${rseq}`] });

  test('is invited with Supported: 100rel only if the node says so [3262-4]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    expect(headerValue(stage.gateway.request('INVITE').headers, 'supported')).toBe('timer');
    const other = await Stage.open();
    other.callOut({ mayRingReliably: true });
    expect(headerValue(other.gateway.request('INVITE').headers, 'supported')).toBe('100rel, timer');
  });

  test('gets one PRACK for each response, however often that comes [3262-4]', async () => {
    const stage = await Stage.open();
    stage.callOut({ mayRingReliably: true });
    stage.gatewayAnswers(183, RELIABLE(7));
    expect(headerValue(stage.gateway.request('PRACK').headers, 'rack')).toBe('7 1 INVITE');
    expect(stage.gateway.request('PRACK').to.tag).toBe('gw');
    stage.gatewayAnswers(183, RELIABLE(7));
    expect(stage.gateway.summary.filter((one) => one === 'PRACK')).toHaveLength(1);
    expect(stage.told).toEqual(['ringing']);
  });

  test('If the UAC receives another reliable provisional response and its RSeq value is not one higher than the value of the sequence number, that response MUST NOT be acknowledged with a PRACK, and MUST NOT be processed further by the UAC. [3262-4]', async () => {
    const stage = await Stage.open();
    stage.callOut({ mayRingReliably: true });
    stage.gatewayAnswers(183, RELIABLE(7));
    stage.gatewayAnswers(180, RELIABLE(9));
    expect(stage.told).toEqual(['ringing']);
    stage.gatewayAnswers(180, RELIABLE(8));
    stage.gatewayAnswers(180, RELIABLE(9));
    const fork = { ...RELIABLE(1), tag: 'gw2' };
    stage.gatewayAnswers(183, fork);
    expect(stage.told).toEqual(['ringing', 'ringing', 'ringing', 'ringing']);
    expect(stage.gateway.summary.filter((one) => one === 'PRACK')).toHaveLength(4);
  });

  test('whose response is an offer gets the PRACK of the node, which answers it [3262-5]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut({ mayRingReliably: true, headers: [], body: octets('') });
    stage.gatewayAnswers(183, { ...RELIABLE(7), body: 'v=0\r\n' });
    expect(stage.gateway.summary).not.toContain('PRACK');
    const order = { request: requestId('q1'), method: 'PRACK', maxForwards: 69, headers: [] };
    const contact = uriText('sip:x@y');
    stage.engine.ask(leg, tagOf('gw'), { ...order, contact, body: octets('v=0\r\n') });
    stage.pass(0);
    const sent = stage.gateway.request('PRACK');
    expect(headerValue(sent.headers, 'rack')).toBe('7 1 INVITE');
    expect(sent.body).toBe('v=0\r\n');
  });

  test('has nothing to acknowledge itself: its PRACK gets 481 [3262-3]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    stage.gatewayAnswers(183, { tag: 'gw' });
    stage.gatewaySends(gatewaySays(stage.gateway.request('INVITE'), 'PRACK'));
    expect(stage.gateway.summary.at(-1)).toBe('481 PRACK');
  });
});
