import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { header } from '../../lib/sip/header-names.ts';
import { openCallers } from '../support/callers.ts';
import { openMediaGateway } from '../support/media-gateway.ts';
import { sdpOf } from '../support/rtp-peer.ts';
import { type Site, startSite } from '../support/site.ts';
import { lastTold } from '../support/talkers.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.21';
const SITES = [
  { number: 1, name: 'sto', net: `${NET}.72` },
  { number: 2, name: 'got', net: `${NET}.73` },
];
const [FIRST, SECOND] = [
  { address: `${NET}.72.31`, port: 5080 },
  { address: `${NET}.72.32`, port: 5080 },
];
jest.setTimeout(60_000);

const folders = SITES.map(({ name }) => tempFolder(`transfers-${name}`));
const sites: Site[] = [];
const ends: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  for (const [at, { number, name, net }] of SITES.entries()) {
    const { path: folder } = folders[at] ?? tempFolder(name);
    writeFileSync(join(folder, 'k1'), 'of the cluster'.padEnd(40, '.'));
    const keys = {
      site: name,
      siteNumber: number,
      peers: SITES.filter((one) => one.number !== number).map((one) => ({
        site: one.name,
        number: one.number,
        link: `${one.net}.7:7112`,
      })),
      cluster: { keys: [`k1=file:${folder}/k1`], link: `${net}.7:7112` },
      groups: [{ name: 'psap', gateways: ['gw1'], emergency: true, transfers: 'execute' }],
      routes: [{ match: { user: '112' }, group: 'psap' }],
      trunks: [{ name: 'callers', source: [`${NET}.0.0/16`] }],
    };
    sites.push(await startSite({ folder, net, gateways: [FIRST, SECOND], keys }));
  }
  for (const [at, site] of sites.entries()) {
    const other = SITES[1 - at]?.name;
    const isUp = async () => (await site.metric('landfall_peer_up', `peer="${other}"`)) === 1;
    await until('the link', isUp, 10_000);
  }
});
afterAll(async () => {
  for (const end of ends) await end.close();
  for (const site of sites) expect((await site.endNow()).code).toBe(0);
  for (const folder of folders) folder.remove();
});

test('an INVITE with Replaces that comes to another site than that of the call finds it', async () => {
  const [owner, other] = sites;
  if (owner === undefined || other === undefined) throw new Error('there are two sites');
  const sdpAt = (address: string) => sdpOf({ at: { address, port: 40_000 }, formats: '8' });
  const callers = await openCallers({ address: `${NET}.72.101`, port: 5060 }, owner.anycast);
  const first = await openMediaGateway(
    FIRST,
    () => sdpAt(FIRST.address),
    (guest) => guest.answer(),
  );
  const second = await openMediaGateway(
    SECOND,
    () => sdpAt(SECOND.address),
    () => undefined,
  );
  ends.push(callers, first, second);
  const caller = callers.call({
    uri: `sip:112@${owner.anycast.address}`,
    sdp: sdpAt(`${NET}.72.101`),
  });
  await caller.isAnswered();
  const { request, tag } = await until('a guest', () => first.guests[0]);
  const value = `${request.callId};to-tag=${request.from.tag};from-tag=${tag}`;

  const desk = second.call(other.gatewaySide, header('Replaces', value), sdpAt(SECOND.address));
  await until('the first one to be let go', () => first.guests[0]?.isOver);
  expect(lastTold(caller)).toContain(SECOND.address);
  // Its answer comes by the other site, and may be later than that BYE.
  expect(await until('the answer', () => lastTold(desk))).toContain(`${NET}.72.101`);

  const lost = 'a call that is not here;to-tag=a;from-tag=b';
  const stranger = second.call(other.gatewaySide, header('Replaces', lost), sdpAt(FIRST.address));
  await until('481', () => stranger.isOver);
  desk.hangUp();
  const record = await owner.recordOf(caller.sipCallId);
  expect(record).toMatchObject({ reason: 'callee-hung-up', through: ['got'] });
  expect(record.attempts.map(({ status }) => status)).toEqual([200, 200]);
  const [refused] = await other.recordsOf(1);
  expect(refused).toMatchObject({ reason: 'replaces-nothing', status: 481 });
});
