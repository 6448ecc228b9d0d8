import { describe, expect, test } from '@jest/globals';
import {
  type Dialog,
  firstHop,
  inOrder,
  nextOurs,
  requestInDialog,
  uacDialog,
  uasDialog,
} from '../../../../../lib/engine/builtin/proto/dialog.ts';
import { header } from '../../../../../lib/sip/header-names.ts';
import { tagOf, uriText } from '../../../../../lib/sip/ids.ts';
import { requestOf, responseOf } from './sample.ts';

const invite = (...more: readonly string[]) =>
  requestOf(
    'INVITE sip:112@a.example SIP/2.0',
    'Via: SIP/2.0/UDP caller.example;branch=z9hG4bK1',
    'From: "A" <sip:a@caller.example>;tag=theirs',
    'To: <sip:112@a.example>',
    'Call-ID: c@caller.example',
    'CSeq: 41 INVITE',
    ...more,
  );

const ok = (...more: readonly string[]) =>
  responseOf(
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP us.example;branch=z9hG4bK1',
    'From: <sip:us@us.example>;tag=ours',
    'To: <sip:psap@gw.example>;tag=theirs',
    'Call-ID: b@us.example',
    'CSeq: 1 INVITE',
    ...more,
  );

const ROUTED = ['Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>', 'Record-Route: <sip:p3>'];

describe('a dialog that our response makes', () => {
  test('The route set MUST be set to the list of URIs in the Record-Route header field from the request, taken in order and preserving all URI parameters. [3261-12.1.1]', () => {
    const { routes } = uasDialog(invite(...ROUTED), tagOf('ours'));
    expect(routes).toEqual(['<sip:p1.example;lr>', '<sip:p2.example;lr>', '<sip:p3>']);
  });

  test('The remote target MUST be set to the URI from the Contact header field of the request. [3261-12.1.1]', () => {
    const contact = 'Contact: "A" <sip:a@10.1.1.1:5070;ob>;+sip.instance="x"';
    expect(uasDialog(invite(contact), tagOf('ours')).target).toBe('sip:a@10.1.1.1:5070;ob');
    expect(uasDialog(invite(), tagOf('ours')).target).toBe('sip:a@caller.example');
  });

  test('The remote sequence number MUST be set to the value of the sequence number in the CSeq header field of the request. The local sequence number MUST be empty. [3261-12.1.1]', () => {
    expect(uasDialog(invite(), tagOf('ours'))).toMatchObject({ remoteSeq: 41, localSeq: 0 });
  });

  test('The local tag component of the dialog ID MUST be set to the tag in the To field in the response to the request, and the remote tag component of the dialog ID MUST be set to the tag from the From field in the request. [3261-12.1.1]', () => {
    expect(uasDialog(invite(), tagOf('ours'))).toMatchObject({
      callId: 'c@caller.example',
      localTag: 'ours',
      remoteTag: 'theirs',
      local: '<sip:112@a.example>;tag=ours',
      remote: '"A" <sip:a@caller.example>;tag=theirs',
    });
  });

  test('A UAS MUST be prepared to receive a request without a tag in the From field, in which case the tag is considered to have a value of null. [3261-12.1.1]', () => {
    const old = requestOf(
      'INVITE sip:112@a.example SIP/2.0',
      'Via: SIP/2.0/UDP caller.example',
      'From: sip:a@caller.example',
      'To: sip:112@a.example',
      'Call-ID: c',
      'CSeq: 1 INVITE',
    );
    expect(uasDialog(old, tagOf('ours')).remoteTag).toBe('');
  });
});

describe('a dialog that a response to our INVITE makes', () => {
  test('The route set MUST be set to the list of URIs in the Record-Route header field from the response, taken in reverse order and preserving all URI parameters. [3261-12.1.2]', () => {
    const { routes } = uacDialog(ok(...ROUTED), uriText('sip:x'));
    expect(routes).toEqual(['<sip:p3>', '<sip:p2.example;lr>', '<sip:p1.example;lr>']);
  });

  test('The remote target MUST be set to the URI from the Contact header field of the response. [3261-12.1.2]', () => {
    const invited = uriText('sip:112@gw.example');
    expect(uacDialog(ok('Contact: <sip:g@10.0.0.9>'), invited).target).toBe('sip:g@10.0.0.9');
    expect(uacDialog(ok(), invited).target).toBe('sip:112@gw.example');
  });

  test('The local sequence number MUST be set to the value of the sequence number in the CSeq header field of the request. The remote sequence number MUST be empty [3261-12.1.2]', () => {
    expect(uacDialog(ok(), uriText('sip:x'))).toMatchObject({
      localSeq: 1,
      remoteSeq: undefined,
      localTag: 'ours',
      remoteTag: 'theirs',
    });
  });
});

const dialog = (changes: Partial<Dialog> = {}): Dialog => ({
  ...uasDialog(invite('Contact: <sip:user@remoteua>'), tagOf('ours')),
  ...changes,
});
const bye = (of: Dialog) =>
  requestInDialog(of, {
    method: 'BYE',
    number: of.localSeq,
    via: header('Via', 'SIP/2.0/UDP us.example;branch=z9hG4bK9'),
    headers: [],
  });
const routesOf = (of: Dialog) =>
  bye(of).headers.flatMap(({ name, value }) => (name === 'route' ? [value] : []));

describe('a request of ours in a dialog', () => {
  test('The URI in the To field of the request MUST be set to the remote URI from the dialog state. The From URI of the request MUST be set to the local URI from the dialog state. [3261-12.2.1.1]', () => {
    const lines = bye(nextOurs(dialog())).headers.map(
      ({ written, value }) => `${written}: ${value}`,
    );
    expect(lines).toEqual([
      'Via: SIP/2.0/UDP us.example;branch=z9hG4bK9',
      'Max-Forwards: 70',
      'From: <sip:112@a.example>;tag=ours',
      'To: "A" <sip:a@caller.example>;tag=theirs',
      'Call-ID: c@caller.example',
      'CSeq: 1 BYE',
    ]);
  });

  test('if the local sequence number is not empty, the value of the local sequence number MUST be incremented by one [3261-12.2.1.1]', () => {
    expect(nextOurs(nextOurs(dialog())).localSeq).toBe(2);
  });

  test('If the route set is empty, the UAC MUST place the remote target URI into the Request-URI. The UAC MUST NOT add a Route header field to the request. [3261-12.2.1.1]', () => {
    expect(bye(dialog()).uri).toBe('sip:user@remoteua');
    expect(routesOf(dialog())).toEqual([]);
    expect(firstHop(dialog())).toBe('sip:user@remoteua');
  });

  test('If the route set is not empty, and the first URI in the route set contains the lr parameter, the UAC MUST place the remote target URI into the Request-URI and MUST include a Route header field containing the route set values in order, including all parameters. [3261-12.2.1.1]', () => {
    const routed = dialog({ routes: ['<sip:p1:5070;lr>;x=y', '<sip:p2>'] });
    expect(bye(routed).uri).toBe('sip:user@remoteua');
    expect(routesOf(routed)).toEqual(['<sip:p1:5070;lr>;x=y', '<sip:p2>']);
    expect(firstHop(routed)).toBe('sip:p1:5070;lr');
  });

  test('If the route set is not empty, and its first URI does not contain the lr parameter, the UAC MUST place the first URI from the route set into the Request-URI, stripping any parameters that are not allowed in a Request-URI. The UAC MUST then place the remote target URI into the Route header field as the last value. [3261-12.2.1.1]', () => {
    const strict = dialog({
      routes: [
        '<sip:proxy1;method=BYE;transport=udp?Subject=x>',
        '<sip:proxy2>',
        '<sip:proxy3;lr>',
      ],
    });
    expect(bye(strict).uri).toBe('sip:proxy1;transport=udp');
    expect(routesOf(strict)).toEqual(['<sip:proxy2>', '<sip:proxy3;lr>', '<sip:user@remoteua>']);
  });
});

describe('the order of requests in a dialog', () => {
  test('If the remote sequence number is empty, it MUST be set to the value of the sequence number in the CSeq header field value in the request. [3261-12.2.2]', () => {
    expect(inOrder(dialog({ remoteSeq: undefined }), 7)?.remoteSeq).toBe(7);
  });

  test('If the remote sequence number was not empty, but the sequence number of the request is lower than the remote sequence number, the request is out of order [3261-12.2.2]', () => {
    expect(inOrder(dialog({ remoteSeq: 41 }), 40)).toBeUndefined();
  });

  test('It is possible for the CSeq sequence number to be higher than the remote sequence number by more than one. This is not an error condition [3261-12.2.2]', () => {
    expect(inOrder(dialog({ remoteSeq: 41 }), 1000)?.remoteSeq).toBe(1000);
    expect(inOrder(dialog({ remoteSeq: 41 }), 41)?.remoteSeq).toBe(41);
  });

  test('is plain JSON all the way', () => {
    const made = dialog({ routes: ['<sip:p1;lr>'] });
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });
});
