import { expect, test } from '@jest/globals';
import { digitsOf, numberOf, toBase32 } from '../../../lib/sip/base32.ts';

test('A 33-character subset of the US-ASCII alphabet is used, enabling 5 bits to be represented per printable character. [4648-6]', () => {
  const vectors = {
    '': '',
    f: 'my',
    fo: 'mzxq',
    foo: 'mzxw6',
    foobar: 'mzxw6ytboi',
    fooba: 'mzxw6ytb',
  };
  for (const [text, encoded] of Object.entries(vectors)) {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  }
  expect(toBase32(Buffer.from('ff'.repeat(5), 'hex'))).toBe('77777777');
});

test('a number takes as few digits as it can', () => {
  const numbers = { a: 0, b: 1, '7': 31, ba: 32, '77': 1023, baa: 1024, '7777777': 32 ** 7 - 1 };
  for (const [digits, value] of Object.entries(numbers)) {
    expect(digitsOf(value)).toBe(digits);
    expect(numberOf(digits)).toBe(value);
  }
});
