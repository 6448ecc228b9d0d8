import { describe, expect, test } from '@jest/globals';
import { parseUri, sipUri, uriUser } from '../../../lib/sip/uri.ts';

const SIP = { kind: 'sip', scheme: 'sip', user: undefined, port: undefined, params: [] };

describe('a URI', () => {
  test('the general form, in the case of a SIP URI, is sip:user:password@host:port;uri-parameters?headers [3261-19.1.1]', () => {
    expect(parseUri('SIPS:alice:secret@Atlanta.com:5061;transport=TCP;LR?subject=a@b')).toEqual({
      kind: 'sip',
      scheme: 'sips',
      user: 'alice',
      host: 'atlanta.com',
      port: 5061,
      params: [{ name: 'transport', value: 'TCP' }, { name: 'lr' }],
      headers: 'subject=a@b',
    });
  });

  test.each([
    ['sip:atlanta.com', { host: 'atlanta.com' }],
    ['sip:[2001:DB8::10]:5070', { host: '2001:db8::10', port: 5070 }],
    ['sip:a@[::1];lr', { user: 'a', host: '::1', params: [{ name: 'lr' }] }],
    ['sip:user;par=u%40example.net@example.com', { user: 'user;par=u%40example.net' }],
    ['sip:a?b/c,d&e;f@host', { user: 'a?b/c,d&e;f', host: 'host' }],
    ['sip:alice@example.org@proxy', { user: 'alice@example.org', host: 'proxy' }],
    ['sip:112@', { user: '112', host: '' }],
    ['sip:a@my_host;;x', { user: 'a', host: 'my_host', params: [{ name: 'x' }] }],
  ])('%s is taken apart', (text, parts) => {
    expect(parseUri(text)).toMatchObject({ ...SIP, ...parts });
  });

  test.each([
    '911',
    'test_incorrect',
    'http://www.example.com',
    'nobodyKnowsThisScheme:opaque',
    '',
    ':',
    'sip:a@h:abc',
    'sip:a@h:0',
    'sip:a@h:65536',
    'sip:a@2001:db8::1',
    'sip:a@[::1',
    'sip:[::1]x',
  ])('%j is of another kind', (text) => {
    expect(parseUri(text)).toEqual({ kind: 'other', text });
  });

  test('a telephone number keeps its separators and parameters', () => {
    expect(parseUri('tel:+46-(70)123.45;phone-context=+46')).toEqual({
      kind: 'tel',
      number: '+46-(70)123.45',
      params: [{ name: 'phone-context', value: '+46' }],
    });
  });

  test("'service' identifiers are compared according to case-insensitive string equality. [5031-3]", () => {
    const urn = { kind: 'urn', urn: 'urn:service:sos.police' };
    expect(parseUri('URN:Service:SOS.police')).toEqual(urn);
    expect(parseUri('urn:service:sos.police?+x#y')).toEqual(urn);
    expect(parseUri('urn:service:sos.police;user=phone')).toEqual(urn);
  });

  test('is written back as it was read', () => {
    const uri = 'sip:a;b@h:5070;lr;x=y';
    const read = parseUri(uri);
    if (read.kind !== 'sip') throw new Error(`${uri} is ${read.kind}`);
    expect(sipUri(read)).toBe(uri);
    expect(sipUri({ host: '2001:db8::1' })).toBe('sip:[2001:db8::1]');
  });
});

describe('what was dialled', () => {
  test.each([
    ['sip:112@x;user=phone', '112'],
    ['sip:%2B46%3b70@x', '+46;70'],
    ['sip:+46-70;phone-context=x@y', '+46-70'],
    ['sips:a:b@x', 'a'],
    ['sip:null-%00-null@x', 'null-\0-null'],
    ['sip:100%@x', '100%'],
    ['tel:+46-(70)12.3;phone-context=+46', '+4670123'],
    ['tel:112', '112'],
    ['sip:112', '112'],
    ['sip:112;user=phone', '112'],
    ['911', '911'],
    ['112@192.0.2.9:5060', '112'],
    ['112;phone-context=+46', '112'],
    ['sip:112@2001:db8::10', '112'],
    ['SIPS:112;x=y:pass@host:abc', '112'],
    ['sip:2001:db8::10', undefined],
    ['sip:x.example', undefined],
    ['sip:192.0.2.1', undefined],
    ['urn:service:sos', undefined],
    ['http://x', undefined],
    ['', undefined],
  ])('%s is %s', (text, user) => {
    expect(uriUser(text)).toBe(user);
  });
});
