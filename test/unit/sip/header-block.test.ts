import { describe, expect, test } from '@jest/globals';
import { headerValue, headerValues } from '../../../lib/sip/headers.ts';
import { asRequest, inviteText } from './sample.ts';

describe('header lines', () => {
  test('Header fields can be extended over multiple lines by preceding each extra line with at least one SP or horizontal tab (HT). [3261-7.3.1]', () => {
    const lines = ['Subject: I know', '   you are there,', '\tpick up', ' ', '  now'];
    const request = asRequest(inviteText({ lines }));
    expect(headerValue(request.headers, 'subject')).toBe('I know you are there, pick up now');
    expect(request.oddities).toEqual([]);
  });

  test('white space around the colon and at the ends does not count', () => {
    const text = inviteText().replaceAll(': ', ' \t :\t ').replaceAll('\r\n', ' \r\n');
    const request = asRequest(text.replaceAll('\r\n \r\n', '\r\n\r\n'));
    expect(request).toMatchObject({ callId: 'base@192.0.2.1', cseq: { method: 'INVITE' } });
    expect(headerValue(request.headers, 'max-forwards')).toBe('70');
  });

  test('line feeds alone end lines', () => {
    const request = asRequest(inviteText({ lines: ['X-A: 1\n\t2'] }).replaceAll('\r\n', '\n'));
    expect(request.oddities).toEqual([]);
    expect(headerValue(request.headers, 'x-a')).toBe('1 2');
    expect(request.headers).toHaveLength(9);
  });

  test('A compact form MAY be substituted for the longer form of a header field name at any time without changing the semantics of the message. [3261-7.3.3]', () => {
    const text = inviteText()
      .replace('Via', 'v')
      .replace('From', 'F')
      .replace('To', 't')
      .replace('Call-ID', 'i')
      .replace('Content-Length', 'l')
      .replace('CSeq', 'cSEQ')
      .replace('Contact', 'm');
    const request = asRequest(text);
    const names = request.headers.map(({ name }) => name);
    expect(names).toEqual(asRequest(inviteText()).headers.map(({ name }) => name));
    expect(request.headers.map(({ written }) => written)).toEqual([
      'v',
      'Max-Forwards',
      'F',
      't',
      'i',
      'cSEQ',
      'm',
      'l',
    ]);
  });

  test('unknown headers stay in their order, as they were written', () => {
    const lines = [
      'X-b: 2,;"<',
      'NewFangledHeader: \xff\xc3\xa0',
      'x-B: 1',
      'UnknownHeaderWithEmptyValue: ',
    ];
    const { headers } = asRequest(inviteText({ lines }));
    const unknown = headers.slice(7, 11).map(({ written, value }) => `${written}: ${value}`);
    expect(unknown).toEqual(lines);
  });

  test('a junk line takes its continuation with it and nothing else', () => {
    const lines = ['junk', ' more junk', 'A B: c', '\td', ': nameless', 'X-After: kept'];
    const request = asRequest(inviteText({ lines }));
    expect(request.oddities).toEqual(['junk-line', 'bad-header-name', 'bad-header-name']);
    expect(headerValue(request.headers, 'x-after')).toBe('kept');
  });

  test('Multiple header field rows with the same field-name MAY be present in a message if and only if the entire field-value for that header field is defined as a comma-separated list [3261-7.3.1]', () => {
    const lines = [
      'Call-ID: second',
      'CSeq: 9 BYE',
      'To: <sip:other@x>;tag=9',
      'f: <sip:other@x>;tag=9',
      'Max-Forwards: 5',
      'l: 0',
      'Route: <sip:r1>',
      'Route: <sip:r2>',
      'Via: SIP/2.0/UDP h2',
    ];
    const request = asRequest(inviteText({ lines }));
    expect(request.oddities).toEqual(Array.from({ length: 6 }, () => 'duplicate-header'));
    expect(request).toMatchObject({ callId: 'base@192.0.2.1', to: { tag: undefined } });
    expect(headerValues(request.headers, 'from')).toEqual(['<sip:+46701234567@op.example>;tag=1']);
    expect(headerValues(request.headers, 'max-forwards')).toEqual(['70']);
    expect(headerValues(request.headers, 'route')).toEqual(['<sip:r1>', '<sip:r2>']);
    expect(headerValues(request.headers, 'via')).toHaveLength(2);
  });

  test('a message that ends with its headers is lived with', () => {
    const [text = ''] = inviteText({ set: { 'Content-Length': undefined } }).split('\r\n\r\n');
    for (const cut of [text, `${text}\r\n`]) {
      expect(asRequest(cut).oddities).toEqual(['no-blank-line']);
    }
  });
});
