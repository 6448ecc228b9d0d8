import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CallRecord } from '../../lib/call/record.ts';
import { runChild } from '../support/child.ts';
import { startLabGateway } from '../support/lab-gateway.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { PROGRAM } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { untilUdpBound } from '../support/udp-bound.ts';
import { until } from '../support/until.ts';

const NET = '127.21.54';
const ZONE = 'psap.example';
const NAME_SERVER = { address: `${NET}.53`, port: 5353 };
/** Five seconds, the least life of an answer, and what a retry takes. */
const SOON_MS = 15_000;
jest.setTimeout(60_000);

const KEYS = {
  dns: { servers: [`${NAME_SERVER.address}:${NAME_SERVER.port}`] },
  gateways: [{ name: 'psap-a', uri: `sip:${ZONE}` }],
  groups: [
    { name: 'psap', gateways: ['psap-a'], emergency: true },
    { name: 'carrier', gateways: ['psap-a'] },
  ],
};

/** A second name, by both transports, of which nobody speaks TCP there. */
const BOTH = [
  'both 60 NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp.both',
  'both 60 NAPTR 10 20 "s" "SIP+D2T" "" _sip._tcp.both',
  '_sip._udp.both 60 SRV 10 10 5080 gw',
  '_sip._tcp.both 60 SRV 10 10 5099 gw',
];

/** The zone as it leads to this gateway, with the shortest of lives. */
const leadingTo = (address: string) => [
  '@ 1 NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp',
  '_sip._udp 1 SRV 10 10 5080 gw',
  `gw 1 A ${address}`,
  ...BOTH,
];

/** The same site with a gateway side for both transports and the second name. */
function siteByBoth(text: string): string {
  const site = JSON.parse(text);
  const [udp] = site.listen.gateway;
  const listen = { ...site.listen, gateway: [udp, { ...udp, transport: 'tcp' }] };
  return JSON.stringify({
    ...site,
    listen,
    gateways: [{ name: 'psap-a', uri: `sip:both.${ZONE}` }],
  });
}

describe('a gateway that is known by name', () => {
  let folder: TempFolder;
  let names: NameServer;
  let stage: Stage;
  const startNames = (records: readonly string[]) =>
    startNameServer({ folder: folder.path, at: NAME_SERVER, zone: ZONE, records });
  beforeAll(async () => {
    folder = tempFolder('named-gateway');
    names = await startNames(leadingTo(`${NET}.31`));
    stage = await openStage({ net: NET, gatewayCount: 2, keys: KEYS });
  });
  afterEach(() => stage.stopGateways());
  afterAll(async () => {
    const code = await stage.close();
    await names.child.stop();
    folder.remove();
    expect(code).toBe(0);
  });

  const notices = () =>
    readFileSync(join(stage.folder, 'steps.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"dns-'))
      .map((line): { event: string; hopsNow?: readonly string[] } => JSON.parse(line));
  const untilTold = (event: string, hop = '') =>
    until(
      `${event} ${hop}`,
      () => notices().some((one) => one.event === event && (one.hopsNow ?? ['']).includes(hop)),
      SOON_MS,
    );

  /** An emergency call, answered by the gateway at this place and by nobody else. */
  async function callIsAnsweredBy(index: 0 | 1): Promise<CallRecord> {
    const local = stage.gateways[index] ?? stage.gateways[0];
    const gateway = await stage.gateway('uas-answer', { calls: 1, keepMessages: true, local });
    const end = await stage.call('uac-honours-contact', { keepMessages: true, pauseMs: 100 });
    expect(complaintsOf(end)).toBe('');
    const [invite] = (await gateway.ended).messages;
    expect(invite?.text).toContain(`INVITE sip:112@${ZONE} SIP/2.0`);
    return stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
  }

  test('is called where DNS leads, port and all, with its name in the Request-URI', async () => {
    const { attempts, status } = await callIsAnsweredBy(0);
    expect(status).toBe(200);
    expect(attempts.map(({ gateway, target }) => `${gateway} ${target}`)).toEqual([
      `psap-a ${NET}.31:5080`,
    ]);
    expect(await stage.site.metric('landfall_dns_total', 'outcome="answered"')).toBeGreaterThan(2);
  });

  test('is shown with its places and every answer on the way by landfall gateways', async () => {
    const admin = ['--admin', stage.site.admin];
    const shown = await runChild(process.execPath, [PROGRAM, 'gateways', ...admin], 10_000);
    expect(shown).toContain(`udp:${NET}.31:5080`);
    expect(shown).toContain(`psap-a is sip:${ZONE}, looked up`);
    expect(shown).toMatch(new RegExp(`SRV _sip._udp.${ZONE}: 10 10 5080 gw.${ZONE}, for \\d s`));
  });

  test('is looked up and asked where it is by landfall check --probe', async () => {
    const [at] = stage.gateways;
    const gateway = startLabGateway(at);
    await untilUdpBound(at, () => gateway.isOver());
    const file = join(stage.folder, 'site.yaml');
    const other = join(stage.folder, 'both.yaml');
    writeFileSync(other, siteByBoth(readFileSync(file, 'utf8')));
    const check = (path: string) =>
      runChild(process.execPath, [PROGRAM, 'check', path, '--probe'], 20_000);
    const [one, both] = await Promise.all([check(file), check(other)]);
    await gateway.stop();
    expect(one).toMatch(new RegExp(`gateway psap-a: alive, .* \\(udp:${NET}.31:5080 200\\)`));
    const udp = `udp:${NET}.31:5080 200`;
    const tcp = `tcp:${NET}.31:5099 unsent: it cannot be reached`;
    expect(both).toMatch(new RegExp(`gateway psap-a: alive, .* \\(${udp}, ${tcp}`));
  });

  test('is called elsewhere by the next call when DNS leads elsewhere', async () => {
    names.publish(leadingTo(`${NET}.32`));
    await untilTold('dns-moved', `udp:${NET}.32:5080`);
    const { attempts } = await callIsAnsweredBy(1);
    expect(attempts.map(({ target }) => target)).toEqual([`${NET}.32:5080`]);
  });

  test('is called on when the name server is dead and all that it said has expired', async () => {
    names.child.signal('SIGKILL');
    await names.child.ended;
    await untilTold('dns-stale');
    const { attempts } = await callIsAnsweredBy(1);
    expect(attempts.map(({ target }) => target)).toEqual([`${NET}.32:5080`]);
  });

  test('is called on by emergency calls alone when DNS knows it no more', async () => {
    names = await startNames([]);
    await untilTold('dns-gone');
    await callIsAnsweredBy(1);
    const end = await stage.call('uac-500', { service: '5550100' });
    expect(complaintsOf(end)).toBe('');
    expect(await stage.site.metric('landfall_dns_total', 'outcome="NXDOMAIN"')).toBeGreaterThan(0);
  });
});
