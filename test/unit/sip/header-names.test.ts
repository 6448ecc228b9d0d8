import { describe, expect, test } from '@jest/globals';
import { canonicalName, header, headerName } from '../../../lib/sip/header-names.ts';

describe('a header name', () => {
  test('A compact form MAY be substituted for the longer form of a header field name at any time without changing the semantics of the message. [3261-7.3.3]', () => {
    const compact = {
      a: 'accept-contact',
      b: 'referred-by',
      c: 'content-type',
      d: 'request-disposition',
      e: 'content-encoding',
      f: 'from',
      i: 'call-id',
      j: 'reject-contact',
      k: 'supported',
      l: 'content-length',
      m: 'contact',
      n: 'identity-info',
      o: 'event',
      r: 'refer-to',
      s: 'subject',
      t: 'to',
      u: 'allow-events',
      v: 'via',
      x: 'session-expires',
      y: 'identity',
    };
    for (const [short, long] of Object.entries(compact)) {
      expect(canonicalName(short)).toBe(long);
      expect(canonicalName(short.toUpperCase())).toBe(long);
    }
    expect(canonicalName('Z')).toBe('z');
  });

  test('When comparing header fields, field names are always case-insensitive. [3261-7.3.1]', () => {
    expect(canonicalName('CALL-id')).toBe('call-id');
    expect(canonicalName('X-Any.Thing')).toBe('x-any.thing');
    expect(header('vIA', 'x')).toEqual({ name: 'via', written: 'vIA', value: 'x' });
  });

  test("token is letters, digits and -.!%*_+`'~ alone [3261-25.1]", () => {
    expect(headerName("aZ09-.!%*_+`'~")?.name).toBe("az09-.!%*_+`'~");
    for (const odd of ['', 'X Foo', 'X\tFoo', 'X:', 'X/Y', 'X(', 'X"', '\xc5', 'X\0', 'X\u0141']) {
      expect([odd, headerName(odd)]).toEqual([odd, undefined]);
    }
  });

  test('three thousand names that nobody knows do not displace those that everybody knows', () => {
    for (let index = 0; index < 3000; index += 1) {
      expect(headerName(`X-${index}`)?.name).toBe(`x-${index}`);
    }
    const long = 'X'.repeat(5000);
    expect(headerName(long)).toMatchObject({ name: long.toLowerCase(), written: long });
    expect(headerName('Via')).toBe(headerName('Via'));
  });
});
