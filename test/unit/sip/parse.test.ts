import { describe, expect, test } from '@jest/globals';
import { HEADER_LINES_MAX } from '../../../lib/sip/header-block.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { MESSAGE_BYTES_MAX, parse } from '../../../lib/sip/parse.ts';
import { asFault, asRequest, asResponse, invite, inviteText, RESPONSE } from './sample.ts';

describe('a well-formed message', () => {
  test('is read into what a transaction needs', () => {
    expect(asRequest(inviteText())).toMatchObject({
      kind: 'request',
      method: 'INVITE',
      uri: 'urn:service:sos',
      via: { transport: 'UDP', host: '192.0.2.1', port: undefined, branch: 'z9hG4bKbase' },
      from: { uri: 'sip:+46701234567@op.example', tag: '1' },
      to: { uri: 'urn:service:sos', tag: undefined },
      callId: 'base@192.0.2.1',
      cseq: { number: 1, method: 'INVITE' },
      oddities: [],
    });
  });

  test('The Status-Code is a 3-digit integer result code that indicates the outcome of an attempt to understand and satisfy a request. [3261-7.2]', () => {
    expect(asResponse(RESPONSE)).toMatchObject({
      status: 200,
      reason: 'OK',
      via: { port: 5060, received: '192.0.2.7', rport: 1024 },
      to: { tag: '2' },
      cseq: { number: 7, method: 'INVITE' },
      oddities: [],
    });
    const bigCode = RESPONSE.replace('200 OK', '4294967301 better not break the receiver');
    expect(asFault(bigCode)).toMatchObject({ reason: 'start-line', isResponse: true });
    expect(asFault(RESPONSE.replace('200', '099')).reason).toBe('start-line');
    expect(asFault(RESPONSE.replace('200', '700')).reason).toBe('start-line');
  });

  test('a reason may be empty, of other bytes, or absent', () => {
    expect(asResponse(RESPONSE.replace('200 OK', '100 '))).toMatchObject({ reason: '' });
    expect(asResponse(RESPONSE.replace('200 OK', '100')).oddities).toEqual(['start-line']);
    expect(asResponse(RESPONSE.replace('OK', '\xd0\x9e\xd0\xba')).reason).toHaveLength(4);
    expect(asResponse(RESPONSE.replace('SIP/2.0 200', 'sip/2.0  200'))).toMatchObject({
      status: 200,
      reason: 'OK',
      oddities: ['start-line'],
    });
  });

  test('Implementations processing SIP messages over stream-oriented transports MUST ignore any CRLF appearing before the start-line [3261-7.5]', () => {
    expect(asRequest(`\r\n\r\n${inviteText()}`).oddities).toEqual([]);
    expect(asRequest(`\n\n${inviteText()}`).oddities).toEqual([]);
  });

  test('Call-IDs are case-sensitive and are simply compared byte-by-byte. [3261-20.8]', () => {
    const callId = 'w{}:"A a\\<>~@[x]';
    expect(asRequest(inviteText({ set: { 'Call-ID': callId } })).callId).toBe(callId);
  });
});

describe('what must be there', () => {
  test.each([
    ['Via', undefined, 'no-via'],
    ['Via', '', 'bad-via'],
    ['Via', 'nonsense', 'bad-via'],
    ['From', undefined, 'no-from'],
    ['From', '', 'bad-from'],
    ['From', '<>;tag=1', 'bad-from'],
    ['To', undefined, 'no-to'],
    ['To', ';tag=1', 'bad-to'],
    ['Call-ID', undefined, 'no-call-id'],
    ['Call-ID', '', 'no-call-id'],
    ['CSeq', undefined, 'no-cseq'],
    ['CSeq', 'INVITE', 'bad-cseq'],
    ['CSeq', '-1 INVITE', 'bad-cseq'],
    ['CSeq', '36893488147419103232 INVITE', 'bad-cseq'],
  ])('%s: %s is the fault %s', (name, value, reason) => {
    const fault = asFault(invite({ set: { [name]: value } }));
    expect(fault).toMatchObject({ reason, method: 'INVITE', isResponse: false });
    expect(fault.via?.host).toBe(name === 'Via' ? undefined : '192.0.2.1');
    expect(headerValue(fault.headers, 'max-forwards')).toBe('70');
  });

  test.each(['INVITE', 'ACK', 'BYE', 'CANCEL'])(
    'The method MUST match that of the request. [3261-8.1.1.5] But a call is not lost for it: %s',
    (method) => {
      const startLine = `${method} sip:112@x SIP/2.0`;
      const other = asRequest(inviteText({ startLine, set: { CSeq: '3 OPTIONS' } }));
      expect(other).toMatchObject({ method, cseq: { number: 3 }, oddities: ['cseq-method'] });
      const none = asRequest(inviteText({ startLine, set: { CSeq: '3' } }));
      expect(none).toMatchObject({ cseq: { number: 3, method }, oddities: ['cseq-method'] });
    },
  );

  test('a mismatch in a request that carries no call is a fault', () => {
    const options = inviteText({ startLine: 'OPTIONS sip:x SIP/2.0' });
    expect(asFault(options)).toMatchObject({ reason: 'bad-cseq', method: 'OPTIONS' });
    expect(asFault(RESPONSE.replace('7 INVITE', '7')).reason).toBe('bad-cseq');
  });

  test('odd spelling of CSeq and an absent From-tag are no fault', () => {
    const set = { CSeq: '0009\r\n  INVITE', From: '<sip:a@x>' };
    const request = asRequest(inviteText({ set }));
    expect(request).toMatchObject({ cseq: { number: 9 }, from: { tag: undefined }, oddities: [] });
  });
});

describe('the body', () => {
  test('If there are additional bytes in the transport packet beyond the end of the body, they MUST be discarded. [3261-18.3]', () => {
    const request = asRequest(`${inviteText({ body: 'v=0\r\n' })}INVITE sip:other SIP/2.0\r\n`);
    expect(request).toMatchObject({ body: 'v=0\r\n', oddities: ['trailing-bytes'] });
  });

  test('If the transport packet ends before the end of the message body, this is considered an error. [3261-18.3]', () => {
    const fault = asFault(invite({ set: { 'Content-Length': '9999' }, body: 'v=0\r\n' }));
    expect(fault).toMatchObject({
      reason: 'truncated',
      method: 'INVITE',
      via: { port: undefined },
    });
    expect(asFault(invite({ set: { 'Content-Length': '9'.repeat(400) } })).reason).toBe(
      'truncated',
    );
  });

  test('If a message does not have a Content-Length header field, the message body is assumed to end at the end of the transport packet. [3261-18.3]', () => {
    const body = 'v=0\r\n\r\n\x00\xff';
    const request = asRequest(inviteText({ set: { 'Content-Length': undefined }, body }));
    expect(request).toMatchObject({ body, oddities: [] });
  });

  test.each(['-999', 'abc', '', '5 bytes', '0x05'])('Content-Length %j is passed over', (value) => {
    const request = asRequest(inviteText({ set: { 'Content-Length': value }, body: 'v=0\r\n' }));
    expect(request).toMatchObject({ body: 'v=0\r\n', oddities: ['content-length'] });
  });
});

describe('bounds', () => {
  test('nothing but line breaks, spaces or NULs is empty', () => {
    for (const text of ['', '\r\n\r\n', '\0\0\0\0', ' \n']) {
      expect(asFault(text)).toMatchObject({ reason: 'empty', via: undefined });
    }
  });

  test('more than the largest datagram is a fault', () => {
    const full = inviteText({ set: { 'Content-Length': undefined } }).padEnd(
      MESSAGE_BYTES_MAX,
      'x',
    );
    expect(asRequest(full).body.length).toBeGreaterThan(65_000);
    expect(asFault(`${full}x`).reason).toBe('too-large');
  });

  test('more lines than are read is a fault with the first of them', () => {
    const fill = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: y`);
    const most = asRequest(invite({ lines: fill(HEADER_LINES_MAX - 8) }));
    expect(most.headers).toHaveLength(HEADER_LINES_MAX);
    const fault = asFault(invite({ lines: fill(HEADER_LINES_MAX - 7) }));
    expect(fault).toMatchObject({ reason: 'too-many-headers', via: { host: '192.0.2.1' } });
    expect(fault.headers).toHaveLength(HEADER_LINES_MAX);
  });

  test.each([
    '"',
    '"\\',
    '\\"',
    '"\\",',
    '<',
    '<,',
    '";',
    ';',
    ',',
    '=',
    ' ',
    '\t\r',
    ';received=1',
  ])('a header of 64 KB of %j is read in time that grows with its length alone', (piece) => {
    const text = piece.repeat(Math.floor(60_000 / piece.length));
    for (const name of ['Via', 'From', 'Contact', 'CSeq', 'Content-Length']) {
      const value = name === 'Via' ? `SIP/2.0/UDP h;${text}` : text;
      expect(['request', 'fault']).toContain(parse(invite({ set: { [name]: value } })).kind);
    }
    expect(parse(invite({ startLine: text })).kind).toBe('fault');
    expect(['request', 'fault']).toContain(parse(invite({ startLine: `INVITE ${text} x` })).kind);
  });
});
