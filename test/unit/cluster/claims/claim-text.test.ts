import { describe, expect, test } from '@jest/globals';
import {
  readClaim,
  readMark,
  writeClaim,
  writeMark,
} from '../../../../lib/cluster/claims/claim-text.ts';
import { someClaim, someMark } from './some-claim.ts';

describe('claims as text', () => {
  test('come out as they went in, and a newer version may say more', () => {
    const claim = someClaim({ site: 1023, epoch: 32 ** 7 - 1, serial: 7, phase: 'ringing' });
    expect(readClaim(writeClaim(claim))).toEqual(claim);
    expect(readClaim(`${writeClaim(claim).slice(0, -1)},"more",{"a":1}]`)).toEqual(claim);
    const mark = someMark({ isVerified: true });
    expect(readMark(writeMark(mark))).toEqual(mark);
  });

  test('stay short, whatever a stranger writes', () => {
    const long = 'x'.repeat(50_000);
    const via = `SIP/2.0/UDP h;branch=z9hG4bK${long}`;
    expect(writeClaim(someClaim({ callId: long, via, source: long })).length).toBeLessThan(250);
  });

  test('that are cut off are none', () => {
    const text = writeClaim(someClaim());
    for (let at = 0; at < text.length; at += 1) {
      expect(readClaim(text.slice(0, at))).toBeUndefined();
    }
  });

  test.each([
    ['phase', 7, 'dead'],
    ['site', 1, 1024],
    ['site', 1, -1],
    ['epoch', 2, 1.5],
    ['epoch', 2, 1e300],
    ['serial', 3, '7'],
    ['branches', 4, []],
    ['branches', 4, Array.from({ length: 9 }, () => someMark().branch)],
    ['branches', 4, ['x']],
    ['branches', 4, null],
    ['origin', 5, 'here'],
    ['verified', 6, 1],
    ['key', 0, { toString: 1 }],
  ])('with a wrong %s are none', (_, at, value) => {
    const fields = JSON.parse(writeClaim(someClaim())) as unknown[];
    fields[at] = value;
    expect(readClaim(JSON.stringify(fields))).toBeUndefined();
  });

  test.each(['', 'null', '{}', '[]', '7', '"x"', '[[[[', '[null,null,null,null]'])(
    '%s is none',
    (text) => {
      expect(readClaim(text)).toBeUndefined();
      expect(readMark(text)).toBeUndefined();
    },
  );
});
