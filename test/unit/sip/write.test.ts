import { describe, expect, test } from '@jest/globals';
import { type Octets, octetsOf } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { writeRequest, writeResponse } from '../../../lib/sip/write.ts';
import { asRequest } from './sample.ts';

const octets = (text: string) => octetsOf(Buffer.from(text, 'latin1'));
const write = (headers: Parameters<typeof writeRequest>[0]['headers'], body = octets('')) =>
  writeRequest({ method: 'INVITE', uri: 'sip:112@x', headers, body }).toString('latin1');

describe('a message that is written', () => {
  test('has its start line, its headers as they were written, Content-Length and its body', () => {
    const headers = [header('v', 'SIP/2.0/UDP h'), header('X-Odd', ''), header('CSEQ', '1 BYE')];
    expect(write(headers, octets('v=0\r\n'))).toBe(
      'INVITE sip:112@x SIP/2.0\r\nv: SIP/2.0/UDP h\r\nX-Odd: \r\nCSEQ: 1 BYE\r\n' +
        'Content-Length: 5\r\n\r\nv=0\r\n',
    );
    const bytes = writeResponse({
      status: 486,
      reason: 'Busy Here',
      headers: [],
      body: octets(''),
    });
    expect(bytes.toString('latin1')).toBe('SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n');
  });

  test('The Content-Length header field indicates the size of the message-body, in decimal number of octets, sent to the recipient. [3261-20.14]', () => {
    const every = octets(
      Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join(''),
    );
    const text = write([header('Content-Length', '7'), header('l', '8')], every);
    expect(text.match(/^(?:content-length|l):.*$/gim)).toEqual(['Content-Length: 256']);
    expect(text.slice(-256)).toBe(every);
  });

  test.each(['\r\nX-Evil: 1', '\nX-Evil: 1', '\r X', '\0', '\u010d\u010aX-Evil: 1', '\u0100'])(
    'no value, name, URI or reason can begin a line of its own: %j',
    (evil) => {
      const headers = [header('Subject', `a${evil}b`), header(`X${evil}`, 'c')];
      const body = octets('');
      const request = writeRequest({ method: 'BYE', uri: `sip:x${evil}`, headers, body });
      const response = writeResponse({ status: 400, reason: `No${evil}`, headers, body });
      for (const bytes of [request, response]) {
        const text = bytes.toString('latin1');
        expect(text.split('\r\n')).toHaveLength(6);
        expect(text).not.toMatch(/\0|\r[^\n]|[^\r]\n/);
      }
    },
  );

  test('a space takes the place of what cannot stand in a value', () => {
    const via = header('Via', 'SIP/2.0/UDP\0h;branch=z9hG4bK1');
    expect(write([via], octets(''))).toContain('Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n');
  });

  test('text beyond one byte a character goes out as UTF-8', () => {
    const bytes = writeResponse({
      status: 404,
      reason: 'Zażółć',
      headers: [],
      body: '' as Octets,
    });
    expect(bytes.toString('utf8')).toContain('404 Zażółć\r\n');
  });

  test('reads back as it was', () => {
    const headers = ['Via', 'From', 'To', 'Call-ID'].map((name) => header(name, `SIP/2.0/UDP h`));
    const request = asRequest(write([...headers, header('CSeq', '1 INVITE')], octets('\xff\0')));
    expect(request.headers.slice(0, 4)).toEqual(headers);
    expect(request).toMatchObject({ uri: 'sip:112@x', body: '\xff\0', oddities: [] });
  });
});
