import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, responds, U } from './peers.ts';
import { NOTHING, octets, Stage, says } from './stage.ts';

const CONTACT = uriText('sip:token@198.51.100.11:5060');
const ABLE = ['Supported: timer', 'Session-Expires: 90'];
const ALLOWS = 'Allow: INVITE, UPDATE';
const SDP = { headers: [header('Content-Type', 'application/sdp')], body: octets('v=0\r\n') };
const REQUEST = requestId('q1');

/** A call whose caller has said that. */
async function talking(...headers: string[]) {
  const stage = await Stage.open();
  const leg = stage.ringIn({ headers });
  stage.engine.answer(leg, says(200, SDP));
  stage.pass(0);
  stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
  /** The node asks that of the caller. */
  const ask = (method: string) => {
    const order = { request: REQUEST, method, contact: CONTACT, maxForwards: 69, ...SDP };
    stage.engine.ask(leg, tagOf('ours'), order);
    stage.pass(0);
  };
  /** The caller answers the last of them. */
  const answers = (method: string, status: number, ...more: string[]) => {
    const request = stage.caller.request(method);
    stage.callerSends(responds(request, status, { headers: more }), U);
  };
  const heard = () => stage.caller.summary.slice(2);
  const told = () => stage.told.slice(1);
  const value = (name: string) => headerValue(stage.caller.last().message.headers, name);
  return { stage, leg, ask, answers, heard, told, value };
}

describe.each([
  ['INVITE', ['INVITE', 'ACK', 'INVITE']],
  ['UPDATE', ['UPDATE', 'UPDATE']],
])('a far end that finds the interval of a crossing %s too small', (method, twice) => {
  test('is asked again for as much as it takes; who asked hears of the last word alone [4028-7.4]', async () => {
    const { stage, ask, answers, heard, told, value } = await talking(...ABLE, ALLOWS);
    ask(method);
    answers(method, 422, 'Min-SE: 300');
    expect(heard()).toEqual(twice);
    const { message } = stage.caller.last();
    expect(message).toMatchObject({ body: SDP.body, cseq: { number: 2 } });
    expect(value('session-expires')).toBe('300;refresher=uac');
    expect(value('min-se')).toBe('300');
    expect(told()).toEqual([]);
    answers(method, 200, 'Session-Expires: 300;refresher=uac');
    expect(told()).toEqual(['replied']);
    expect(stage.events.at(-1)).toMatchObject({ request: REQUEST, status: 200, tag: 'ours' });
  });

  test('is believed a few times, as long as it wants more each time', async () => {
    const { stage, ask, answers, heard, told } = await talking(...ABLE, ALLOWS);
    ask(method);
    for (const minSe of [100, 200, 300, 400]) answers(method, 422, `Min-SE: ${minSe}`);
    expect(heard().filter((one) => one === method)).toHaveLength(4);
    expect(told()).toEqual(['replied']);
    expect(stage.events.at(-1)).toMatchObject({ request: REQUEST, status: 422 });
  });

  test.each([
    ['wants what it got', '90', ABLE],
    ['was asked for none', '300', []],
  ])('and %s is taken at its word', async (_, minSe, headers) => {
    const { stage, ask, answers, heard, told } = await talking(...headers, ALLOWS);
    ask(method);
    answers(method, 422, `Min-SE: ${minSe}`);
    expect(heard().filter((one) => one === method)).toHaveLength(1);
    expect(told()).toEqual(['replied']);
    expect(stage.events.at(-1)).toMatchObject({ status: 422 });
  });

  test('is asked nothing any more once the call is over', async () => {
    const { stage, leg, ask, answers, heard } = await talking(...ABLE, ALLOWS);
    ask(method);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    answers(method, 422, 'Min-SE: 300');
    expect(heard().filter((one) => one === method)).toHaveLength(1);
  });
});

describe('a re-INVITE that is taken back', () => {
  test.each([
    ['while the caller works on it', ['INVITE', 'CANCEL', 'ACK'], true],
    ['before the caller says anything', ['INVITE', 'ACK'], false],
  ])('%s is not sent again for a 422', async (_, all, isWorking) => {
    const { stage, leg, ask, answers, heard } = await talking(...ABLE);
    ask('INVITE');
    if (isWorking) answers('INVITE', 100);
    stage.engine.retract(leg, REQUEST, []);
    stage.pass(0);
    answers('INVITE', 422, 'Min-SE: 300');
    expect(heard()).toEqual(all);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: REQUEST, status: 422 });
  });
});

describe('a 422 of the other far end', () => {
  test.each(['INVITE', 'UPDATE'])(
    'The 422 response MUST contain a Min-SE header field with the minimum timer for that server: that of this leg, for a %s [4028-6]',
    async (method) => {
      const { stage, leg, value } = await talking(...ABLE);
      const parts = { toTag: 'ours', cseq: 2, headers: ABLE, body: 'v=0\r\n' };
      stage.callerSends(callerSays(method, parts), U);
      const event = stage.events.at(-1);
      if (event?.on !== 'asked') throw new Error('nothing was asked');
      const reply = { status: 422, reason: 'Too Small', contact: CONTACT, ...NOTHING };
      const headers = [header('Min-SE', '3600')];
      stage.engine.reply(leg, event.request, { ...reply, headers });
      stage.pass(0);
      expect(stage.caller.summary.at(-1)).toBe(`422 ${method}`);
      expect(value('min-se')).toBe('90');
    },
  );
});
