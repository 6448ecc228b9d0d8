import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { tagOf } from '../../../lib/sip/ids.ts';
import { aCall, answered, orders, refused, SOME_SDP } from '../../support/call-core.ts';
import { A, B, callerSays, hangsUp, joins, refers, talking } from './transfer-scenes.ts';

describe('an INVITE of a gateway with Replaces', () => {
  test('If the UA can accept it, it answers the new INVITE and sends a BYE to the replaced dialog: as soon as the caller has agreed to its offer [3891-3]', () => {
    const open = talking().after(joins());
    expect(open.effects).toMatchObject([{ do: 'ask', dialog: A, body: SOME_SDP }]);
    const done = open.after(callerSays(200, 'came2'));
    expect(orders(done.effects)).toEqual(['confirm', 'accept-b 2', 'bye-b 1']);
    expect(done.state).toMatchObject({ tag: 'talking', bridge: { attempt: 2, tag: 'ours' } });
    expect(done.state.facts.attempts[1]).toMatchObject({ gateway: 'g2', status: 200 });
  });

  test.each([
    ['names another dialog', { replaces: { attempt: 2, tag: tagOf('g1') } }, 481],
    ['makes no offer', { body: NO_OCTETS }, 488],
    ['is early-only, and the dialog is confirmed: 486 [3891-3]', { isEarlyOnly: true }, 486],
  ])('one that %s changes nothing', (_, more, status) => {
    const call = talking().after(joins(more));
    expect(call.effects).toEqual([{ do: 'reject-b', attempt: 2, status }]);
    expect(call.state.tag).toBe('talking');
    expect(call.state.facts.attempts[1]).toMatchObject({ gateway: 'g2', status });
  });

  test('the caller may refuse it, and one that is taken back leaves the call as it was', () => {
    const refusedIt = talking().after(joins()).after(callerSays(488, 'came2'));
    expect(orders(refusedIt.effects)).toEqual(['reject-b 2']);
    expect(refusedIt.state.facts.attempts[1]).toMatchObject({ gateway: 'g2', status: 488 });
    const cancelled = talking().after(joins()).after(refused(2, 487));
    expect(orders(cancelled.effects)).toEqual(['reject-b 2']);
    const back = cancelled.after(callerSays(200, 'came2'));
    expect(orders(back.effects)).toEqual(['confirm', 'ask']);
    expect(back.effects[1]).toMatchObject({ dialog: B, method: 'INVITE', body: '' });
  });

  test.each([
    ['dialing', aCall({ transfers: 'execute' }, 1), 481],
    ['answering', aCall({ transfers: 'execute' }, 1).after(answered(1)), 491],
    ['transferring', talking().after(refers()), 491],
    ['ended', talking().after(hangsUp(1)), 481],
  ])('while the call is %s it is refused', (_, call, status) => {
    const attempt = call.state.facts.attempts.length + 1;
    const refusedIt = call.after(joins({ attempt }));
    expect(refusedIt.effects).toEqual([{ do: 'reject-b', attempt, status }]);
    expect(refusedIt.state.tag).toBe(call.state.tag);
  });
});
