import { describe, expect, test } from '@jest/globals';
import { certifiedIn, isCertified } from '../../../lib/sip/certified.ts';

describe('whom a certificate names', () => {
  test('is read off its subjectAltName', () => {
    const text = 'DNS:A.example, URI:sip:b.example, IP Address:192.0.2.1, email:x@y, DNS:c.example';
    expect(certifiedIn(text)).toEqual({
      uris: ['b.example'],
      names: ['a.example', 'c.example'],
      addresses: ['192.0.2.1'],
    });
    expect(certifiedIn('')).toEqual({ uris: [], names: [], addresses: [] });
  });

  test('is not what stands within quotes', () => {
    const text = 'URI:"sip:evil.example/, DNS:psap.example", DNS:"a\\u0000.example", DNS:"bad';
    expect(certifiedIn(text).names).toEqual(['a\0.example', '']);
    expect(certifiedIn(text).uris).toEqual([]);
  });

  test('a URI with a userinfo or another scheme is not a SIP domain identity [5922-7.1]', () => {
    expect(certifiedIn('URI:sip:bob@a.example, URI:https://a.example').uris).toEqual([]);
  });
});

describe('a far end', () => {
  test.each([
    ['DNS:psap.example', 'psap.example', true],
    ['DNS:psap.example', 'PSAP.example.', true],
    ['DNS:psap.example', 'other.example', false],
    ['URI:sip:psap.example', 'psap.example', true],
    ['IP Address:192.0.2.1', '192.0.2.1', true],
    ['DNS:192.0.2.1', '192.0.2.2', false],
    ['', 'psap.example', false],
  ])('whose certificate says %s is %s: %s', (text, wanted, is) => {
    expect(isCertified(certifiedIn(text), wanted)).toBe(is);
  });

  test('with SIP URIs is none of its DNS names [5922-7.1]', () => {
    const text = 'URI:sip:a.example, DNS:b.example';
    expect(isCertified(certifiedIn(text), 'a.example')).toBe(true);
    expect(isCertified(certifiedIn(text), 'b.example')).toBe(false);
  });

  test('implementations MUST NOT match any form of wildcard [5922-7.2]', () => {
    expect(isCertified(certifiedIn('DNS:*.example'), 'psap.example')).toBe(false);
  });
});
