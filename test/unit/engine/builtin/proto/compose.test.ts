import { describe, expect, test } from '@jest/globals';
import { octetsOf } from '../../../../../lib/base/brands.ts';
import {
  composeAck,
  composeCancel,
  composeResponse,
  type ReplyWith,
  replyTo,
  type SentInvite,
} from '../../../../../lib/engine/builtin/proto/compose.ts';
import { ALLOW, fenced } from '../../../../../lib/engine/builtin/proto/fence.ts';
import { header } from '../../../../../lib/sip/header-names.ts';
import { tagOf, uriText } from '../../../../../lib/sip/ids.ts';
import { requestOf } from './sample.ts';

const SOURCE = { address: '203.0.113.7', port: 40_000 };

const invite = (to = '<sip:112@a.example>') =>
  requestOf(
    'INVITE sip:112@a.example SIP/2.0',
    'Via: SIP/2.0/UDP p.example;branch=z9hG4bK2;rport',
    'v: SIP/2.0/UDP caller.example;branch=z9hG4bK1, SIP/2.0/UDP inner.example;branch=z9hG4bK0',
    'Record-Route: <sip:p.example;lr;x=%20>;unknown',
    'f: "A" <sip:a@caller.example>;tag=f',
    `To: ${to}`,
    'Record-Route: <sip:q.example;lr>',
    'Timestamp: 54.21',
    'Call-ID: c@caller.example',
    'CSeq: 41   INVITE',
  );

const linesOf = (response: Partial<ReplyWith>, request = invite()) =>
  composeResponse(replyTo(request, SOURCE), {
    status: 200,
    reason: 'OK',
    tag: tagOf('ours'),
    formsDialog: false,
    headers: [],
    body: octetsOf(Buffer.from('')),
    ...response,
  })
    .toString('latin1')
    .split('\r\n');

describe('a response', () => {
  test('The From field of the response MUST equal the From header field of the request. The Call-ID header field of the response MUST equal the Call-ID header field of the request. The CSeq header field of the response MUST equal the CSeq field of the request. [3261-8.2.6.2]', () => {
    const lines = linesOf({});
    expect(lines).toContain('From: "A" <sip:a@caller.example>;tag=f');
    expect(lines).toContain('Call-ID: c@caller.example');
    expect(lines).toContain('CSeq: 41   INVITE');
  });

  test('The Via header field values in the response MUST equal the Via header field values in the request and MUST maintain the same ordering. [3261-8.2.6.2]', () => {
    const [, top, next] = linesOf({});
    expect(top?.split(';').toSorted()).toEqual([
      'Via: SIP/2.0/UDP p.example',
      'branch=z9hG4bK2',
      'received=203.0.113.7',
      'rport=40000',
    ]);
    expect(next).toBe(
      'v: SIP/2.0/UDP caller.example;branch=z9hG4bK1, SIP/2.0/UDP inner.example;branch=z9hG4bK0',
    );
  });

  test('the UAS MUST add a tag to the To header field in the response (with the exception of the 100 (Trying) response, in which a tag MAY be present). [3261-8.2.6.2]', () => {
    expect(linesOf({})).toContain('To: <sip:112@a.example>;tag=ours');
    expect(linesOf({ status: 100, tag: undefined })).toContain('To: <sip:112@a.example>');
  });

  test('If a request contained a To tag in the request, the To header field in the response MUST equal that of the request. [3261-8.2.6.2]', () => {
    const lines = linesOf({}, invite('<sip:112@a.example>;tag=old'));
    expect(lines).toContain('To: <sip:112@a.example>;tag=old');
  });

  test('When a 100 (Trying) response is generated, any Timestamp header field present in the request MUST be copied into this 100 (Trying) response. [3261-8.2.6.1]', () => {
    expect(linesOf({ status: 100, tag: undefined })).toContain('Timestamp: 54.21');
    expect(linesOf({ status: 180 })).not.toContain('Timestamp: 54.21');
  });

  test('the UAS MUST copy all Record-Route header field values from the request into the response (including the URIs, URI parameters, and any Record-Route header field parameters, whether they are known or unknown to the UAS) and MUST maintain the order of those values. [3261-12.1.1]', () => {
    const recorded = (formsDialog: boolean) =>
      linesOf({ formsDialog }).filter((line) => line.startsWith('Record-Route'));
    expect(recorded(true)).toEqual([
      'Record-Route: <sip:p.example;lr;x=%20>;unknown',
      'Record-Route: <sip:q.example;lr>',
    ]);
    expect(recorded(false)).toEqual([]);
  });
});

const sent: SentInvite = {
  uri: uriText('sip:112@10.0.1.31'),
  via: header('Via', 'SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bKb;rport'),
  routes: [],
  from: header('From', '<sip:a@b>;tag=ours'),
  to: header('To', '<sip:112@gw>'),
  callId: header('Call-ID', 'b-leg'),
  number: 1,
};

describe('requests that follow an INVITE of ours', () => {
  test('The ACK request constructed by the client transaction MUST contain values for the Call-ID, From, and Request-URI that are equal to the values of those header fields in the request passed to the transport by the client transaction. The To header field in the ACK MUST equal the To header field in the response being acknowledged. The ACK MUST contain a single Via header field, and this MUST be equal to the top Via header field of the original request. [3261-17.1.1.3]', () => {
    expect(composeAck(sent, '<sip:112@gw>;tag=theirs').toString('latin1').split('\r\n')).toEqual([
      'ACK sip:112@10.0.1.31 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bKb;rport',
      'Max-Forwards: 70',
      'From: <sip:a@b>;tag=ours',
      'To: <sip:112@gw>;tag=theirs',
      'Call-ID: b-leg',
      'CSeq: 1 ACK',
      'Content-Length: 0',
      '',
      '',
    ]);
  });

  test('The Request-URI, Call-ID, To, the numeric part of CSeq, and From header fields in the CANCEL request MUST be identical to those in the request being cancelled, including tags. A CANCEL constructed by a client MUST have only a single Via header field value matching the top Via value in the request being cancelled. [3261-9.1]', () => {
    const reason = header('Reason', 'SIP;cause=200;text="Call completed elsewhere"');
    expect(composeCancel(sent, [reason]).toString('latin1').split('\r\n')).toEqual([
      'CANCEL sip:112@10.0.1.31 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bKb;rport',
      'Max-Forwards: 70',
      'From: <sip:a@b>;tag=ours',
      'To: <sip:112@gw>',
      'Call-ID: b-leg',
      'CSeq: 1 CANCEL',
      'Reason: SIP;cause=200;text="Call completed elsewhere"',
      'Content-Length: 0',
      '',
      '',
    ]);
  });
});

describe('the extension fence', () => {
  test('All methods, including ACK and CANCEL, understood by the UA MUST be included in the list of methods in the Allow header field, when present. [3261-20.5]', () => {
    expect(ALLOW.value).toBe(
      'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
    );
  });

  test('no extension and nothing of the way or the dialog gets out through added headers', () => {
    const own = ['Supported', 'Require', 'Session-Expires', 'RSeq', 'Route', 'v', 'x', 'k', 'm'];
    const others = [header('Reason', 'x'), header('X-Any', 'y'), header('Unsupported', '100rel')];
    const some = own.map((name) => header(name, 'z'));
    expect(fenced([...some, ...others])).toEqual(others);
    expect(fenced(others)).toBe(others);
  });
});
