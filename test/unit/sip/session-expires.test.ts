import { describe, expect, test } from '@jest/globals';
import { header } from '../../../lib/sip/header-names.ts';
import {
  isIntervalTooSmall,
  minSe,
  minSeIn,
  sessionExpires,
  sessionExpiresIn,
} from '../../../lib/sip/session-expires.ts';

const expires = (value: string, name = 'Session-Expires') => [header(name, value)];

describe('Session-Expires and Min-SE', () => {
  test('The Session-Expires header field conveys the session interval; the refresher parameter says who sends the refreshes [4028-4]', () => {
    expect(sessionExpiresIn(expires('1800'))).toEqual({ sec: 1800, refresher: undefined });
    const named = { sec: 4000, refresher: 'uac' };
    expect(sessionExpiresIn(expires(' 4000 ;x="a;b";Refresher=UAC', 'x'))).toEqual(named);
    expect(sessionExpiresIn(expires('90;refresher=uas'))?.refresher).toBe('uas');
    expect(sessionExpiresIn(expires('90;refresher=me'))?.refresher).toBeUndefined();
    expect(sessionExpires(90, 'uas')).toEqual(header('Session-Expires', '90;refresher=uas'));
  });

  test.each(['', 'abc', '-1', '90.5', '99999999999', ';refresher=uac'])(
    'what cannot be read is as if it were not there: %s [4028-4]',
    (value) => {
      expect(sessionExpiresIn(expires(value))).toBeUndefined();
      expect(minSeIn([header('Min-SE', value)])).toBe(90);
    },
  );

  test('When the header field is not present, its default value for is 90 seconds, and its value MUST NOT be less than 90 seconds. [4028-5]', () => {
    expect(minSeIn([])).toBe(90);
    expect(minSeIn([header('Min-SE', '5')])).toBe(90);
    expect(minSeIn([header('Min-SE', '120;x')])).toBe(120);
    expect(minSe(120)).toEqual(header('Min-SE', '120'));
  });

  test('the UAS MAY reject the INVITE request with a 422 response if it supports timers and its interval is smaller than the minimum interval defined by local policy. [4028-9]', () => {
    const able = header('Supported', 'timer');
    expect(isIntervalTooSmall([able, ...expires('89')])).toBe(true);
    expect(isIntervalTooSmall([able, ...expires('90')])).toBe(false);
    expect(isIntervalTooSmall(expires('89'))).toBe(false);
    expect(isIntervalTooSmall([able])).toBe(false);
  });
});
