import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { headerValue } from '../../lib/sip/headers.ts';
import { parse } from '../../lib/sip/parse.ts';
import type { Sipp } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';
import { RFC_4475 } from '../torture/rfc4475.ts';
import { VERDICTS } from '../torture/verdicts.ts';

const NET = '127.21.9';
jest.setTimeout(60_000);
/** The ports that the Vias of the messages name, or leave to the default of their transport. */
const PORTS = [5060, 5050, 5061, 5070];

describe('the torture messages of RFC 4475 at a running node', () => {
  let stage: Stage;
  let sinks: UdpSink[];
  let gateway: Sipp;
  beforeAll(async () => {
    stage = await openStage({ net: NET });
    gateway = await stage.gateway('uas-busy');
    sinks = await Promise.all(
      PORTS.map((port) => openUdpSink({ address: stage.caller.address, port })),
    );
  });
  afterAll(async () => {
    for (const sink of sinks) await sink.close();
    expect(await stage.close()).toBe(0);
  });

  const send = (bytes: Buffer | string) => sinks[0]?.send(bytes, stage.site.anycast);

  /**
   * By Call-ID: the finals of the INVITEs before are sent again, since nobody acknowledges them.
   */
  const answersTo = (callId: string) =>
    sinks
      .flatMap(({ received }) => received.map(({ text }) => text))
      .filter((text) => headerOf(text, 'Call-ID') === callId);

  async function isAlive(name: string): Promise<void> {
    const callId = `options-${name}`;
    send(optionsOf(stage.caller.address, callId));
    const answers = await until(`the answer to ${callId}`, () => some(answersTo(callId)));
    expect(answers.map(statusOf)).toEqual([200]);
    expect(stage.site.child.isOver()).toBe(false);
  }

  test.each(RFC_4475.map((message) => [message.name, message] as const))(
    '%s',
    async (name, { bytes }) => {
      const status = VERDICTS[name]?.status;
      const callId = headerValue(parse(bytes).headers, 'call-id') ?? '';
      const finals = () => answersTo(callId).filter((text) => statusOf(text) >= 200);
      send(bytes);
      if (status === undefined) {
        await isAlive(name);
        expect(answersTo(callId)).toEqual([]);
        return;
      }
      await until(`an answer to ${name}`, () => some(finals()));
      expect(new Set(finals().map(statusOf))).toEqual(new Set([status]));
      await isAlive(name);
    },
  );

  test('an ACK that cannot be read is answered by nothing', async () => {
    const via = `Via: SIP/2.0/UDP ${stage.caller.address};branch=z9hG4bKnothing`;
    send(`ACK sip:112@example.com SIP/2.0\r\n${via}\r\nCall-ID: no-more-than-this\r\n\r\n`);
    await isAlive('after-ack');
    expect(answersTo('no-more-than-this')).toEqual([]);
  });

  test('bytes without a Via are dropped, and those that are no keep-alive are counted', async () => {
    const count = () => stage.site.metric('landfall_faults_total');
    const before = await count();
    send('\r\n\r\n');
    send('\0\0\0\0');
    for (const bytes of ['GET / HTTP/1.0\r\n\r\n', '\xff\xfe']) send(bytes);
    await isAlive('after-junk');
    expect((await count()) - before).toBe(2);
  });

  test('what went on to the gateway was nothing that sipp stumbled over', async () => {
    const { errors } = await gateway.stop();
    expect(errors).toBe('');
  });
});

const statusOf = (text: string) => Number(text.slice('SIP/2.0 '.length).slice(0, 3));

const some = <T>(list: readonly T[]) => (list.length === 0 ? undefined : list);

function optionsOf(address: string, callId: string): string {
  return [
    'OPTIONS sip:landfall.example SIP/2.0',
    `Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK-${callId}`,
    'Max-Forwards: 70',
    `From: <sip:probe@${address}>;tag=probe`,
    'To: <sip:landfall.example>',
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
