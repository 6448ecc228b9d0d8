import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import {
  aCall,
  answered,
  empty,
  mediaFailed,
  orders,
  refused,
  ringing,
  SOME_SDP,
  target,
} from '../../support/call-core.ts';

const reason = header('Reason', 'SIP;cause=200;text="Call completed elsewhere"');

describe('dialing', () => {
  test('a UAC that gives up asks for a CANCEL, and hangs up the 2xx that crosses it [3261-9.1] [3261-15]', () => {
    const cancelled = aCall()
      .after(ringing(1))
      .after({ on: 'a-cancelled', ...empty });
    expect(orders(cancelled.effects)).toEqual(['clear-timer', 'reject-a', 'cancel-b 1', 'end']);
    const crossed = cancelled.after(answered(1));
    expect(orders(crossed.effects)).toEqual(['ack-b 1', 'bye-b 1', 'forget']);
  });

  test('a BYE in an early dialog ends the call like a CANCEL [3261-9.2] [3261-15.1.2]', () => {
    const hungUp = aCall()
      .after(ringing(1))
      .after({ on: 'a-hung-up', door: 'unicast', ...empty });
    expect(orders(hungUp.effects)).toContain('cancel-b 1');
    expect(hungUp.effects).toContainEqual(expect.objectContaining({ do: 'reject-a', status: 487 }));
  });

  test('the Reason of a CANCEL tells the gateway why, and nothing else of it crosses [3326-2]', () => {
    const headers = [reason, header('X-Secret', 'no')];
    const { effects } = aCall().after({ on: 'a-cancelled', headers, body: NO_OCTETS });
    expect(effects).toContainEqual({ do: 'cancel-b', attempt: 1, headers: [reason] });
  });

  test('the last failure is told as a Reason with its status [6432-3]', () => {
    const failed = aCall({}, 1).after(refused(1, 503));
    const reject = failed.effects.find((effect) => effect.do === 'reject-a');
    expect(reject).toMatchObject({ status: 500 });
    expect(JSON.stringify(reject)).toContain('SIP;cause=503');
    expect(JSON.stringify(reject)).not.toContain('10.0.1');
  });

  test('a Warning tells what each try came to, and names nobody inside', () => {
    const failed = aCall({ emergency: true }).after(refused(1, 503)).after(refused(2, 486));
    const rejected = failed.effects.find((effect) => effect.do === 'reject-a');
    const warning = rejected?.headers.find(({ name }) => name === 'warning')?.value;
    expect(warning).toBe('399 landfall "no gateway took the call: 503, 486"');
  });

  test('a 3xx is followed at once and once, before the others, and stands in the attempts', () => {
    const redirects = [target(7)];
    const moved = aCall().after({ ...refused(1, 302), redirects } as ReturnType<typeof refused>);
    expect(moved.effects).toContainEqual(
      expect.objectContaining({
        do: 'invite-b',
        attempt: 2,
        target: expect.objectContaining({ gateway: 'g7' }),
      }),
    );
    const again = moved.after({ ...refused(2, 302), redirects } as ReturnType<typeof refused>);
    expect(orders(again.effects)).toContain('reject-a');
    const next = moved.after(refused(2, 503));
    expect(next.state.facts.attempts.map(({ gateway, status }) => [gateway, status])).toEqual([
      ['g1', 302],
      ['g7', 503],
      ['g2', 0],
    ]);
  });

  test('an emergency call waits three minutes, as Timer C does, for a gateway that has said 100 [3261-16.8]', () => {
    const tried = aCall({ emergency: true }, 1).after({ on: 'b-trying', attempt: 1 });
    const given = tried.after({ on: 'timer', name: 'progress' }, 4010);
    expect(given.effects).toContainEqual({
      do: 'set-timer',
      name: 'last-answer',
      delayMs: 180_000,
    });
    const late = given.after(answered(1), 100_000);
    expect(orders(late.effects)).toContain('answer-a');
  });

  test('a timer that was meant for another moment changes nothing and is told', () => {
    for (const name of ['ring', 'progress', 'last-answer'] as const) {
      const stale = aCall().after({ on: 'timer', name });
      expect(orders(stale.effects)).toEqual(['ignore']);
      expect(stale.state.tag).toBe('dialing');
    }
  });

  test('one target has at most 2 s, several share the budget, none has less than 700 ms', () => {
    const delay = (call: ReturnType<typeof aCall>) =>
      call.effects.find((effect) => effect.do === 'set-timer');
    expect(delay(aCall({}, 1))).toMatchObject({ delayMs: 2000 });
    expect(delay(aCall({}, 4))).toMatchObject({ delayMs: 1500 });
    expect(delay(aCall({}, 20))).toMatchObject({ delayMs: 700 });
  });

  test('an ordinary call that rings for too long ends as nobody having answered', () => {
    const rung = aCall().after(ringing(1)).after({ on: 'timer', name: 'ring' }, 180_000);
    expect(rung.state).toMatchObject({
      tag: 'ended',
      termination: { fault: 'callee', reason: 'callee-did-not-answer', status: 408 },
    });
  });

  test('a caller who gives up while its media is being anchored in vain has given up', () => {
    const cancelled = aCall().after({ on: 'a-cancelled', ...empty });
    const failed = cancelled.after(mediaFailed(1));
    expect(cancelled.state).toMatchObject({ termination: { reason: 'caller-cancelled' } });
    expect(failed.state.facts.attempts).toMatchObject([{ status: 500, reason: 'silent' }]);
    expect(orders(failed.effects)).toEqual(['forget']);
  });

  test('a gateway that rings late is not given up when the next one gets no media', () => {
    const second = aCall().after({ on: 'timer', name: 'first-response' });
    const failed = second.after(ringing(1)).after(mediaFailed(2));
    expect(failed.state).toMatchObject({ tag: 'dialing', current: { number: 1 }, fading: [] });
    const alone = second.after(mediaFailed(2));
    expect(alone.state).toMatchObject({ termination: { reason: 'media-failed', status: 500 } });
    expect(orders(alone.effects)).toContain('cancel-b 1');
  });

  test('an ordinary 401, 302 or 503 of a gateway never reaches the caller as it is', () => {
    for (const status of [302, 401, 407, 500, 503]) {
      const { effects } = aCall({}, 1).after(refused(1, status));
      expect(effects).toContainEqual(expect.objectContaining({ do: 'reject-a', status: 500 }));
    }
  });
});

describe('answered', () => {
  test('an INVITE without SDP leaves the offer to the 2xx; the answer stands in the ACK [3264-5]', () => {
    const asked = { ...aCall().state.facts.asked, body: NO_OCTETS };
    const late = aCall({ asked }).after(answered(1));
    expect(orders(late.effects)).not.toContain('ack-b 1');
    const acked = late.after({
      on: 'a-acknowledged',
      door: 'unicast',
      headers: [],
      body: SOME_SDP,
    });
    expect(acked.effects).toContainEqual(
      expect.objectContaining({ do: 'ack-b', attempt: 1, body: SOME_SDP }),
    );
  });

  test('each dialog that sent SDP has a To-tag of its own [3261-13.2.2.4]', () => {
    const early = aCall({ emergency: true }).after(ringing(1, SOME_SDP)).after(refused(1, 503));
    const rung = early.after(ringing(2));
    expect(rung.effects).toContainEqual(expect.objectContaining({ do: 'ring-a', fork: 1 }));
    expect(rung.after(answered(2)).effects).toContainEqual(
      expect.objectContaining({ do: 'answer-a', fork: 1 }),
    );
  });

  test('gateways that sent no SDP share one To-tag', () => {
    const early = aCall({ emergency: true }).after(ringing(1)).after(refused(1, 503));
    expect(early.after(ringing(2)).effects).toContainEqual(
      expect.objectContaining({ do: 'ring-a', fork: 0 }),
    );
  });

  test('at shutdown both legs get a BYE with the reason', () => {
    const { effects, state } = aCall().after(answered(1)).after({ on: 'shutdown' });
    expect(orders(effects)).toEqual(['bye-a', 'bye-b 1', 'end', 'forget']);
    expect(JSON.stringify(effects)).toContain('SIP;cause=503');
    expect(state).toMatchObject({ termination: { fault: 'us', reason: 'hung-up-at-shutdown' } });
  });

  test('every state is plain JSON', () => {
    const asked = { ...aCall().state.facts.asked, body: NO_OCTETS };
    const states = [
      aCall({ asked, emergency: true }),
      aCall().after(ringing(1)),
      aCall().after(answered(1)),
      aCall()
        .after(answered(1))
        .after({ on: 'a-acknowledged', door: 'anycast', ...empty }),
      aCall().after({ on: 'a-cancelled', ...empty }),
    ];
    for (const { state } of states) {
      const copy = JSON.parse(JSON.stringify(state));
      expect(copy).toEqual(JSON.parse(JSON.stringify(copy)));
      expect(JSON.stringify(copy)).toBe(JSON.stringify(state));
    }
  });
});
