import { describe, expect, test } from '@jest/globals';
import { contactUri, parseNameAddr, withoutTag, withTag } from '../../../lib/sip/name-addr.ts';

describe('From, To or Contact', () => {
  test.each([
    ['<sip:a@x>;tag=1', 'sip:a@x', '1'],
    ['"A. G. Bell" <sip:agb@bell.example> ;tag=a48s', 'sip:agb@bell.example', 'a48s'],
    ['Anonymous <sip:c8o@x;user=phone>;x=1; TAG = hyh8', 'sip:c8o@x;user=phone', 'hyh8'],
    ['"a \\" <b>; tag=no, c" <sip:a@x>;tag=1', 'sip:a@x', '1'],
    ['"\xc3\x85sa \xc3\x96st" <sip:a@x>;tag=1', 'sip:a@x', '1'],
    ['sip:+46@op.example;tag=1', 'sip:+46@op.example', '1'],
    ['sip:v@x ;   tag    = 1918181833n', 'sip:v@x', '1918181833n'],
    ['911', '911', undefined],
    ['<911>', '911', undefined],
    ['<sip:a@x>', 'sip:a@x', undefined],
    ['<sip:a@x>;tag', 'sip:a@x', undefined],
    ['<sip:a@x>;tag=', 'sip:a@x', undefined],
    ['< sip:a@x >;tag=1', 'sip:a@x', '1'],
    ['<sip:a@x; lr>;tag=1', 'sip:a@x;lr', '1'],
    ['<sip:a@x;tag=no>;x=";tag=no";tag=1', 'sip:a@x;tag=no', '1'],
    ['"Mr. J. User <sip:j.user@x>;tag=1', 'sip:j.user@x', '1'],
    ['Bell, Alexander <sip:agb@x>;tag=43', 'sip:agb@x', '43'],
    ['<tel:abc', 'tel:abc', undefined],
    ['<sip:a@x;tag=1', 'sip:a@x', '1'],
    ['"J" sip:a@x;tag=1', 'sip:a@x', '1'],
    ['sip:foo bar', 'sip:foo', undefined],
    ['isbn:2983792873;tag=1', 'isbn:2983792873', '1'],
  ])('%s names %s', (value, uri, tag) => {
    expect(parseNameAddr(value)).toEqual({ uri, tag });
  });

  test.each(['', '<>', '<>;tag=1', ';tag=1', '"x"', ' '])('%j names nobody', (value) => {
    expect(parseNameAddr(value)).toBeUndefined();
  });

  test('If the URI is not enclosed in angle brackets, any semicolon-delimited parameters are header-parameters, not URI parameters. [3261-20]', () => {
    expect(parseNameAddr('sip:a@x;user=phone;tag=1')).toEqual({ uri: 'sip:a@x', tag: '1' });
  });
});

describe('setting a tag', () => {
  test.each([
    ['<sip:a@x>', '<sip:a@x>;tag=T'],
    ['"a, \\" b" <sip:a@x;tag=u> ; y', '"a, \\" b" <sip:a@x;tag=u> ; y;tag=T'],
    ['A b <sip:a@x>; Tag = old ;z=";tag=no"', 'A b <sip:a@x>;tag=T ;z=";tag=no"'],
    ['<sip:a@x>;tag', '<sip:a@x>;tag=T'],
    ['<sip:a@x>;tag=1;b;tag=2;c', '<sip:a@x>;tag=T;b;c'],
    ['sip:a@x', 'sip:a@x;tag=T'],
    ['sip:a@x;tag=1', 'sip:a@x;tag=T'],
    ['911', '911;tag=T'],
  ])('%s becomes %s, and no other byte moves', (value, tagged) => {
    expect(withTag(value, 'T')).toBe(tagged);
    expect(parseNameAddr(tagged)).toEqual({ uri: parseNameAddr(value)?.uri, tag: 'T' });
  });

  test('Even if the "display-name" is empty, the "name-addr" form MUST be used if the "addr-spec" contains a comma, semicolon, or question mark. [3261-20.10]', () => {
    expect(withTag('sip:a@x;user=phone', 'T')).toBe('<sip:a@x>;user=phone;tag=T');
    expect(withTag('sip:a@x;tag=1;user=phone', 'T')).toBe('<sip:a@x>;user=phone;tag=T');
    expect(withTag('sip:a@x?b=c', 'T')).toBe('<sip:a@x?b=c>;tag=T');
  });

  test.each([
    ['<tel:abc', '<tel:abc>;tag=T'],
    ['<sip:a@x;tag=1;y', '<sip:a@x>;y;tag=T'],
    ['"J" sip:a@x;tag=1', '"J" <sip:a@x>;tag=T'],
    ['"Mr. J. User <sip:a@x>;tag=1', '"Mr. J. User" <sip:a@x>;tag=T'],
    ['Bell, Alexander <sip:a@x>', '"Bell, Alexander" <sip:a@x>;tag=T'],
    ['\xc3\x85sa <sip:a@x>', '"\xc3\x85sa" <sip:a@x>;tag=T'],
    ['" <sip:a@x>', '<sip:a@x>;tag=T'],
    ['D\xc3\xa0 <sip:a@x>', '"D\xc3\xa0" <sip:a@x>;tag=T'],
    ['"J" <sip:a@x>;;y;;', '"J" <sip:a@x>;y;tag=T'],
    ['<sip:a@x>, <sip:b@x>;tag=1', '<sip:a@x>;tag=T'],
    ['<sip:a@x> (me);tag=1;y', '<sip:a@x>;y;tag=T'],
    ['sip:a@x;y;tag\0', '<sip:a@x>;y;tag=T'],
    ['sip:a@x>;tag=1', '<sip:a@x%3E>;tag=T'],
    ['>sip:a@x;y', '<%3Esip:a@x>;y;tag=T'],
  ])('%s, which a strict receiver refuses, becomes %s', (value, tagged) => {
    expect(withTag(value, 'T')).toBe(tagged);
  });

  test('and taking it out', () => {
    expect(withoutTag('"x;tag=1" <sip:a@x> ; tag = 1 ;y;TAG=2')).toBe('"x;tag=1" <sip:a@x>  ;y');
    expect(withoutTag('sip:a@x;tag=1')).toBe('sip:a@x');
    expect(withoutTag('<sip:a@x;tag=1>')).toBe('<sip:a@x;tag=1>');
  });
});

describe('the contact of a message', () => {
  test.each([
    ['"a, b" <sip:a@x;transport=tcp>;expires=1, <sip:b@x>', 'sip:a@x;transport=tcp'],
    ['sip:a@x;q=0.5', 'sip:a@x'],
    ['Bell, Alexander <sip:agb@x>', 'sip:agb@x'],
    [', <sip:a@x>', 'sip:a@x'],
    ['"Joe" <sip:joe@example.org>;;;;', 'sip:joe@example.org'],
    ['*', undefined],
    ['', undefined],
    ['nobody', undefined],
  ])('%s is %s', (value, uri) => {
    expect(contactUri(value)).toBe(uri);
  });
});
