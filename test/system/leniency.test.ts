import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { type AnsweringGateway, openAnsweringGateway } from '../support/answering-gateway.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { CORPUS } from '../unit/sip/leniency-corpus.ts';
import { inviteText } from '../unit/sip/sample.ts';

const NET = '127.21.74';
const { anycast, unicast, gatewaySide } = addressesOf(NET);
const UDP = { transport: 'udp' };
const LISTEN = {
  anycast: [{ ...UDP, ...anycast, emergency: true }],
  unicast: [{ ...UDP, ...unicast }],
  gateway: [{ ...UDP, ...gatewaySide }],
};
jest.setTimeout(60_000);

describe('what comes to a listener for emergency calls', () => {
  let stage: Stage;
  let gateway: AnsweringGateway;
  let caller: UdpSink;
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: { listen: LISTEN } });
    gateway = await openAnsweringGateway(stage.gateways[0]);
    caller = await openUdpSink(stage.caller);
  });
  afterAll(async () => {
    await caller.close();
    await gateway.close();
    expect(await stage.close()).toBe(0);
  });

  test.each(CORPUS.map((one, at) => [at + 1, ...one] as const))(
    '%d, with %s, reaches a gateway and is answered',
    async (number, _, change) => {
      const callId = `corpus-${number}@example.com`;
      const via = `SIP/2.0/UDP ${writeAddress(caller.local)};branch=z9hG4bKcorpus${number}`;
      const set = { Via: via, 'Call-ID': callId, ...change.set };
      caller.send(inviteText({ ...change, set }), anycast);
      const isFinal = (text: string) =>
        headerOf(text, 'Call-ID') === callId && /^SIP\/2\.0 [2-6]/.test(text);
      const { text } = await caller.next('the answer', isFinal);
      expect(text.split('\r\n')[0]).toBe('SIP/2.0 200 OK');
      const arrived = gateway.requests.filter(({ method }) => method === 'INVITE');
      expect(arrived).toHaveLength(number);
      expect(arrived.at(-1)).toMatchObject({ oddities: [], body: change.body ?? '' });
    },
  );

  test('is told as an emergency call, each of them', async () => {
    await stage.site.endNow();
    const records = stage.site.records();
    expect(records).toHaveLength(CORPUS.length);
    expect(records.filter(({ emergency }) => !emergency)).toEqual([]);
  });
});
