import { describe, expect, test } from '@jest/globals';
import { isWanted } from '../../../../lib/observe/read/wanted.ts';
import { someRecord } from '../some-call.ts';

const ALL = { failed: false, number: undefined, gateway: undefined };

describe('which calls are wanted', () => {
  test('every one, unless something is asked', () => {
    expect(isWanted(someRecord(), ALL)).toBe(true);
  });

  test('failed ones', () => {
    expect(isWanted(someRecord(), { ...ALL, failed: true })).toBe(false);
    expect(isWanted(someRecord({ fault: 'callee' }), { ...ALL, failed: true })).toBe(true);
  });

  test.each([
    ['+46701234567', true],
    ['0701234567', false],
    ['070-123 45', false],
    ['+46 70-123', true],
    ['112', true],
    ['203', false],
  ])('those of the number %s: %s', (number, expected) => {
    expect(isWanted(someRecord(), { ...ALL, number })).toBe(expected);
  });

  test('those of a user that is no number', () => {
    const record = someRecord({ to: '<sip:busy@192.0.2.112>' });
    expect(isWanted(record, { ...ALL, number: 'busy' })).toBe(true);
    expect(isWanted(record, { ...ALL, number: 'ring' })).toBe(false);
  });

  test('those that tried a gateway', () => {
    expect(isWanted(someRecord(), { ...ALL, gateway: 'psap-a' })).toBe(true);
    expect(isWanted(someRecord(), { ...ALL, gateway: 'psap' })).toBe(false);
    const called = someRecord({ fromGateway: 'psap', attempts: [] });
    expect(isWanted(called, { ...ALL, gateway: 'psap' })).toBe(true);
  });
});
