import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS, type Octets } from '../../../lib/base/brands.ts';
import {
  aCall,
  answered,
  type Driven,
  empty,
  orders,
  refused,
  ringing,
  SOME_SDP,
} from '../../support/call-core.ts';

const PROMPTS = { hunting: '/wait.wav', failed: '/failed.wav' };
const BUDGET_MS = 6000;
const announced = { on: 'announced', sdp: 'v=0\r\nplayer' as Octets } as const;
const over = { on: 'announcement-over' } as const;

const spoken = (changes = {}, targets = 1) => aCall({ prompts: PROMPTS, ...changes }, targets);
/** The hunt goes on when its budget is over. */
const huntsOn = (changes = {}, targets = 3) =>
  spoken({ emergency: true, ...changes }, targets).after(refused(1, 503), BUDGET_MS);
const ends = ({ state }: Driven) => ('termination' in state ? state.termination : state.tag);

describe('a caller whose call failed', () => {
  test('is spoken to first, and refused with what would have been said at once', () => {
    const failed = spoken().after(refused(1, 503));
    const plain = aCall({}, 1).after(refused(1, 503));

    expect(orders(failed.effects)).toEqual(['note-gateway', 'announce', 'set-timer']);
    expect(failed.effects).toContainEqual({
      do: 'announce',
      prompt: '/failed.wav',
      isRepeated: false,
    });
    const told = failed.after(announced);
    expect(told.effects).toMatchObject([{ do: 'ring-a', status: 183, body: announced.sdp }]);
    const done = told.after(over);
    expect(orders(done.effects)).toEqual(['clear-timer', 'hush', 'reject-a', 'end', 'forget']);
    const refusalOf = ({ effects }: Driven) => effects.find((effect) => effect.do === 'reject-a');
    expect(refusalOf(done)).toEqual(refusalOf(plain));
    expect(ends(done)).toEqual(ends(plain));
  });

  test('is refused at once when nothing can be said, and after fifteen seconds at the latest', () => {
    const failed = spoken().after(refused(1, 503));

    expect(ends(failed.after(over))).toMatchObject({ reason: 'gateways-exhausted', status: 500 });
    expect(failed.effects).toContainEqual({
      do: 'set-timer',
      name: 'announcement',
      delayMs: 15_000,
    });
    expect(ends(failed.after({ on: 'timer', name: 'announcement' }))).toMatchObject({
      status: 500,
    });
  });

  test('who answered for itself is not spoken over: busy is passed on as it is', () => {
    expect(orders(spoken().after(refused(1, 486)).effects)).not.toContain('announce');
  });

  test('gets the gateway that answers after all', () => {
    const emergency = spoken({ emergency: true }, 1).after({ on: 'timer', name: 'first-response' });
    const failed = emergency.after({ on: 'timer', name: 'last-answer' }, 7000);
    expect(orders(failed.effects)).toContain('announce');

    const late = failed.after(answered(1));

    expect(orders(late.effects)).toEqual([
      'note-gateway',
      'clear-timer',
      'hush',
      'answer-a',
      'ack-b 1',
    ]);
    expect(late.state.tag).toBe('answering');
  });

  test('may give up meanwhile', () => {
    const gone = spoken()
      .after(refused(1, 503))
      .after({ on: 'a-cancelled', ...empty });

    expect(orders(gone.effects)).toContain('hush');
    expect(ends(gone)).toMatchObject({ reason: 'caller-cancelled' });
  });

  test('that rang for too long is cancelled at the gateway before it is spoken to', () => {
    const rung = spoken().after(ringing(1)).after({ on: 'timer', name: 'ring' }, 180_000);

    expect(orders(rung.effects)).toEqual(['cancel-b 1', 'announce', 'set-timer']);
    expect(ends(rung.after(over))).toMatchObject({ reason: 'callee-did-not-answer', status: 408 });
  });
});

describe('a caller whose hunt goes on after its budget', () => {
  test('is told so once, beside the ringing', () => {
    const on = huntsOn();
    expect(orders(on.effects)).toEqual([
      'note-gateway',
      'ring-a',
      'announce',
      'invite-b 2',
      'set-timer',
    ]);

    expect(orders(on.after(refused(2, 503), 6500).effects)).not.toContain('announce');
    expect(orders(spoken({ emergency: true }, 3).after(refused(1, 503)).effects)).not.toContain(
      'announce',
    );
  });

  test('hears media of a gateway instead, in a dialog of its own [3261-13.2.2.4]', () => {
    const told = huntsOn().after(announced);
    const rung = told.after(ringing(2, SOME_SDP));

    expect(told.effects).toMatchObject([{ do: 'ring-a', fork: 0 }]);
    expect(orders(rung.effects)).toEqual(['note-gateway', 'clear-timer', 'hush', 'ring-a']);
    expect(rung.effects).toContainEqual(expect.objectContaining({ do: 'ring-a', fork: 1 }));
    expect(orders(told.after(ringing(2)).effects)).not.toContain('hush');
  });

  test('hears nothing else once it is answered', () => {
    expect(orders(huntsOn().after(announced).after(answered(2)).effects)).toContain('hush');
  });

  test('hears another prompt when the hunt has failed', () => {
    const failed = huntsOn({}, 2).after(announced).after(refused(2, 503), 6500);

    expect(failed.effects).toContainEqual(expect.objectContaining({ prompt: '/failed.wav' }));
    expect(ends(failed.after(announced).after(over))).toMatchObject({ status: 500 });
  });
});

describe('nobody is spoken to', () => {
  test('who made no offer, since nothing says where to [3264-5]', () => {
    const { asked } = aCall().state.facts;
    const late = spoken({ asked: { ...asked, body: NO_OCTETS } });

    expect(ends(late.after(refused(1, 503)))).toMatchObject({ status: 500 });
  });

  test('whose one early dialog is taken by a gateway [3960-3.1]', () => {
    const early = spoken({ earlyDialogs: 'first' }).after(ringing(1, SOME_SDP));

    expect(ends(early.after(refused(1, 503)))).toMatchObject({ status: 500 });
  });

  test('when the site shuts down', () => {
    expect(ends(spoken().after({ on: 'shutdown' }))).toMatchObject({
      reason: 'hung-up-at-shutdown',
    });
  });
});
