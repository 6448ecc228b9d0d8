import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CallRecord } from '../../lib/call/record.ts';
import type { Address } from '../../lib/sip/address.ts';
import type { Child } from '../support/child.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { complaintsOf, type SippEnd } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.83';
const { unicast, gatewaySide } = addressesOf(NET);
const at = (host: number, port = 5060): Address => ({ address: `${NET}.${host}`, port });
const [PSAP, CARRIER, FAILING, STRANGER] = [at(31, 5080), at(41), at(42), at(99)];
const ANCHOR = rtpengineBeside(NET, 1);
const uri = ({ address, port }: Address) => `sip:${address}:${port}`;
jest.setTimeout(60_000);

/** Calls of the PSAP go to two carriers, of which the first one is not there. */
const KEYS = {
  ...mediaKeys([ANCHOR]),
  gateways: [
    { name: 'psap', uri: uri(PSAP) },
    { name: 'failing', uri: uri(FAILING), priority: 1 },
    { name: 'carrier', uri: uri(CARRIER), priority: 2 },
  ],
  groups: [
    { name: 'psap', gateways: ['psap'], emergency: true },
    { name: 'carriers', gateways: ['failing', 'carrier'] },
  ],
  routes: [{ match: { user: '112' }, group: 'psap' }],
  callbacks: { group: 'carriers' },
  hunt: { attemptMs: 300, attemptMsMin: 300 },
};

describe('a PSAP that calls somebody outside', () => {
  let stage: Stage;
  let rtpengine: Child;
  beforeAll(async () => {
    rtpengine = await startRtpengine(ANCHOR);
    stage = await openStage({ net: NET, keys: KEYS });
  });
  afterEach(() => stage.stopGateways());
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
  });

  /** One call from the gateway side to a number outside. */
  async function callOut(caller: string, callee: string, from = PSAP, pauseMs = 100) {
    const kept = { keepMessages: true, calls: 1, pauseMs };
    const outside = await stage.gateway(callee, { local: CARRIER, ...kept });
    let called: SippEnd | undefined;
    const record = await stage.recordOf(async () => {
      const run = { local: from, remote: gatewaySide, service: '+46701234567', ...kept };
      called = await stage.call(caller, run);
    });
    if (called === undefined) throw new Error('nobody has called');
    return { record, called, outside };
  }

  test('marked as a callback: as an emergency call, from U, past a dead carrier, media swapped', async () => {
    const { record, called, outside } = await callOut('uac-callback', 'uas-answer');
    expect(complaintsOf(called)).toBe('');
    const heard = await outside.ended;
    expect(complaintsOf(heard)).toBe('');
    expect(record).toMatchObject({
      fromGateway: 'psap',
      emergency: true,
      reason: 'caller-hung-up',
      receivedOn: `G udp:${gatewaySide.address}:${gatewaySide.port}`,
    });
    expect(tries(record)).toEqual(['failing 408', 'carrier 200']);
    const invite = heard.messages.find(({ text }) => text.startsWith('INVITE '))?.text ?? '';
    expect(invite).toMatch(/^INVITE sip:\+46701234567@127\.21\.83\.41(:5060)? SIP/);
    expect(headerOf(invite, 'Priority')).toBe('psap-callback');
    expect(headerOf(invite, 'Resource-Priority')).toBe('esnet.1');
    expect(headerOf(invite, 'Contact')).toMatch(/^<sip:v1k1\..*@127\.21\.83\.11:5060>$/);
    expect(headerOf(invite, 'Via')).toContain(`${unicast.address}:${unicast.port}`);
    expect(invite).toContain(`c=IN IP4 ${ANCHOR.outside}`);
    const answer = called.messages.find(({ text }) => text.startsWith('SIP/2.0 200'))?.text ?? '';
    expect(headerOf(answer, 'Contact')).toMatch(/^<sip:v1k1\..*@127\.21\.83\.21:5060>$/);
    expect(answer).toContain(`c=IN IP4 ${ANCHOR.inside}`);
  });

  test('who is called hangs up: the PSAP gets the BYE', async () => {
    const { record, called } = await callOut('uac-hung-up', 'uas-bye');
    expect(complaintsOf(called)).toBe('');
    expect(record).toMatchObject({ reason: 'callee-hung-up', emergency: false, status: 200 });
  });

  test('gives up while it rings: so does what rings outside', async () => {
    const { record, called, outside } = await callOut('uac-cancel', 'uas-ring-forever');
    expect(complaintsOf(called)).toBe('');
    expect(complaintsOf(await outside.ended)).toBe('');
    expect(record).toMatchObject({ reason: 'caller-cancelled', fromGateway: 'psap' });
  });

  test('somebody else on the gateway side is refused, and nobody outside hears of it', async () => {
    const { record, called, outside } = await callOut('uac-callback', 'uas-answer', STRANGER);
    expect(called.succeeded).toBe(0);
    expect(record).toMatchObject({ reason: 'unknown-gateway', status: 403, emergency: false });
    const refusal = called.messages.find(({ text }) => text.startsWith('SIP/2.0 403'))?.text ?? '';
    expect(headerOf(refusal, 'Warning')).toContain('this source is no gateway of this site');
    expect((await outside.stop()).messages).toEqual([]);
  });
});

const tries = ({ attempts }: CallRecord) =>
  attempts.map(({ gateway, status }) => `${gateway} ${status}`);
