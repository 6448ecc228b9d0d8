import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { requestId } from '../../../lib/sip/ids.ts';
import {
  aCall,
  answered,
  type Driven,
  empty,
  type Happening,
  orders,
  refused,
  ringing,
  SOME_SDP,
  target,
} from '../../support/call-core.ts';
import {
  A,
  B,
  callerSays,
  hangsUp,
  REFER_TO,
  refers,
  request,
  statusOf,
  talking,
  told,
} from './transfer-scenes.ts';

describe('a REFER of a gateway that is carried out here', () => {
  test('An agent responding to a REFER method MUST return a 400 (Bad Request) if the request contained zero or more than one Refer-To header field values. [3515-2.4.2]', () => {
    const none = talking().after(refers({ headers: [header('CSeq', '7 REFER')] }));
    const two = talking().after(refers({ headers: [...REFER_TO, ...REFER_TO] }));
    expect([none, two].map(statusOf)).toEqual([[400], [400]]);
    expect(none.state.tag).toBe('talking');
  });

  test('the recipient of the REFER MAY decline it with 603: it leads to no gateway of the site [3515-2.4.2]', () => {
    const call = talking().after(refers({ leadsTo: undefined }));
    expect(statusOf(call)).toEqual([603]);
    expect(call.state.tag).toBe('talking');
  });

  test('The agent receiving the REFER MUST send a NOTIFY that describes each step, and the final NOTIFY ends the subscription [3515-2.4.4] [3515-2.4.5]', () => {
    const accepted = talking().after(refers());
    expect(orders(accepted.effects)).toEqual(['reply', 'ask', 'invite-b 2', 'set-timer']);
    expect(statusOf(accepted)[0]).toBe(202);
    expect(accepted.effects[2]).toMatchObject({ isOffered: true, target: target(2) });
    expect(told(accepted)).toEqual(['SIP/2.0 100 Trying']);
    expect(accepted.effects[1]).toMatchObject({
      dialog: B,
      headers: [
        header('Event', 'refer;id=7'),
        header('Subscription-State', 'active;expires=180'),
        header('Content-Type', 'message/sipfrag;version=2.0'),
      ],
    });
    const rings = accepted.after(ringing(2));
    expect(told(rings)).toEqual(['SIP/2.0 180 Ringing']);
    const open = rings.after(answered(2));
    expect(orders(open.effects)).toEqual(['clear-timer', 'ask']);
    expect(open.effects[1]).toMatchObject({ dialog: A, method: 'INVITE', body: SOME_SDP });
    const done = open.after(callerSays(200));
    expect(orders(done.effects)).toEqual(['confirm', 'ack-b 2', 'ask', 'bye-b 1']);
    expect(told(done)).toEqual(['SIP/2.0 200 OK']);
    expect(done.effects[2]).toMatchObject({
      headers: expect.arrayContaining([
        header('Subscription-State', 'terminated;reason=noresource'),
      ]) as unknown,
    });
    expect(done.state).toMatchObject({
      tag: 'talking',
      bridge: { fork: 0, attempt: 2, tag: 'g2' },
    });
  });

  test('who sent the REFER may hang up at once: the caller is kept, and nobody is told any more', () => {
    const alone = talking().after(refers()).after(hangsUp(1));
    expect(alone.effects).toEqual([]);
    const done = alone.after(answered(2)).after(callerSays(200));
    expect(orders(done.effects)).toEqual(['confirm', 'ack-b 2']);
    expect(done.state.tag).toBe('talking');
  });

  test('if nobody takes over then, the call ends, and both sides know why', () => {
    const alone = talking().after(refers()).after(hangsUp(1)).after(refused(2, 486));
    expect(orders(alone.effects)).toEqual([
      'clear-timer',
      'note-gateway',
      'clear-timer',
      'bye-a',
      'end',
      'forget',
    ]);
    expect(alone.state).toMatchObject({ termination: { reason: 'transfer-failed' } });
  });

  test('an emergency call is then offered to the gateways that it had first, one after the other', () => {
    const fallbacks = [target(1), target(3)];
    const alone = talking({ emergency: true, fallbacks }).after(refers()).after(hangsUp(1));
    const again = alone.after(refused(2, 486));
    const all = ['clear-timer', 'note-gateway', 'invite-b 3', 'set-timer'];
    expect(orders(again.effects)).toEqual(all);
    expect(again.effects[2]).toMatchObject({ target: target(1), isOffered: true });
    const next = again.after({ on: 'timer', name: 'first-response' });
    expect(orders(next.effects)).toEqual(['note-gateway', 'cancel-b 3', 'invite-b 4', 'set-timer']);
    const mended = next.after(answered(4)).after(callerSays(200, 'placed4'));
    expect(orders(mended.effects)).toEqual(['confirm', 'ack-b 4']);
    expect(mended.state).toMatchObject({ tag: 'talking', bridge: { attempt: 4, tag: 'g4' } });
    const nobody = next.after(refused(4, 500));
    expect(nobody.state).toMatchObject({ termination: { reason: 'transfer-failed' } });
  });

  test.each([
    ['refuses', refused(2, 486), 'SIP/2.0 486 Busy Here', []],
    ['is silent', { on: 'timer', name: 'first-response' } as Happening, 'SIP/2.0 408', [2]],
    ['never answers', { on: 'timer', name: 'ring' } as Happening, 'SIP/2.0 408', [2]],
  ])('the call stays as it was if who it leads to %s', (_, happening, line, fading) => {
    const call = talking().after(refers()).after(happening);
    expect(told(call)[0]).toContain(line);
    expect(call.state).toMatchObject({ tag: 'talking', bridge: { attempt: 1, tag: 'g1' } });
    expect(call.state.fading.map(({ number }) => number)).toEqual(fading);
    expect(call.state.facts.forks[0]?.of).toBe('1/g1');
  });

  test('an answer without an offer, or one that the caller does not agree to, is hung up', () => {
    const open = talking().after(refers());
    const mute = open.after({ ...answered(2), body: NO_OCTETS } as Happening);
    expect(orders(mute.effects)).toEqual(['clear-timer', 'ack-b 2', 'bye-b 2', 'ask']);
    const unwanted = open.after(answered(2)).after(callerSays(488));
    expect(orders(unwanted.effects)).toEqual(['ack-b 2', 'bye-b 2', 'ask']);
    expect([mute, unwanted].map(told)).toEqual([
      ['SIP/2.0 488 Not Acceptable Here'],
      ['SIP/2.0 488 Not Acceptable Here'],
    ]);
    expect(unwanted.state).toMatchObject({ tag: 'talking', bridge: { attempt: 1 } });
  });

  test('If the UAC is not the owner of the Call-ID, T has a randomly chosen value of between 0 and 2 seconds: the caller is asked again, four times at most. [3261-14.1]', () => {
    let call = talking().after(refers()).after(answered(2));
    for (let time = 0; time < 4; time += 1) {
      call = call.after(callerSays(491));
      expect(call.effects).toEqual([{ do: 'set-glare-timer', ownsCallId: false }]);
      call = call.after({ on: 'timer', name: 'glare' });
      expect(orders(call.effects)).toEqual(['ask']);
    }
    expect(orders(call.after(callerSays(491)).effects)).toEqual(['ack-b 2', 'bye-b 2', 'ask']);
  });

  test('who takes over and hangs up before the caller agrees costs no call: who talked before makes the offer again [3725-4.4]', () => {
    const gone = talking().after(refers()).after(answered(2)).after(hangsUp(2));
    expect(gone.effects).toEqual([]);
    const back = gone.after(callerSays(200));
    expect(orders(back.effects)).toEqual(['confirm', 'ask', 'ask']);
    expect(back.effects[2]).toMatchObject({ dialog: B, method: 'INVITE', body: '' });
    const stayed = { request: requestId('stayed1'), dialog: B, body: SOME_SDP };
    const open = back.after({ ...callerSays(200), ...stayed } as Happening);
    expect(open.effects).toMatchObject([{ do: 'ask', dialog: A, body: SOME_SDP }]);
    const mended = open.after(callerSays(200, 'stayed1'));
    expect(orders(mended.effects)).toEqual(['confirm', 'confirm']);
    expect(mended.effects).toMatchObject([{ dialog: A }, { dialog: B, body: SOME_SDP }]);
    expect(mended.state).toMatchObject({ tag: 'talking', bridge: { attempt: 1, tag: 'g1' } });
  });

  test('who makes the offer again may be in glare, and the caller may refuse it: it gets its ACK [3261-14.1]', () => {
    const fromB = { request: requestId('stayed1'), dialog: B };
    const asked = talking()
      .after(refers())
      .after(answered(2))
      .after(hangsUp(2))
      .after(callerSays(200));
    const glare = asked.after({ ...callerSays(491), ...fromB } as Happening);
    expect(glare.effects).toEqual([{ do: 'set-glare-timer', ownsCallId: true }]);
    const again = glare.after({ on: 'timer', name: 'glare' });
    expect(again.effects).toMatchObject([{ do: 'ask', dialog: B, body: '' }]);
    const open = again.after({ ...callerSays(200), ...fromB, body: SOME_SDP } as Happening);
    const refusedIt = open.after(callerSays(488, 'stayed1'));
    expect(refusedIt.effects).toMatchObject([{ do: 'confirm', dialog: B, body: '' }]);
    expect(refusedIt.state.tag).toBe('talking');
  });

  test('If the UAC is the owner of the Call-ID, T has a randomly chosen value between 2.1 and 4 seconds: glare of who talked before ends no call [3261-14.1]', () => {
    const stayed = { request: requestId('stayed1'), dialog: B };
    const glares = { ...callerSays(491), ...stayed } as Happening;
    let call = talking().after(refers()).after(answered(2)).after(hangsUp(2));
    call = call.after(callerSays(200));
    for (let time = 0; time < 4; time += 1) {
      call = call.after(glares);
      expect(call.effects).toEqual([{ do: 'set-glare-timer', ownsCallId: true }]);
      call = call.after({ on: 'timer', name: 'glare' });
      expect(call.effects).toMatchObject([{ do: 'ask', dialog: B, method: 'INVITE', body: '' }]);
    }
    expect(call.after(glares).state).toMatchObject({ tag: 'ended' });
    const open = call.after({ ...callerSays(200), ...stayed, body: SOME_SDP } as Happening);
    expect(open.effects).toMatchObject([{ do: 'ask', dialog: A, body: SOME_SDP }]);
  });

  test('a request of the caller that the former gateway has not answered yet finds its answer, but no SDP of it', () => {
    const done = talking().after(refers()).after(answered(2)).after(callerSays(200));
    const late = { dialog: B, request } as const;
    const info = done.after({ ...callerSays(200), ...late, body: NO_OCTETS } as Happening);
    expect(info.effects).toMatchObject([{ do: 'reply', dialog: A, request, status: 200 }]);
    const update = done.after({ ...callerSays(200), ...late } as Happening);
    expect(update.effects).toMatchObject([
      { do: 'reply', dialog: A, request, status: 491, body: NO_OCTETS },
    ]);
  });

  test('If an UPDATE is received that contains an offer, and the UAS has generated an offer to which it has not yet received an answer, the UAS MUST reject the UPDATE with a 491 response [3311-5.2]', () => {
    const open = talking().after(refers()).after(answered(2));
    const offers = { method: 'UPDATE', body: SOME_SDP } as const;
    for (const dialog of [A, B]) {
      expect(statusOf(open.after(refers({ ...offers, dialog })))).toEqual([491]);
      const refreshes = open.after(refers({ method: 'UPDATE', dialog }));
      expect(refreshes.effects).toMatchObject([{ do: 'ask', method: 'UPDATE' }]);
    }
  });

  test('a caller that hangs up meanwhile leaves nobody behind', () => {
    const bye: Happening = { on: 'a-hung-up', door: 'unicast', ...empty };
    const early = talking().after(refers()).after(bye);
    expect(orders(early.effects)).toEqual(['clear-timer', 'cancel-b 2', 'bye-b 1', 'end']);
    const late = talking().after(refers()).after(answered(2)).after(bye);
    const all = ['clear-timer', 'ack-b 2', 'bye-b 2', 'bye-b 1', 'end', 'forget'];
    expect(orders(late.effects)).toEqual(all);
  });

  test('what asks for the session meanwhile waits, and everything else crosses', () => {
    const busy = talking().after(refers());
    expect(statusOf(busy.after(refers()))).toEqual([491]);
    const info = busy.after(refers({ method: 'INFO', dialog: A }));
    expect(info.effects).toMatchObject([{ do: 'ask', dialog: B, method: 'INFO' }]);
    const nobody = busy.after(hangsUp(1)).after(refers({ method: 'INFO', dialog: A }));
    expect(statusOf(nobody)).toEqual([480]);
  });

  test('not before the answer, and not for ever', () => {
    const early = aCall({ transfers: 'execute' }, 1).after(ringing(1)).after(refers());
    expect(statusOf(early)).toEqual([491]);
    let call = talking();
    for (let times = 0; times < 63; times += 1)
      call = call.after(refers()).after(refusedLast(call));
    expect(call.state.facts.attempts).toHaveLength(64);
    expect(statusOf(call.after(refers()))).toEqual([603]);
  });

  test('where transfers are passed on it crosses', () => {
    const call = talking({ transfers: 'pass' }).after(refers());
    expect(call.effects).toMatchObject([{ do: 'ask', dialog: A, method: 'REFER' }]);
  });
});

const refusedLast = ({ state }: Driven) => refused(state.facts.attempts.length + 1, 486);
