import { describe, expect, test } from '@jest/globals';
import { afterQuoted, openBracket, quoted, splitList } from '../../../lib/sip/quoting.ts';

describe('quoted strings and lists', () => {
  test('The backslash character ("\\") MAY be used as a single-character quoting mechanism only within quoted-string and comment constructs. [3261-25.1]', () => {
    expect(afterQuoted('"a\\"b\\\\"c', 0)).toBe(8);
    expect(afterQuoted('x "a" y', 2)).toBe(5);
    expect(afterQuoted('"a\\"', 0)).toBe(-1);
    expect(quoted('say "no\\"')).toBe('"say \\"no\\\\\\""');
    expect(afterQuoted(quoted('\\"'), 0)).toBe(6);
  });

  test.each([
    ['a, b ,c', ['a', 'b', 'c']],
    ['', []],
    [' ,, ,', []],
    ['"a,\\",b" <x,y>;z=",",<c>', ['"a,\\",b" <x,y>;z=","', '<c>']],
    ['"open, <b,c', ['"open', '<b', 'c']],
    ['"a\\", "b", <c', ['"a\\", "b"', '<c']],
  ])('%j is the list %j', (value, elements) => {
    expect(splitList(value)).toEqual(elements);
  });

  test.each([
    ['<sip:a>', 0],
    ['"<" <sip:a>', 4],
    ['"<\\"<" "<" <sip:a>', 11],
    ['"a" "b<" sip:a', -1],
    ['"open <sip:a>', 6],
    ['"a" "open <sip:a>', 10],
    ['sip:a', -1],
  ])('in %j the address opens at %d', (value, at) => {
    expect(openBracket(value)).toBe(at);
  });
});
