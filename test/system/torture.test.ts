import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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
  beforeAll(async () => {
    stage = await openStage({ net: NET });
    await stage.gateway('uas-busy');
    sinks = await Promise.all(
      PORTS.map((port) => openUdpSink({ address: stage.caller.address, port })),
    );
  });
  afterAll(async () => {
    for (const sink of sinks) await sink.close();
    expect(await stage.close()).toBe(0);
  });

  const send = (bytes: Buffer | string) => sinks[0]?.send(bytes, stage.site.anycast);
  const arrived = () => sinks.flatMap(({ received }) => received.map(({ text }) => text));

  const optionsAnswer = async (branch: string) => {
    send(optionsOf(stage.caller.address, branch));
    return until(`the answer to OPTIONS ${branch}`, () =>
      arrived().find((text) => headerOf(text, 'Call-ID') === branch),
    );
  };

  test.each(RFC_4475.map((message) => [message.name, message] as const))(
    '%s',
    async (name, { bytes }) => {
      for (const sink of sinks) sink.received.length = 0;
      const status = VERDICTS[name]?.status;
      send(bytes);
      if (status !== undefined) {
        const finals = await until(`an answer to ${name}`, () => finalsOf(arrived()));
        expect(new Set(finals)).toEqual(new Set([status]));
      }
      expect(await optionsAnswer(name)).toMatch(/^SIP\/2\.0 200 /);
      if (status === undefined) expect(arrived()).toHaveLength(1);
      expect(stage.site.child.isOver()).toBe(false);
    },
  );

  test('an ACK that cannot be read is answered by nothing', async () => {
    for (const sink of sinks) sink.received.length = 0;
    const via = `Via: SIP/2.0/UDP ${stage.caller.address};branch=z9hG4bKnothing`;
    send(`ACK sip:112@example.com SIP/2.0\r\n${via}\r\n\r\n`);
    expect(await optionsAnswer('after-ack')).toMatch(/^SIP\/2\.0 200 /);
    expect(arrived()).toHaveLength(1);
  });

  test('bytes without a Via are dropped and counted', async () => {
    for (const sink of sinks) sink.received.length = 0;
    const before = await stage.site.metric('landfall_faults_total');
    for (const bytes of ['\r\n\r\n', '\0\0\0\0', 'GET / HTTP/1.0\r\n\r\n', '\xff\xfe']) send(bytes);
    expect(await optionsAnswer('after-junk')).toMatch(/^SIP\/2\.0 200 /);
    expect(arrived()).toHaveLength(1);
    expect(await stage.site.metric('landfall_faults_total')).toBeGreaterThanOrEqual(before + 2);
  });
});

function finalsOf(texts: readonly string[]): number[] | undefined {
  const statuses = texts.map((text) => Number(text.slice('SIP/2.0 '.length).slice(0, 3)));
  const finals = statuses.filter((status) => status >= 200);
  return finals.length === 0 ? undefined : finals;
}

function optionsOf(address: string, name: string): string {
  return [
    'OPTIONS sip:landfall.example SIP/2.0',
    `Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK-options-${name}`,
    'Max-Forwards: 70',
    `From: <sip:probe@${address}>;tag=probe`,
    'To: <sip:landfall.example>',
    `Call-ID: ${name}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
