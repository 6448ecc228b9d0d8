import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { SipMessage } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { complaintsOf } from '../support/sipp.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { callOn } from '../support/stream-caller.ts';
import { contactOf, isFinal, request, type TcpLine, tcpLine } from '../support/tcp-caller.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.81';
/** How often each is said in each way. */
const ROUNDS = 5;
const CALLS_PER_SEC = 10;
/** How long nothing comes before nothing is what is owed. */
const SILENCE_MS = 300;
const ANSWER_MS = 2000;
const GROWN_BYTES_MAX = 150e6;
jest.setTimeout(60_000);

const { anycast: A } = addressesOf(NET);
const STRANGER = { address: `${NET}.120`, port: 5060 };
const CALLER = { address: `${NET}.102`, port: 5060 };

type Words = {
  readonly via?: string;
  readonly length?: string;
  readonly more?: readonly string[];
  readonly body?: string;
  readonly from?: string;
};

/** An INVITE to 112 with one thing in it that nobody would say. */
function invite(callId: string, transport: 'UDP' | 'TCP', words: Words): string {
  const { body = 'v=0\r\n', length = `${body.length}`, more = [], via = '' } = words;
  const { from = `<sip:stranger@${STRANGER.address}>` } = words;
  return [
    `INVITE sip:112@${A.address} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${STRANGER.address};branch=z9hG4bK${callId};rport${via}`,
    `From: ${from};tag=f${callId}`,
    `To: <sip:112@${A.address}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:stranger@${STRANGER.address}>`,
    ...more,
    `Content-Length: ${length}`,
    '',
    body,
  ].join('\r\n');
}

function nested(depth: number): string {
  let body = 'Content-Type: application/sdp\r\n\r\nv=0\r\n';
  for (let level = 0; level < depth; level += 1) {
    body = `Content-Type: multipart/mixed;boundary=${level}\r\n\r\n--${level}\r\n${body}\r\n--${level}--\r\n`;
  }
  return body.slice(body.indexOf('\r\n\r\n') + 4);
}

const NUL = '\0'.repeat(20);
const BAD_UTF8 = '\xff\xfe\xc0\x80\xed\xa0\x80\xf5';
const nestedIn = (depth: number) => ({
  more: [`Content-Type: multipart/mixed;boundary=${depth - 1}`],
  body: nested(depth),
});

type Way = Pick<TcpLine, 'say' | 'hears' | 'isClosed'> & { end(): void };
/** The status that is owed by UDP and by TCP; `silence`, or the end of a connection alone. */
type Owed = number | 'silence' | 'end';

const DAMAGED: readonly (readonly [string, Words, Owed, Owed])[] = [
  ['10,000 values in one Via', { via: ',x'.repeat(10_000) }, 200, 200],
  ['4,000 whole values in one Via', { via: ',SIP/2.0/UDP a'.repeat(4000) }, 200, 200],
  ['10,000 header lines', { more: Array.from({ length: 10_000 }, () => 's:a') }, 400, 400],
  ['parts in 500 parts', nestedIn(500), 200, 200],
  ['a Content-Length that is too long', { length: '500' }, 400, 'silence'],
  ['one that is too short', { length: '1' }, 200, 200],
  ['one that is negative', { length: '-1' }, 200, 400],
  ['one that is huge', { length: '99999999999999999999' }, 400, 400],
  ['one that is larger than a message', { length: '70000' }, 400, 413],
  ['one that is no number', { length: 'many' }, 200, 400],
  ['NUL in header values', { from: `"${NUL}" <sip:a@b>`, more: [`Subject: ${NUL}`] }, 200, 200],
  ['NUL in a header name', { more: [`Sub${NUL}ject: a`] }, 200, 200],
  ['no UTF-8 in header values', { from: `"${BAD_UTF8}" <sip:a@b>` }, 200, 200],
  ['no UTF-8 and NUL in the body', { body: `${NUL}${BAD_UTF8}`.repeat(100) }, 200, 200],
];

describe('messages that nobody would say', () => {
  let stage: Stage;
  let sink: UdpSink;
  let rssBefore: number;
  let serial = 0;
  let isOver = false;
  let honest: Promise<readonly number[]>;
  beforeAll(async () => {
    const trunks = [{ name: 'honest', source: [`${NET}.101`, `${NET}.102`] }];
    const keys = { listen: listensOn(NET, 'udp', 'tcp'), trunks };
    stage = await openStage({ net: NET, keys });
    await stage.gateway('uas-answer', { withinSec: 60 });
    sink = await openUdpSink(STRANGER);
    honest = goOn();
    rssBefore = rss();
  });
  afterAll(async () => {
    isOver = true;
    await honest;
    await sink.close();
    expect(await stage.close()).toBe(0);
  });

  const rss = () => {
    const status = readFileSync(`/proc/${stage.site.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  };

  /** Emergency calls of another source, by TCP and by UDP; how long each answer took. */
  async function goOn(): Promise<readonly number[]> {
    const times: number[] = [];
    while (!isOver) {
      const byUdp = stage.call('uac-honours-contact', { pauseMs: 100 });
      times.push(await callOn(() => tcpLine(CALLER.address, A), CALLER, A));
      expect(complaintsOf(await byUdp)).toBe('');
      await pause(1000 / CALLS_PER_SEC);
    }
    return times;
  }

  /** A datagram needs no connection, but is otherwise heard the same. */
  function udpWay(callId: string): Way {
    const messages = () =>
      sink.received
        .filter(({ text }) => text.includes(`Call-ID: ${callId}\r\n`))
        .map(({ text }) => parse(Buffer.from(text, 'latin1')))
        .filter((parsed): parsed is SipMessage => parsed.kind !== 'fault');
    return {
      say: async (text) => sink.send(text, A),
      hears: (what, isWanted) => until(what, () => messages().find(isWanted)),
      isClosed: () => false,
      end: () => undefined,
    };
  }

  async function tcpWay(): Promise<Way> {
    const line = await tcpLine(STRANGER.address, A);
    return { ...line, end: () => void line.socket.destroy() };
  }

  /** What comes of it; a call that is answered is ended. */
  async function outcome(way: Way, callId: string, text: string): Promise<Owed> {
    await way.say(text);
    const answer = await Promise.race([
      way.hears(`an answer to ${callId}`, isFinal('INVITE')),
      pause(SILENCE_MS),
    ]);
    if (answer?.kind !== 'response') return way.isClosed() ? 'end' : 'silence';
    if (answer.status !== 200) return answer.status;
    const { uri } = contactOf(answer);
    const within = { callId, from: STRANGER, to: A, uri, toTag: answer.to.tag };
    await way.say(request('ACK', { ...within, cseq: 1 }));
    await way.say(request('BYE', { ...within, cseq: 2 }));
    return 200;
  }

  test.each(DAMAGED)('%s', async (_, words, byUdp, byTcp) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const transport of ['UDP', 'TCP'] as const) {
        serial += 1;
        const callId = `damaged-${serial}`;
        const way = transport === 'UDP' ? udpWay(callId) : await tcpWay();
        const what = await outcome(way, callId, invite(callId, transport, words));
        way.end();
        expect([transport, what]).toEqual([transport, transport === 'UDP' ? byUdp : byTcp]);
      }
    }
  });

  test('and the calls of others were answered in time, and nothing has grown', async () => {
    isOver = true;
    const times = await honest;
    expect(times.length).toBeGreaterThan(5);
    expect(times.filter((ms) => ms > ANSWER_MS)).toEqual([]);
    const active = () => stage.site.metric('landfall_calls_active');
    await until('the last call', async () => (await active()) === 0);
    await until('the connections', async () => (await inside()) === 0);
    expect(await stage.site.metric('landfall_faults_total')).toBeGreaterThan(5 * ROUNDS);
    expect(rss() - rssBefore).toBeLessThan(GROWN_BYTES_MAX);
    const bugs = stage.site.notices().filter(({ level }) => level === 'error');
    expect(bugs).toEqual([]);
  });

  const inside = () => stage.site.metric('landfall_connections', 'direction="in"');
});
