import { describe, expect, test } from '@jest/globals';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue, headerValues, listValues } from '../../../lib/sip/headers.ts';

const HEADERS = [
  header('Route', '<sip:p1;lr>, "a, b" <sip:p2,x;lr>'),
  header('k', '100rel,,timer ,'),
  header('Route', '<sip:p3>'),
  header('Supported', ''),
];

describe('headers by their name', () => {
  test('the first, all, and none', () => {
    expect(headerValue(HEADERS, 'route')).toBe('<sip:p1;lr>, "a, b" <sip:p2,x;lr>');
    expect(headerValues(HEADERS, 'route')).toHaveLength(2);
    expect(headerValue(HEADERS, 'supported')).toBe('100rel,,timer ,');
    expect(headerValue(HEADERS, 'require')).toBeUndefined();
    expect(headerValues(HEADERS, 'require')).toEqual([]);
  });

  test('It MUST be possible to combine the multiple header field rows into one "field-name: field-value" pair, without changing the semantics of the message, by appending each subsequent field-value to the first, each separated by a comma. [3261-7.3.1]', () => {
    expect(listValues(HEADERS, 'supported')).toEqual(['100rel', 'timer']);
    expect(listValues(HEADERS, 'require')).toEqual([]);
    expect(listValues(HEADERS, 'route')).toEqual([
      '<sip:p1;lr>',
      '"a, b" <sip:p2,x;lr>',
      '<sip:p3>',
    ]);
  });
});
