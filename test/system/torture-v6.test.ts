import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import { parse } from '../../lib/sip/parse.ts';
import { type AnsweringGateway, openAnsweringGateway } from '../support/answering-gateway.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';
import { addToLoopback } from '../support/v6-addresses.ts';
import { asInvite, RFC_5118 } from '../torture/rfc5118.ts';
import { VERDICTS } from '../torture/rfc5118-verdicts.ts';

const NET = '127.21.78';
const NET6 = 'fd00:21:78:';
const ORDINARY = { address: `${NET6}:112`, port: 5060 };
const EMERGENCY = { address: `${NET6}:911`, port: 5060 };
const U6 = { address: `${NET6}:11`, port: 5060 };
const CALLER6 = `${NET6}:101`;
/** The ports that the Vias of the messages name, or leave to the default. */
const PORTS = [5060, 6050, 19_823];
const UDP = { transport: 'udp' };
jest.setTimeout(60_000);

describe('the torture messages of RFC 5118 at a running node', () => {
  let stage: Stage;
  let sinks: UdpSink[];
  let gateway: AnsweringGateway;
  beforeAll(async () => {
    addToLoopback([ORDINARY.address, EMERGENCY.address, U6.address, CALLER6]);
    stage = await openStage({
      net: NET,
      keys: {
        listen: {
          anycast: [
            { ...UDP, ...ORDINARY },
            { ...UDP, ...EMERGENCY, emergency: true },
          ],
          unicast: [{ ...UDP, ...U6 }],
          gateway: [{ ...UDP, ...addressesOf(NET).gatewaySide }],
        },
        trunks: [{ name: 'six', source: ['fd00:21:78::/64'] }],
      },
    });
    gateway = await openAnsweringGateway(stage.gateways[0]);
    sinks = await Promise.all(PORTS.map((port) => openUdpSink({ address: CALLER6, port })));
  });
  afterAll(async () => {
    for (const sink of sinks) await sink.close();
    await gateway.close();
    expect(await stage.close()).toBe(0);
  });

  async function statusOf(bytes: Buffer, to = ORDINARY): Promise<number> {
    const callId = headerValue(parse(bytes).headers, 'call-id') ?? '';
    const isAnswer = (text: string) =>
      headerOf(text, 'Call-ID') === callId && /^SIP\/2\.0 [2-6]/.test(text);
    sinks[0]?.send(bytes, to);
    const answer = await until(`an answer to ${callId}`, () =>
      sinks.flatMap(({ received }) => received).find(({ text }) => isAnswer(text)),
    );
    return Number(answer.text.slice('SIP/2.0 '.length).slice(0, 3));
  }

  test.each(RFC_5118.map((message) => [message.name, message] as const))(
    '%s is answered as the table says, also as an INVITE at either listener',
    async (name, message) => {
      const verdict = VERDICTS[name];
      expect(await statusOf(message.bytes)).toBe(verdict?.status);
      const ordinary = await statusOf(asInvite(message, 'ordinary'));
      const emergency = await statusOf(asInvite(message, 'emergency'), EMERGENCY);
      expect({ ordinary, emergency }).toEqual(verdict?.invited);
      const asked = gateway.requests.filter(({ method }) => method === 'INVITE').at(-1);
      const sent = parse(message.bytes);
      if (sent.kind !== 'request') throw new Error(`${name} is a ${sent.kind}`);
      expect(asked).toMatchObject({ oddities: [], body: sent.body });
      expect(stage.site.child.isOver()).toBe(false);
    },
  );

  test('an emergency number is heard before a host that cannot be read', async () => {
    const message = RFC_5118.find(({ name }) => name === 'ipv6-bad');
    if (message === undefined) throw new Error('there is no ipv6-bad');
    const dialled = asInvite(message, 'dialled')
      .toString('latin1')
      .replace('INVITE sip:', 'INVITE sip:112@');
    expect(await statusOf(Buffer.from(dialled, 'latin1'))).toBe(200);
    const asked = gateway.requests.filter(({ method }) => method === 'INVITE').at(-1);
    expect(asked?.uri).toBe(`sip:112@${writeAddress(gateway.local)}`);
  });
});
