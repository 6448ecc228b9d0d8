import { describe, expect, test } from '@jest/globals';
import { judgeCall, verdictLine } from '../../../apps/cli/call-verdict.ts';
import { type CallPlan, placeCall } from '../../../apps/cli/place-call.ts';
import { labelOf } from '../../../apps/cli/seen-messages.ts';
import { bytesOf } from '../../../lib/base/brands.ts';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { type Line, responseTo } from './scripted-peer.ts';

const A: Address = { address: '192.0.2.112', port: 5060 };
const U: Address = { address: '198.51.100.11', port: 5060 };
const OWN: Address = { address: '203.0.113.7', port: 40_000 };
const MOVED = { headers: [`Contact: <sip:token@${writeAddress(U)}>`] };

type Later = Line & { readonly afterMs?: number };
type Script = (request: SipRequest, at: Address) => readonly Later[];

const accept: Script = ({ method }) => {
  switch (method) {
    case 'INVITE':
      return [
        { status: '180 Ringing', ...MOVED },
        { status: '200 OK', ...MOVED, afterMs: 1000 },
      ];
    case 'ACK':
      return [];
    default:
      return [{ status: '200 OK' }];
  }
};

/** Places a call on a network that does not exist, to its end or until `untilMs`. */
async function place(script: Script, more: { interruptAtMs?: number; hangUpAtMs?: number } = {}) {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time);
  let invite: SipRequest | undefined;
  for (const at of [A, U]) {
    const socket = network.attach(at, {
      onDatagram(bytes, from) {
        const request = parse(bytes);
        if (request.kind !== 'request') return;
        const { hangUpAtMs } = more;
        if (request.method === 'ACK' && hangUpAtMs !== undefined && invite !== undefined) {
          const bye = byeOf(invite);
          time.at(hangUpAtMs, () => socket.send(bye, from));
        }
        if (request.method === 'INVITE') invite = request;
        for (const line of script(request, at)) {
          const answer = responseTo(request, line);
          time.at(time.nowMs + (line.afterMs ?? 0), () => socket.send(answer, from));
        }
      },
      onSendFailure: () => undefined,
    });
  }
  const interrupt = new AbortController();
  if (more.interruptAtMs !== undefined) time.at(more.interruptAtMs, () => interrupt.abort());
  const plan: CallPlan = {
    uri: uriText('sip:112@192.0.2.112'),
    target: A,
    local: OWN,
    from: undefined,
    afterMs: 2000,
    timeoutMs: 10_000,
    interrupted: interrupt.signal,
  };
  const placing = placeCall(plan, time.world, network);
  let endedAtMs: number | undefined;
  void placing.then(() => {
    endedAtMs = time.nowMs;
  });
  // Sockets are opened by a promise, so that the first packet leaves some turns later.
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  for (let ms = 0; ms <= 60_000 && endedAtMs === undefined; ms += 10) {
    time.runUntil(ms);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
  const placed = await placing;
  if (placed.kind === 'failed') throw new Error(placed.why);
  const verdict = judgeCall(placed.seen, A, placed.course);
  const story = placed.seen.map((entry) => {
    const arrow = entry.direction === 'out' ? '>' : '<';
    return `${Math.round(entry.at)} ${arrow} ${entry.far.address === A.address ? 'A' : 'U'} ${labelOf(entry)}`;
  });
  return { story, verdict, line: verdictLine(verdict, A), endedAtMs };
}

describe('a test call', () => {
  test('is answered, moves, and is hung up in time', async () => {
    const { story, line } = await place(accept);
    expect(line).toBe('moved off anycast: 192.0.2.112 -> 198.51.100.11');
    expect(story).toEqual([
      '0 > A INVITE',
      '2 < A 180 Ringing',
      '1002 < A 200 OK',
      '1002 > U ACK',
      '3002 > U BYE',
      '3004 < U 200 OK',
    ]);
  });

  test('is cancelled when nobody answers in time', async () => {
    const { story, line } = await place((request) => {
      if (request.method === 'INVITE') return [{ status: '180 Ringing', ...MOVED }];
      return request.method === 'CANCEL' ? [{ status: '200 OK' }] : [];
    });
    expect(line).toBe('nobody answered in time; the call was given up');
    expect(story).toEqual([
      '0 > A INVITE',
      '2 < A 180 Ringing',
      '10000 > A CANCEL',
      '10002 < A 200 OK',
    ]);
  });

  test('is cancelled when somebody interrupts it', async () => {
    const { story, line } = await place(accept, { interruptAtMs: 500 });
    expect(line).toBe('interrupted; the call was given up');
    expect(story.slice(0, 4)).toEqual([
      '0 > A INVITE',
      '2 < A 180 Ringing',
      '500 > A CANCEL',
      '502 < A 200 OK',
    ]);
  });

  test('is acknowledged and hung up when the answer crossed the CANCEL', async () => {
    const { story, verdict } = await place(accept, { interruptAtMs: 1001 });
    expect(verdict).toEqual({ kind: 'unanswered', why: 'interrupted' });
    expect(story).toEqual(expect.arrayContaining(['1002 > U ACK', '1002 > U BYE']));
  });

  test('is hung up at once when somebody interrupts it after the answer', async () => {
    const { story, verdict, endedAtMs } = await place(accept, { interruptAtMs: 1500 });
    expect(story.slice(-2)).toEqual(['1500 > U BYE', '1502 < U 200 OK']);
    expect(verdict.kind).toBe('moved');
    expect(endedAtMs).toBeLessThan(1600);
  });

  test('ends when nobody answers the BYE', async () => {
    const { endedAtMs, verdict } = await place((request, at) =>
      request.method === 'BYE' ? [] : accept(request, at),
    );
    expect(verdict.kind).toBe('moved');
    expect(endedAtMs).toBeLessThan(7000);
  });

  test('ends when nothing at all comes back', async () => {
    const { story, line, endedAtMs } = await place(() => []);
    expect(line).toBe('nobody answered in time; the call was given up');
    expect(story.filter((entry) => !entry.endsWith('INVITE (again)'))).toEqual(['0 > A INVITE']);
    expect(endedAtMs).toBeLessThan(14_000);
  });

  test('has stayed when the Contact is the address that was dialled', async () => {
    const { line } = await place((request, at) =>
      accept(request, at).map((answer) => ({
        ...answer,
        headers: [`Contact: <sip:token@${writeAddress(A)}>`],
      })),
    );
    expect(line).toBe(
      'stayed on anycast: ACK and BYE went to 192.0.2.112 (Contact is 192.0.2.112:5060)',
    );
  });

  test('has stayed when the Contact is a name that cannot be sent to', async () => {
    const headers = ['Contact: <sip:token@sto.any.example>'];
    const { verdict } = await place((request, at) =>
      accept(request, at).map((answer) => ({ ...answer, headers })),
    );
    expect(verdict).toEqual({ kind: 'stayed', contact: 'sto.any.example:5060' });
  });

  test('answers a callee that hangs up first', async () => {
    const { story, verdict, endedAtMs } = await place(accept, { hangUpAtMs: 1500 });
    expect(story.slice(-3)).toEqual(['1002 > U ACK', '1501 < U BYE', '1501 > U 200 OK']);
    expect(verdict.kind).toBe('moved');
    expect(endedAtMs).toBeLessThan(1600);
  });
});

/** A BYE of the callee, in the dialog of its `tag=peer`. */
function byeOf(invite: SipRequest): Buffer {
  const of = (name: string) => headerValue(invite.headers, name);
  return bytesOf(
    [
      `BYE sip:landfall-test@${writeAddress(OWN)} SIP/2.0`,
      `Via: SIP/2.0/UDP ${writeAddress(U)};branch=z9hG4bKpeer`,
      'Max-Forwards: 70',
      `From: ${of('to')};tag=peer`,
      `To: ${of('from')}`,
      `Call-ID: ${invite.callId}`,
      'CSeq: 1 BYE',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}
