import { describe, expect, test } from '@jest/globals';
import { header } from '../../../lib/sip/header-names.ts';
import {
  aCall,
  answered,
  type Driven,
  refused,
  ringing,
  SOME_SDP,
} from '../../support/call-core.ts';

/** What the caller was sent in which of its dialogs: `183 sdp in 0`. */
const toCaller = ({ effects }: Driven) =>
  effects.flatMap((effect) => {
    if (effect.do !== 'ring-a' && effect.do !== 'answer-a') return [];
    return [`${effect.status}${effect.body === '' ? '' : ' sdp'} in ${effect.fork}`];
  });

const media = (attempt: number) => ringing(attempt, SOME_SDP);

describe('early media of a second gateway', () => {
  test('multiple 2xx responses may arrive at the UAC for a single INVITE request, each with another tag: so it is with early dialogs [3261-13.2.2.4]', () => {
    const call = aCall({ emergency: true }).after(media(1)).after(refused(1, 503));
    expect(toCaller(call.after(media(2)))).toEqual(['183 sdp in 1']);
    expect(toCaller(call.after(media(2)).after(answered(2)))).toEqual(['200 sdp in 1']);
  });

  test('a UAC may mute all early media except one stream: a caller that copes with one sees no other dialog, but for the answer [3960-3.1]', () => {
    const call = aCall({ emergency: true, earlyDialogs: 'first' })
      .after(media(1))
      .after(refused(1, 503));
    expect(toCaller(call.after(ringing(2)))).toEqual(['180 in 0']);
    expect(toCaller(call.after(media(2)))).toEqual(['183 in 0']);
    expect(toCaller(call.after(media(2)).after(answered(2)))).toEqual(['200 sdp in 1']);
  });

  test('crosses in the first dialog while that has no media', () => {
    const call = aCall({ emergency: true, earlyDialogs: 'first' })
      .after(ringing(1))
      .after(refused(1, 503));
    expect(toCaller(call.after(media(2)))).toEqual(['183 sdp in 0']);
    expect(toCaller(call.after(media(2)).after(answered(2)))).toEqual(['200 sdp in 0']);
  });

  test('takes what speaks of it along when it does not cross', () => {
    const headers = ['Content-Type', 'P-Early-Media', 'Alert-Info'].map((name) =>
      header(name, 'x'),
    );
    const more = { ...media(2), headers };
    const call = aCall({ earlyDialogs: 'first' }).after(media(1)).after(refused(1, 503));
    const [ring] = call.after(more).effects.filter((effect) => effect.do === 'ring-a');
    expect(ring).toMatchObject({ headers: [header('Alert-Info', 'x')], body: '' });
  });
});
