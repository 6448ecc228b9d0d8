import { describe, expect, test } from '@jest/globals';
import { maskFor, maskUser } from '../../../lib/observe/mask.ts';
import { MASKING } from '../../../lib/observe/masking.ts';

const mask = maskFor([
  '192.0.2.112',
  '198.51.100.11',
  '10.0.1.31',
  '2001:db8::112',
  'sto.any.example',
]);

describe('what the step log hides', () => {
  test.each([
    ['+46701234567', '+46*****67'],
    ['0701234567', '070*****67'],
    ['12345678', '123*****78'],
    ['1234567', '1*****'],
    ['alice', 'a*****'],
    ['bob', 'b*****'],
    ['112', '112'],
    ['1177', '1177'],
    ['', ''],
  ])('of the user %s', (user, masked) => {
    expect(maskUser(user)).toBe(masked);
  });

  test.each([
    ['203.0.113.77:40123', '203.0.113.x:40123'],
    ['203.0.113.77', '203.0.113.x'],
    ['192.0.2.112:5060', '192.0.2.112:5060'],
    ['10.0.1.31:5060', '10.0.1.31:5060'],
    ['[2001:db8:7::9]:5060', '[2001:db8:x]:5060'],
    ['[fe80::9]:5060', '[fe80::x]:5060'],
    ['[2001:db8::112]:5060', '[2001:db8::112]:5060'],
    ['::9', '::x'],
    ['fd00:21:77:1:2:3:4:9', 'fd00:21:x'],
    ['::ffff:203.0.113.77', '::x.0.113.x'],
    ['sto.any.example:5060', 'sto.any.example:5060'],
  ])('of the address %s', (address, masked) => {
    expect(mask.address(address)).toBe(masked);
  });

  test.each([
    ['"Alice" <sip:+46701234567@203.0.113.77:40123>;tag=9', 'sip:+46*****67@203.0.113.x:40123'],
    ['sip:v1a.1e.1.abcdefgh.qrst@198.51.100.11:5060', 'sip:v1a*****st@198.51.100.11:5060'],
    ['sips:alice:secret@carrier.example', 'sips:a*****@carrier.example'],
    ['"A" <sip:alice@[2001:db8:7::9]:5062>', 'sip:a*****@[2001:db8:x]:5062'],
    ['<sip:112@[2001:DB8::112]>', 'sip:112@[2001:DB8::112]'],
    ['tel:+46701234567;phone-context=x', 'tel:+46*****67;phone-context=x'],
    ['<sip:112@192.0.2.112>', 'sip:112@192.0.2.112'],
    ['+46701234567', '+46*****67'],
    ['urn:service:sos', 'urn:service:sos'],
    ['<sip:203.0.113.77>', 'sip:203.0.113.x'],
    ['<sip:+46701234567@203.0.113.77', 'sip:+46*****67@203.0.113.x'],
  ])('of the URI %s', (uri, masked) => {
    expect(mask.uri(uri)).toBe(masked);
  });

  test.each([
    ['180 Ringing', '180 Ringing'],
    ['404 No user 0701234567 here', '404 No user 070*****67 here'],
    ['404 No user +46 70 123 45 67 here', '404 No user +46*****67 here'],
    ['moved to sip:alice@203.0.113.77', 'moved to sip:a*****@203.0.113.x'],
    ['no way to 203.0.113.77', 'no way to 203.0.113.x'],
    ['no way to 2001:db8:7::9', 'no way to 2001:db8:x'],
    ['connect EHOSTUNREACH 2001:db8:7::9:5060', 'connect EHOSTUNREACH 2001:db8:x'],
    ['gateway 10.0.1.31:50600 is silent', 'gateway 10.0.1.31:50600 is silent'],
    ['Digest username="alice", response="6629fae4"', 'Digest [withheld]'],
    ['bearer abc.def', 'bearer [withheld]'],
    ['v=0\r\no=- 1 1 IN IP4 203.0.113.77', '[withheld]'],
    ['body: m=audio 4000 RTP/AVP 0\nm=audio 4000', '[withheld]'],
    ['at 03:12:07 it was over', 'at 03:12:07 it was over'],
    ['version 1.2.3', 'version 1.2.3'],
  ])('of the text %s', (text, masked) => {
    expect(mask.text(text)).toBe(masked);
  });

  test('of each field what the table says, however deep it stands', () => {
    expect(
      mask.field('heard', {
        remote: '203.0.113.77:5060',
        to: ['<sip:0701234567@x.example>'],
        authorization: 'Digest username="alice"',
        sdp: 'v=0',
        callId: 'sto-7222244444',
        count: 12_345_678,
        big: 9n,
        bytes: Buffer.from('secret'),
        deep: { deep: { deep: { number: '0701234567' } } },
      }),
    ).toEqual({
      remote: '203.0.113.x:5060',
      to: ['sip:070*****67@x.example'],
      callId: 'sto-7222244444',
      count: 12_345_678,
      big: '9',
      bytes: '[withheld]',
      deep: { deep: { deep: '[deeper]' } },
    });
  });

  test('of an error nothing but the numbers, since a bug has to be found', () => {
    const error = new TypeError('no leg for 0701234567');
    expect(mask.field('err', error)).toEqual({
      name: 'TypeError',
      message: 'no leg for 070*****67',
      stack: expect.arrayContaining([expect.stringContaining('mask.test')]),
    });
  });

  test('nothing of an SDP or of credentials, by any name in the table', () => {
    for (const [name, masking] of Object.entries(MASKING)) {
      if (masking === 'never') expect(mask.field(name, 'v=0')).toBeUndefined();
    }
  });

  test('the end of a text that has none', () => {
    expect(mask.text('x'.repeat(10_000)).length).toBeLessThan(2100);
    expect(
      mask.field(
        'list',
        Array.from({ length: 1000 }, () => 'x'),
      ),
    ).toHaveLength(64);
  });

  test('in linear time, whatever a stranger writes', () => {
    const begin = performance.now();
    for (const piece of [
      '<a',
      '<a ',
      '<a:b ',
      '1.',
      '-1.11',
      'geo:',
      'sip:',
      '+1 ',
      '1.1.1.',
      'a:',
      'sip:a@',
      '[::',
      'Digest ',
    ]) {
      mask.text(piece.repeat(60_000));
      mask.uri(piece.repeat(60_000));
    }
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
