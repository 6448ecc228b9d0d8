import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { type CarrierProxy, startKamailio } from '../support/kamailio.ts';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.31';
const PROXY = { address: `${NET}.60`, port: 5060 };
jest.setTimeout(60_000);

describe('a carrier whose proxy stays in the path by Record-Route', () => {
  let stage: Stage;
  let proxy: CarrierProxy;
  beforeAll(async () => {
    stage = await openStage({ net: NET });
    proxy = await startKamailio({
      folder: stage.folder,
      listen: PROXY,
      next: [stage.site.anycast],
    });
  });
  afterAll(async () => {
    await proxy.stop();
    expect(await stage.close()).toBe(0);
  });

  async function play(uac: string, uas: string) {
    // Who hangs up waits: a BYE that overtakes the ACK of the far end has not seen it move.
    const run = { keepMessages: true, pauseMs: 300 };
    const gateway = await stage.gateway(uas, { calls: 1, ...run });
    const end = await stage.call(uac, { remote: PROXY, ...run });
    expect(complaintsOf(end)).toBe('');
    expect(complaintsOf(await gateway.ended)).toBe('');
    const messages = end.messages.map(({ text }) => text);
    return { messages, record: await stage.site.recordOf(headerOf(messages[0] ?? '', 'Call-ID')) };
  }

  test('the caller hangs up: its BYE comes to U by way of the proxy', async () => {
    const { record, messages } = await play('uac-through-proxy', 'uas-answer');
    expect(record).toMatchObject({ reason: 'caller-hung-up', fault: 'none', moved: 'moved' });
    expect(record.source).toBe(`${PROXY.address}:5060`);
    const answer = messages.find(
      (text) => text.includes('SIP/2.0 200') && text.includes('m=audio'),
    );
    expect(headerOf(answer ?? '', 'Record-Route')).toContain(PROXY.address);
    expect(headerOf(answer ?? '', 'Contact')).toContain(stage.site.unicast.address);
  });

  test('the gateway hangs up: the BYE goes to the caller by way of the proxy', async () => {
    const { record } = await play('uac-through-proxy-hung-up', 'uas-bye');
    expect(record).toMatchObject({ reason: 'callee-hung-up', fault: 'none', moved: 'moved' });
  });

  test('the caller gives up while it rings: the CANCEL crosses proxy and site', async () => {
    const { record } = await play('uac-cancel', 'uas-ring-forever');
    expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
  });

  test('a busy callee is told through', async () => {
    const gateway = await stage.gateway('uas-busy', { calls: 1 });
    const end = await stage.call('uac-busy', { remote: PROXY, service: '5550100' });
    expect(complaintsOf(end)).toBe('');
    await gateway.ended;
  });
});
