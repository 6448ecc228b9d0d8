import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';

const NET = '127.21.4';
jest.setTimeout(60_000);

describe('a stranger who names an internal host', () => {
  let stage: Stage;
  let internal: UdpSink;
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: { trunks: [] } });
    internal = await openUdpSink({ address: `${NET}.66`, port: 5060 });
  });
  afterEach(() => stage.stopGateways());
  afterAll(async () => {
    await internal.close();
    expect(await stage.close()).toBe(0);
  });

  const keys = () => ({
    sink_host: internal.local.address,
    sink_port: String(internal.local.port),
  });

  test('in Route, maddr and Request-URI: no packet goes there, and the emergency call arrives', async () => {
    const gateway = await stage.gateway('uas-answer', { calls: 1 });
    const end = await stage.call('uac-stranger', { keys: keys(), keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    expect(complaintsOf(await gateway.ended)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ emergency: true, moved: 'moved', status: 200 });
    expect(record.attempts.map(({ gateway: name }) => name)).toEqual(['gw1']);
    expect(internal.received).toEqual([]);
  });

  test('in the Record-Route of a call that the gateway ends: the BYE goes to the caller', async () => {
    await stage.gateway('uas-bye', { calls: 1 });
    const end = await stage.call('uac-stranger-hung-up', { keys: keys(), keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record.reason).toBe('callee-hung-up');
    expect(internal.received).toEqual([]);
  });
});
