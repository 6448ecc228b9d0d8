import { describe, expect, test } from '@jest/globals';
import {
  afterFailure,
  agreedIn,
  askTerms,
  dueMs,
  sayTerms,
  takesUpdate,
  wantedBy,
} from '../../../../../lib/engine/builtin/proto/session-timer.ts';
import { header } from '../../../../../lib/sip/header-names.ts';
import type { Header } from '../../../../../lib/sip/message.ts';

const parted = (line: string) => line.split(': ') as [string, string];
const lines = (...all: string[]) => all.map((line) => header(...parted(line)));
const written = (headers: readonly Header[]) =>
  headers.map(({ written: name, value }) => `${name}: ${value}`);
const ABLE = 'Supported: timer';
const termsFor = (headers: readonly Header[], wishSec = 1800) => wantedBy(headers, wishSec).terms;
const saidTo = (...all: string[]) => {
  const terms = termsFor(lines(...all), 0);
  return terms === undefined ? [] : written(sayTerms(terms));
};

describe('what a UAS makes of a request', () => {
  test.each([
    ['N', 'none', 'Session-Expires: 600', 'uas'],
    ['N', 'uac', 'Session-Expires: 600;refresher=uac', 'uas'],
    ['N', 'uas', 'Session-Expires: 600;refresher=uas', 'uas'],
  ])(
    'Table 2: UAC supports? %s, refresher parameter in request %s: the UAS refreshes [4028-9]',
    (_, __, line, refresher) => {
      expect(saidTo(line)).toEqual([`Session-Expires: 600;refresher=${refresher}`]);
    },
  );

  test.each([
    ['none', 'Session-Expires: 600', 'uas'],
    ['uac', 'Session-Expires: 600;refresher=uac', 'uac'],
    ['uas', 'Session-Expires: 600;refresher=uas', 'uas'],
  ])(
    "Table 2: UAC supports? Y, refresher parameter in request %s: the UAS cannot override the UAC's choice of refresher, if it made one; and a Require header field with the value 'timer' is in the response [4028-9]",
    (_, line, refresher) => {
      expect(saidTo(ABLE, line)).toEqual([
        `Session-Expires: 600;refresher=${refresher}`,
        'Require: timer',
      ]);
    },
  );

  test('The UAS MUST NOT increase the value of the Session-Expires header field: an interval that is too small is answered by none [4028-9]', () => {
    expect(termsFor(lines(ABLE, 'Session-Expires: 89'))).toBeUndefined();
  });

  test('but where the UAC does not support the timer, it is the minimum: it would not understand 422 [4028-9]', () => {
    expect(saidTo('Session-Expires: 30')).toEqual(['Session-Expires: 90;refresher=uas']);
  });

  test('The UAS may request a session timer of a UAC that only supports it; the value MUST NOT be set to a duration lower than the value in the Min-SE header field in the request [4028-9]', () => {
    const terms = { refresher: 'us', isRequired: true };
    expect(termsFor(lines(ABLE))).toEqual({ intervalSec: 1800, ...terms });
    const patient = lines(ABLE, 'Min-SE: 2000');
    expect(termsFor(patient)).toEqual({ intervalSec: 2000, ...terms });
    expect(termsFor(lines(ABLE), 0)).toBeUndefined();
  });

  test('a UAC that speaks of no timer gets none [4028-9]', () => {
    expect(termsFor([])).toBeUndefined();
  });
});

describe('what a UAC says and hears', () => {
  test('A UAC MAY include a Session-Expires header field [4028-7.1]', () => {
    const asked = { intervalSec: 1800, refresher: 'us', minSec: 90 } as const;
    expect(written(askTerms(asked))).toEqual(['Session-Expires: 1800;refresher=uac']);
    expect(written(askTerms({ ...asked, intervalSec: 0 }))).toEqual([]);
  });

  test("the refresher parameter is 'uas' if the peer is performing the refreshes, and Min-SE is the largest value that was received [4028-7.4]", () => {
    const asked = { intervalSec: 600, refresher: 'them', minSec: 300 } as const;
    const said = ['Session-Expires: 600;refresher=uas', 'Min-SE: 300'];
    expect(written(askTerms(asked))).toEqual(said);
  });

  test('If the 2xx response did not contain a Session-Expires header field, there is no session expiration. [4028-7.2]', () => {
    expect(agreedIn([])).toBeUndefined();
    const agreed = (value: string) => agreedIn(lines(`Session-Expires: ${value}`));
    expect(agreed('120;refresher=uas')).toMatchObject({ intervalSec: 120, refresher: 'them' });
    expect(agreed('120;refresher=uac')).toMatchObject({ intervalSec: 120, refresher: 'us' });
    expect(agreed('120')).toMatchObject({ refresher: 'us' });
    expect(agreed('0')).toMatchObject({ intervalSec: 30 });
  });

  test("A UA can make this determination if it has seen an Allow header field from its peer with the value 'UPDATE' [4028-7.4]", () => {
    expect(takesUpdate(lines('Allow: INVITE, UPDATE'))).toBe(true);
    expect(takesUpdate(lines('Allow: INVITE'))).toBe(false);
    expect(takesUpdate([])).toBe(false);
  });
});

describe('when something is due', () => {
  test('It is RECOMMENDED that this refresh be sent once half the session interval has elapsed; the other side waits for all of it but the minimum of 32 seconds and one third [4028-10]', () => {
    const terms = { intervalSec: 1800, isRequired: true } as const;
    expect(dueMs({ ...terms, refresher: 'us' })).toBe(900_000);
    expect(dueMs({ ...terms, refresher: 'them' })).toBe(1_768_000);
    expect(dueMs({ ...terms, intervalSec: 90, refresher: 'them' })).toBe(60_000);
  });

  const failed = { isAnswer: true, leftMs: 400_000, intervalSec: 900, glares: 0 };

  test('If the session refresh request transaction times out or generates a 408 or 481 response, then the UAC sends a BYE request; a call that goes on all the same is refreshed again, but not where nobody knows it [4028-10]', () => {
    expect(afterFailure({ ...failed, status: 481 })).toEqual({ isLost: true, next: undefined });
    const again = { isLost: true, next: 200_000 };
    expect(afterFailure({ ...failed, status: 408 })).toEqual(again);
    expect(afterFailure({ ...failed, status: 408, isAnswer: false })).toEqual(again);
  });

  test('However, the UAC SHOULD NOT continuously retry the request if the server indicates the same error response. [4028-10]', () => {
    const refused = { ...failed, status: 488 };
    expect(afterFailure(refused)).toEqual({ isLost: false, next: 200_000 });
    expect(afterFailure({ ...refused, leftMs: 20_000 }).next).toBe(32_000);
    expect(afterFailure({ ...refused, leftMs: -1 })).toEqual({ isLost: false, next: 450_000 });
  });

  test('a far end that cannot be reached may come back before the session expires [4028-10]', () => {
    const unreached = { ...failed, status: 503, isAnswer: false };
    expect(afterFailure(unreached)).toEqual({ isLost: false, next: 200_000 });
    expect(afterFailure({ ...unreached, leftMs: 0 })).toEqual({ isLost: true, next: 450_000 });
    expect(afterFailure({ ...failed, status: 503, leftMs: 0 }).isLost).toBe(false);
  });

  test('a 491 is given time to clear, but not for ever; nothing is lost by it [4028-10]', () => {
    const glare = { ...failed, status: 491, leftMs: 0, isAnswer: false };
    expect(afterFailure(glare)).toEqual({ isLost: false, next: 'after-glare' });
    expect(afterFailure({ ...glare, glares: 4 })).toEqual({ isLost: false, next: 450_000 });
    expect(afterFailure({ ...glare, status: 500 }).next).toBe('after-glare');
  });
});
