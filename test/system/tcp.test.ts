import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { contactOf, isFinal, request, type TcpLine, tcpLine } from '../support/tcp-caller.ts';
import { until } from '../support/until.ts';

const NET = '127.21.14';
const CALLER = { address: `${NET}.102`, port: 5062 };
const TCP_GATEWAY = { address: `${NET}.41`, port: 5080 };
const HANGS_UP = { address: `${NET}.42`, port: 5080 };
/** More by hand: LANDFALL_IDLE=10000, where the limit of open files allows it. */
const IDLE = Number(process.env['LANDFALL_IDLE'] ?? 1000);
const IDLE_PER_SOURCE = 500;
/** With as many milliseconds between them: half of what the node accepts in a second. */
const AT_ONCE = 100;
jest.setTimeout(90_000);

const { anycast, unicast } = addressesOf(NET);
const KEYS = {
  listen: listensOn(NET, 'udp', 'tcp'),
  gateways: [
    { name: 'by-udp', uri: `sip:${NET}.31:5080` },
    { name: 'by-tcp', uri: `sip:${writeAddress(TCP_GATEWAY)};transport=tcp` },
    { name: 'hangs-up', uri: `sip:${writeAddress(HANGS_UP)};transport=tcp` },
  ],
  groups: [
    { name: 'psap', gateways: ['by-udp'], emergency: true },
    { name: 'streams', gateways: ['by-tcp'] },
    { name: 'short', gateways: ['hangs-up'] },
  ],
  routes: [
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '2*' }, group: 'streams' },
    { match: { user: '3*' }, group: 'short' },
  ],
};

describe('a site that speaks TCP', () => {
  let stage: Stage;
  const lines: TcpLine[] = [];
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: KEYS });
    await stage.gateway('uas-answer', { withinSec: 160 });
    await stage.gateway('uas-answer', { withinSec: 160, local: TCP_GATEWAY, tcp: 'one' });
    await stage.gateway('uas-bye', { withinSec: 160, local: HANGS_UP, tcp: 'one', pauseMs: 100 });
  });
  afterAll(async () => {
    for (const { socket } of lines) socket.destroy();
    expect(await stage.close()).toBe(0);
  });

  const line = async (from: string, to = anycast) => {
    const opened = await tcpLine(from, to);
    lines.push(opened);
    return opened;
  };

  test.each([
    ['TCP and UDP', 'each', '112', 'by-udp'],
    ['TCP and TCP', 'each', '200', 'by-tcp'],
  ] as const)('between %s a caller of sipp moves to U on a new connection', async (...row) => {
    const [, tcp, service, gateway] = row;
    const local = { ...CALLER, port: CALLER.port + Number(service) };
    const run = { local, tcp, service, calls: 20, perSec: 20, pauseMs: 200, keepMessages: true };
    const end = await stage.call('uac-tcp', run);
    expect(complaintsOf(end)).toBe('');
    const answers = end.messages.filter(
      ({ text }) => text.startsWith('SIP/2.0 200') && text.includes('CSeq: 1 INVITE'),
    );
    expect(answers).toHaveLength(20);
    for (const { text } of answers) {
      expect(headerOf(text, 'Contact')).toContain(`@${writeAddress(unicast)};transport=tcp>`);
    }
    const record = await stage.site.recordOf(headerOf(answers[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({
      moved: 'moved',
      reason: 'caller-hung-up',
      receivedOn: `A tcp:${writeAddress(anycast)}`,
      attempts: [{ gateway, status: 200 }],
    });
  });

  test('a caller on UDP reaches a gateway on TCP', async () => {
    const end = await stage.call('uac-honours-contact', { service: '200', calls: 20, perSec: 20 });
    expect(complaintsOf(end)).toBe('');
  });

  test("sipp's own caller, which ignores Contact, stays on its one connection to A", async () => {
    const local = { ...CALLER, port: 5071 };
    const run = { local, tcp: 'one', calls: 10, perSec: 20, pauseMs: 100 } as const;
    const end = await stage.call('sn:uac', { ...run, keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ moved: 'stayed', reason: 'caller-hung-up', status: 200 });
  });

  test('a gateway hangs up, and the caller hears it on the connection of its ACK', async () => {
    const a = await line(CALLER.address);
    const answer = await call(a, 'hung-up', { uri: `sip:300@${writeAddress(anycast)}` });
    const { uri, at } = contactOf(answer);
    const u = await line(CALLER.address, at);
    const said = { callId: 'hung-up', from: CALLER, to: anycast, uri, toTag: answer.to.tag };
    await u.say(request('ACK', { ...said, cseq: 1 }));
    await u.hears('BYE', (message) => message.kind === 'request' && message.method === 'BYE');
    expect(a.heard.map(({ kind }) => kind)).not.toContain('request');
    const record = await stage.site.recordOf('hung-up');
    expect(record).toMatchObject({ moved: 'moved', reason: 'callee-hung-up', status: 200 });
  });

  test('a message may come in pieces of one byte', async () => {
    const caller = await line(CALLER.address);
    const answer = await call(caller, 'bytes', { pieceBytes: 1 });
    const u = await line(CALLER.address, contactOf(answer).at);
    await hangUp(u, 'bytes', answer, 1);
    const record = await stage.site.recordOf('bytes');
    expect(record).toMatchObject({ moved: 'moved', reason: 'caller-hung-up', status: 200 });
  });

  test('60 KB are taken, 70 KB refused with 413, and other calls know nothing of it', async () => {
    const other = await line(CALLER.address);
    const answer = await call(other, 'unharmed');
    const large = await line(CALLER.address);
    const at = { from: CALLER, to: anycast, cseq: 1 };
    const sdp = 'v=0\r\n';
    const body = (bytes: number) => sdp + 'a=x\r\n'.repeat((bytes - sdp.length) / 5);
    await large.say(request('INVITE', { ...at, callId: 'too-large', body: body(70_000) }));
    const refusal = await large.hears('413', isFinal('INVITE'));
    expect(refusal).toMatchObject({ status: 413 });
    await until('the end of the connection', () => large.isClosed());
    const fits = await line(CALLER.address);
    // Too large for the datagram to its gateway, so by TCP there too.
    const uri = `sip:200@${writeAddress(anycast)}`;
    await fits.say(request('INVITE', { ...at, callId: 'large', uri, body: body(60_000) }));
    const taken = await fits.hears('the answer to 60 KB', isFinal('INVITE'));
    expect(taken).toMatchObject({ status: 200 });
    await hangUp(fits, 'large', taken);
    await hangUp(other, 'unharmed', answer);
    expect(await stage.site.recordOf('unharmed')).toMatchObject({ reason: 'caller-hung-up' });
  });

  test(`${IDLE} idle connections cost no call`, async () => {
    const caller = await line(CALLER.address);
    const answer = await call(caller, 'among-idle');
    const idle: TcpLine[] = [];
    for (let count = 0; count < IDLE; count += AT_ONCE) {
      const from = `${NET}.${150 + Math.floor(count / IDLE_PER_SOURCE)}`;
      idle.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => line(from)))));
      await pause(AT_ONCE);
    }
    const end = await stage.call('uac-tcp', {
      local: { ...CALLER, port: 5070 },
      tcp: 'each',
      calls: 50,
      perSec: 50,
    });
    expect(complaintsOf(end)).toBe('');
    expect(idle.filter((one) => one.isClosed())).toEqual([]);
    const counted = 'role="anycast",direction="in"';
    const there = await stage.site.metric('landfall_connections', counted);
    expect(there).toBeGreaterThanOrEqual(IDLE);
    expect(await stage.site.metric('landfall_connections_refused_total')).toBe(0);
    await hangUp(caller, 'among-idle', answer);
    const record = await stage.site.recordOf('among-idle');
    expect(record).toMatchObject({ reason: 'caller-hung-up', status: 200 });
  });

  async function call(
    caller: TcpLine,
    callId: string,
    how: { readonly uri?: string; readonly pieceBytes?: number } = {},
  ) {
    const { uri: asked = `sip:112@${writeAddress(anycast)}`, pieceBytes } = how;
    const said = { callId, from: CALLER, to: anycast, uri: asked, cseq: 1, body: 'v=0\r\n' };
    await caller.say(request('INVITE', said), pieceBytes);
    const answer = await caller.hears(`an answer to ${callId}`, isFinal('INVITE'));
    const { uri } = contactOf(answer);
    expect(uri).toContain(`@${writeAddress(unicast)};transport=tcp`);
    return answer;
  }

  async function hangUp(
    caller: TcpLine,
    callId: string,
    answer: Awaited<ReturnType<typeof call>>,
    pieceBytes?: number,
  ) {
    const { uri } = contactOf(answer);
    const said = { callId, from: CALLER, to: anycast, uri, toTag: answer.to.tag };
    await caller.say(request('ACK', { ...said, cseq: 1 }), pieceBytes);
    await caller.say(request('BYE', { ...said, cseq: 2 }), pieceBytes);
    expect(await caller.hears('200 to BYE', isFinal('BYE'))).toMatchObject({ status: 200 });
  }
});
