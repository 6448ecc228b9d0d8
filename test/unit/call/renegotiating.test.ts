import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { requestId, tagOf } from '../../../lib/sip/ids.ts';
import type { Header } from '../../../lib/sip/message.ts';
import {
  aCall,
  answered,
  empty,
  type Happening,
  orders,
  SOME_SDP,
} from '../../support/call-core.ts';

const A = { dialog: { side: 'a', fork: 0 } } as const;
const B = { dialog: { side: 'b', attempt: 1, tag: tagOf('g1') } } as const;
const request = requestId('r1');

const asks = (of: typeof A | typeof B, method = 'INVITE', body = SOME_SDP): Happening => ({
  on: 'asked',
  ...of,
  request,
  method,
  maxForwards: 70,
  door: of.dialog.side === 'a' ? 'unicast' : undefined,
  headers: [],
  body,
});
const replies = (of: typeof A | typeof B, status: number): Happening => ({
  on: 'replied',
  ...of,
  request,
  status,
  reason: 'Said',
  headers: [],
  body: NO_OCTETS,
});

const takesBack = (of: typeof A | typeof B, headers: Header[] = []): Happening => ({
  on: 'retracted',
  ...of,
  request,
  headers,
});
const reason = header('Reason', 'SIP;cause=200;text="Call completed elsewhere"');

const talking = (emergency = false) =>
  aCall({ emergency })
    .after(answered(1))
    .after({ on: 'a-acknowledged', door: 'unicast', ...empty });

describe('renegotiating', () => {
  test('If the UAC is the owner of the Call-ID of the dialog ID (meaning it generated the value), T has a randomly chosen value between 2.1 and 4 seconds in units of 10 ms. [3261-14.1]', () => {
    const toGateway = talking().after(asks(A)).after(replies(B, 491));
    expect(toGateway.effects).toEqual([{ do: 'set-glare-timer', ownsCallId: true }]);
    const toCaller = talking().after(asks(B)).after(replies(A, 491));
    expect(toCaller.effects).toEqual([{ do: 'set-glare-timer', ownsCallId: false }]);
    const again = toCaller.after({ on: 'timer', name: 'glare' });
    expect(again.effects).toMatchObject([{ do: 'ask', dialog: { side: 'a' }, method: 'INVITE' }]);
  });

  test('glare that never clears is passed on', () => {
    let call = talking().after(asks(A));
    for (let count = 0; count < 4; count += 1) {
      call = call.after(replies(B, 491)).after({ on: 'timer', name: 'glare' });
    }
    call = call.after(replies(B, 491));
    expect(call.effects).toMatchObject([{ do: 'reply', status: 491, dialog: { side: 'a' } }]);
    expect(call.state.tag).toBe('talking');
  });

  test('If the response for a request within a dialog is a 481 (Call/Transaction Does Not Exist) or a 408 (Request Timeout), the UAC SHOULD terminate the dialog. [3261-12.2.1.2]', () => {
    const ends = (emergency: boolean, status: number) =>
      talking(emergency).after(asks(A)).after(replies(B, status)).state.tag;
    expect(ends(false, 481)).toBe('ended');
    expect(ends(false, 408)).toBe('ended');
    expect(ends(true, 481)).toBe('ended');
    // A silence alone never ends an emergency call.
    expect(ends(true, 408)).toBe('talking');
    expect(ends(false, 488)).toBe('talking');
  });

  test('a provisional reaches who asked and settles nothing', () => {
    const call = talking().after(asks(A)).after(replies(B, 180));
    expect(call.effects).toMatchObject([{ do: 'reply', status: 180, dialog: { side: 'a' } }]);
    expect(call.state).toMatchObject({ tag: 'renegotiating', waitsFor: 'answer' });
  });

  test('another re-INVITE meanwhile is glare, another INFO just crosses', () => {
    const call = talking().after(asks(A));
    expect(call.after(asks(B)).effects).toMatchObject([{ do: 'reply', status: 491 }]);
    const crossed = call.after(asks(B, 'INFO'));
    expect(crossed.effects).toMatchObject([{ do: 'ask', dialog: { side: 'a' }, method: 'INFO' }]);
    expect(crossed.state.tag).toBe('renegotiating');
  });

  test('what is taken back is taken back on the other side, with the reason and nothing else [3326-2]', () => {
    const call = talking()
      .after(asks(A))
      .after(takesBack(A, [reason, header('X-Secret', 'no')]));
    const dialog = { side: 'b', attempt: 1, tag: 'g1' };
    expect(call.effects).toEqual([{ do: 'retract', dialog, request, headers: [reason] }]);
    expect(call.after(takesBack(A)).effects).toMatchObject([{ do: 'ignore' }]);
    const over = call.after(replies(B, 487));
    expect(over.effects).toMatchObject([{ do: 'reply', status: 487, dialog: { side: 'a' } }]);
    expect(over.state.tag).toBe('talking');
  });

  test('an agreement that crosses the CANCEL stands on both sides [3261-9.1] [3261-14.1]', () => {
    const call = talking().after(asks(B)).after(takesBack(B)).after(replies(A, 200));
    expect(orders(call.effects)).toEqual(['reply', 'confirm']);
    expect(call.state).toMatchObject({ tag: 'renegotiating', waitsFor: 'ack' });
    expect(call.after(takesBack(B)).effects).toMatchObject([{ do: 'ignore' }]);
  });

  test('what is taken back while it waits for its turn is not asked again', () => {
    const waiting = talking().after(asks(A)).after(replies(B, 491));
    const over = waiting.after(takesBack(A));
    expect(over.effects).toMatchObject([{ do: 'clear-timer' }, { do: 'reply', status: 487 }]);
    expect(over.state.tag).toBe('talking');
    const late = talking().after(asks(A)).after(takesBack(A)).after(replies(B, 491));
    expect(late.effects).toMatchObject([{ do: 'reply', status: 491 }]);
    expect(late.state.tag).toBe('talking');
  });

  test('a late offer is acknowledged when its answer has come', () => {
    const offered = talking()
      .after(asks(A, 'INVITE', NO_OCTETS))
      .after(replies(B, 200));
    expect(orders(offered.effects)).toEqual(['reply']);
    const done = offered.after({ on: 'confirmed', ...A, request, headers: [], body: SOME_SDP });
    expect(done.effects).toMatchObject([{ do: 'confirm', dialog: { side: 'b' }, body: SOME_SDP }]);
    expect(done.state.tag).toBe('talking');
  });

  test('a hang-up ends it, and the time of a glare with it', () => {
    const waiting = talking().after(asks(A)).after(replies(B, 491));
    const ended = waiting.after({ on: 'a-hung-up', door: 'unicast', ...empty });
    expect(orders(ended.effects)).toEqual(['clear-timer', 'bye-b 1', 'end', 'forget']);
  });

  test('before the ACK of the first answer nothing is changed', () => {
    const call = aCall().after(answered(1)).after(asks(B));
    expect(call.effects).toMatchObject([{ do: 'reply', status: 491, dialog: { side: 'b' } }]);
    expect(call.state.tag).toBe('answering');
  });

  test('the ACK of a late offer carries what the plan lets cross, no credentials', () => {
    const asked = { ...aCall().state.facts.asked, body: NO_OCTETS };
    const headers = [header('Proxy-Authorization', 'Digest x'), header('Content-Type', 'a/b')];
    const call = aCall({ asked }).after(answered(1));
    const acked = call.after({ on: 'a-acknowledged', door: 'unicast', headers, body: SOME_SDP });
    expect(acked.effects).toMatchObject([{ do: 'ack-b', headers: [{ name: 'content-type' }] }]);
  });

  test('who asks in a dialog that is none of the two is told so', () => {
    const call = talking().after(
      asks({ dialog: { ...B.dialog, tag: tagOf('other') } } as typeof B, 'INFO'),
    );
    expect(call.effects).toMatchObject([{ do: 'reply', status: 481 }]);
  });
});
