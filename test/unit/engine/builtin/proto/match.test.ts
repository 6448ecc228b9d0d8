import { describe, expect, test } from '@jest/globals';
import {
  cancelledKey,
  clientKey,
  dialogKey,
  responseKey,
  serverKey,
} from '../../../../../lib/engine/builtin/proto/match.ts';
import { branchOf, sipCallId, tagOf } from '../../../../../lib/sip/ids.ts';
import { requestOf, responseOf } from './sample.ts';

type Changes = {
  readonly method?: string;
  readonly via?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
};

const request = (changes: Changes = {}) =>
  requestOf(
    `${changes.method ?? 'INVITE'} ${changes.uri ?? 'sip:112@h'} SIP/2.0`,
    `Via: ${changes.via ?? 'SIP/2.0/UDP caller.example:5060;branch=z9hG4bKone'}`,
    `From: <sip:a@h>${changes.from ?? ';tag=f'}`,
    `To: <sip:112@h>${changes.to ?? ''}`,
    `Call-ID: ${changes.callId ?? 'c'}`,
    `CSeq: ${changes.cseq ?? 1} ${changes.method ?? 'INVITE'}`,
  );

const OLD = 'SIP/2.0/UDP caller.example:5060';

describe('finding the transaction of a message', () => {
  test('the branch parameter in the request is equal to the one in the top Via header field of the request that created the transaction [3261-17.2.3]', () => {
    expect(serverKey(request({ from: ';tag=other', callId: 'other' }))).toBe(serverKey(request()));
    const other = request({ via: 'SIP/2.0/UDP caller.example:5060;branch=z9hG4bKtwo' });
    expect(serverKey(other)).not.toBe(serverKey(request()));
  });

  test('the sent-by value in the top Via of the request is equal to the one in the request that created the transaction [3261-17.2.3]', () => {
    const via = (sentBy: string) =>
      serverKey(request({ via: `SIP/2.0/UDP ${sentBy};branch=z9hG4bKone` }));
    expect(via('other.example:5060')).not.toBe(via('caller.example:5060'));
    expect(via('caller.example:5061')).not.toBe(via('caller.example:5060'));
    expect(via('Caller.Example')).toBe(via('caller.example:5060'));
  });

  test('the method of the request matches the one that created the transaction, except for ACK, where the method of the request that created the transaction is INVITE. [3261-17.2.3]', () => {
    expect(serverKey(request({ method: 'ACK', to: ';tag=t' }))).toBe(serverKey(request()));
    expect(serverKey(request({ method: 'CANCEL' }))).not.toBe(serverKey(request()));
    expect(cancelledKey(request({ method: 'CANCEL' }))).toBe(serverKey(request()));
  });

  test('The INVITE request matches a transaction if the Request-URI, To tag, From tag, Call-ID, CSeq, and top Via header field match those of the INVITE request which created the transaction. [3261-17.2.3]', () => {
    const first = serverKey(request({ via: OLD }));
    expect(serverKey(request({ via: OLD }))).toBe(first);
    expect(serverKey(request({ via: `${OLD};branch=oldstyle` }))).not.toBe(first);
    expect(serverKey(request({ via: OLD, uri: 'sip:113@h' }))).not.toBe(first);
    expect(serverKey(request({ via: OLD, from: ';tag=g' }))).not.toBe(first);
    expect(serverKey(request({ via: OLD, callId: 'd' }))).not.toBe(first);
    expect(serverKey(request({ via: OLD, cseq: 2 }))).not.toBe(first);
  });

  test('The ACK request matches a transaction if the Request- URI, From tag, Call-ID, CSeq number (not the method), and top Via header field match those of the INVITE request which created the transaction [3261-17.2.3]', () => {
    const first = serverKey(request({ via: OLD }));
    expect(serverKey(request({ via: OLD, method: 'ACK', to: ';tag=ours' }))).toBe(first);
    expect(cancelledKey(request({ via: OLD, method: 'CANCEL' }))).toBe(first);
  });

  test('For all other request methods, a request is matched to a transaction if the Request-URI, To tag, From tag, Call-ID, CSeq (including the method), and top Via header field match [3261-17.2.3]', () => {
    const bye = (to: string) => serverKey(request({ via: OLD, method: 'BYE', to }));
    expect(bye(';tag=t')).toBe(bye(';tag=t'));
    expect(bye(';tag=t')).not.toBe(bye(';tag=u'));
    expect(bye('')).not.toBe(serverKey(request({ via: OLD })));
  });

  test('If the response has the same value of the branch parameter in the top Via header field as the branch parameter in the top Via header field of the request that created the transaction. [3261-17.1.3]', () => {
    const response = (via: string, method = 'INVITE') =>
      responseKey(
        responseOf(
          'SIP/2.0 200 OK',
          `Via: ${via}`,
          'From: <sip:a@h>;tag=f',
          'To: <sip:112@h>;tag=t',
          'Call-ID: c',
          `CSeq: 1 ${method}`,
        ),
      );
    const key = clientKey(branchOf('z9hG4bKone'), 'INVITE');
    expect(response('SIP/2.0/UDP us.example;branch=z9hG4bKone')).toBe(key);
    expect(response('SIP/2.0/UDP us.example;branch=z9hG4bKtwo')).not.toBe(key);
    expect(response('SIP/2.0/UDP us.example;branch=z9hG4bKone', 'CANCEL')).not.toBe(key);
    expect(response('SIP/2.0/UDP us.example')).toBeUndefined();
  });
});

test('A dialog is identified at each UA with a dialog ID, which consists of a Call-ID value, a local tag and a remote tag. [3261-12]', () => {
  const key = dialogKey(sipCallId('c'), tagOf('l'), tagOf('r'));
  expect(dialogKey(sipCallId('c'), tagOf('r'), tagOf('l'))).not.toBe(key);
  expect(dialogKey(sipCallId('c'), tagOf('l'), undefined)).not.toBe(key);
  expect(dialogKey(sipCallId('d'), tagOf('l'), tagOf('r'))).not.toBe(key);
});
