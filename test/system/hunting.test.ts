import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CallRecord } from '../../lib/call/record.ts';
import type { GatewayView } from '../../lib/node/gateway-view.ts';
import type { Address } from '../../lib/sip/address.ts';
import { type Child, startChild } from '../support/child.ts';
import { startLabGateway } from '../support/lab-gateway.ts';
import { openRefusingGateway } from '../support/refusing-gateway.ts';
import { fetchPage, listensOn, PROGRAM, type Site, startSite } from '../support/site.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.19';
jest.setTimeout(90_000);

const at = (host: number): Address => ({ address: `${NET}.${host}`, port: 5080 });
const [SILENT, REFUSES_TCP, BUSY, ANSWERS, LAST_RESORT] = [at(31), at(32), at(33), at(34), at(39)];
const uri = ({ address, port }: Address, more = '') => `sip:${address}:${port}${more}`;

/** Four gateways, of which the last one works, as the file of a site names them. */
const GATEWAYS = [
  { name: 'silent', uri: uri(SILENT), priority: 1 },
  { name: 'refuses-tcp', uri: uri(REFUSES_TCP, ';transport=tcp'), priority: 2 },
  { name: 'busy', uri: uri(BUSY), priority: 3 },
  { name: 'answers', uri: uri(ANSWERS), priority: 4 },
];
const NAMES = GATEWAYS.map(({ name }) => name);
const PROBES = { everySec: 1, downAfter: 2, upAfter: 2, timeoutMs: 500 };

describe('a hunt past gateways that do not work', () => {
  let folder: TempFolder;
  let site: Site;
  let silent: UdpSink;
  let busy: UdpSink;
  let working: Child | undefined;

  /** The site, probing or not. */
  async function open(probe: object) {
    site = await startSite({
      folder: folder.path,
      net: NET,
      gateways: [],
      keys: {
        listen: listensOn(NET, 'udp', 'tcp'),
        gateways: GATEWAYS,
        groups: [
          { name: 'psap', gateways: NAMES, emergency: true, lastResort: uri(LAST_RESORT) },
          { name: 'carrier', gateways: NAMES },
        ],
        probe,
      },
    });
  }

  beforeEach(async () => {
    folder = tempFolder('hunting');
    silent = await openUdpSink(SILENT);
    busy = await openRefusingGateway(BUSY, 503);
  });
  afterEach(async () => {
    await working?.stop();
    working = undefined;
    await silent.close();
    await busy.close();
    expect((await site.endNow()).code).toBe(0);
    folder.remove();
  });

  test('rings within 6 seconds, and its record says what each of them did', async () => {
    working = startLabGateway(ANSWERS);
    await open({ everySec: 0 });
    const record = await call('112');
    expect(ringMs(record)).toBeLessThan(6000);
    expect(record.status).toBe(200);
    expect(record.attempts.map(({ gateway, status, reason }) => [gateway, status, reason])).toEqual(
      [
        ['silent', 408, 'no response'],
        ['refuses-tcp', 503, expect.any(String)],
        ['busy', 503, 'Not Here'],
        ['answers', 200, 'OK'],
      ],
    );
  });

  test('rings within 200 ms when probes know, and an emergency call still has all of them', async () => {
    working = startLabGateway(ANSWERS);
    await open(PROBES);
    await until('all three are known to be down', async () => {
      const down = (await gateways()).filter(({ belief }) => belief === 'down');
      return down.length >= 3;
    });
    const record = await call('112');
    expect(ringMs(record)).toBeLessThan(200);
    expect(record.attempts.map(({ gateway }) => gateway)).toEqual(['answers']);
    const { text } = await fetchPage(`${site.admin}/gateways?explain=112`);
    const { order }: { order: { gateway: string; rank: string }[] } = JSON.parse(text);
    expect(order.map(({ gateway, rank }) => `${gateway} ${rank}`)).toEqual([
      'answers in-turn',
      'silent down',
      'refuses-tcp down',
      'busy down',
      'last-resort:psap last-resort',
    ]);
    expect(await site.metric('landfall_gateway_up', 'gateway="answers"')).toBe(1);
    expect(await site.metric('landfall_gateway_up', 'gateway="silent"')).toBe(0);
  });

  test('tries all of them and the last resort, says so in one error line, and the caller hears 500', async () => {
    await open(PROBES);
    await until('all are down', async () => {
      return (await gateways()).every(({ belief }) => belief === 'down');
    });
    const { code, output, record } = await typed('112');
    expect(record).toMatchObject({ status: 500, reason: 'gateways-exhausted', fault: 'gateway' });
    expect(record.attempts.map(({ gateway }) => gateway)).toEqual([...NAMES, 'last-resort:psap']);
    expect(code).toBe(1);
    expect(output).toContain('500 Server Internal Error');
    const errors = await until('the error line', () => {
      const lines = site.notices().filter(({ level }) => level === 'error');
      return lines.length > 0 && lines;
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ event: 'emergency-group-failed', group: 'psap' });
  });

  test('a gateway that was killed and comes back gets calls again', async () => {
    working = startLabGateway(ANSWERS);
    await open(PROBES);
    const beliefOf = async () =>
      (await gateways()).find(({ name }) => name === 'answers')?.belief ?? 'unknown';
    await until('it is up', async () => (await rttOf()) !== undefined);
    working.signal('SIGKILL');
    await working.ended;
    await until('it is down', async () => (await beliefOf()) === 'down');
    working = startLabGateway(ANSWERS);
    await until('it comes back', async () => (await beliefOf()) === 'closing');
    const record = await call('ring-me');
    expect(record.emergency).toBe(false);
    expect(record.attempts.map(({ gateway }) => gateway)).toEqual(['answers']);
    const { text } = await fetchPage(`${site.admin}/gateways?explain=ring-me&source=${NET}.101`);
    expect(text).toContain('"group":"carrier"');
    expect(await beliefOf()).toBe('closing');
  });

  const gateways = async (): Promise<readonly GatewayView[]> =>
    JSON.parse((await fetchPage(`${site.admin}/gateways`)).text).gateways;
  const rttOf = async () => (await gateways()).find(({ name }) => name === 'answers')?.rttMs;

  /** A test call by the program itself, hung up soon after its answer. */
  async function typed(user: string) {
    const { address } = site.anycast;
    const args = [PROGRAM, 'call', `sip:${user}@${address}`, '--after', '100', '--json'];
    const child = startChild(process.execPath, args, { cwd: folder.path, lifeMs: 60_000 });
    const before = site.records().length;
    const { code } = await child.ended;
    const record = (await site.recordsOf(before + 1))[before];
    if (record === undefined) throw new Error('the call left no record');
    return { code, record, output: child.output() };
  }

  async function call(user: string): Promise<CallRecord> {
    return (await typed(user)).record;
  }

  const ringMs = ({ times }: CallRecord) =>
    (times.ringing ?? Number.POSITIVE_INFINITY) - times.invite;
});
