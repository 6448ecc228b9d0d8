import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Step } from '../../lib/call/story.ts';
import type { Address } from '../../lib/sip/address.ts';
import { type Callers, openCallers } from '../support/callers.ts';
import { type Child, startChild } from '../support/child.ts';
import { startLabGateway } from '../support/lab-gateway.ts';
import { sdpOf } from '../support/rtp-peer.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { PROGRAM, type Site, startSite } from '../support/site.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { openUdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.66';
const NAMES = ['', 'sto', 'got'];
jest.setTimeout(60_000);

const closing: (() => Promise<unknown>)[] = [];
const folders = new Map<number, TempFolder>();
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  for (const folder of folders.values()) folder.remove();
  folders.clear();
});

const linkOf = (number: number) => `${NET}.${number}.7:7112`;
const callerOf = (number: number): Address => ({ address: `${NET}.${number}.101`, port: 5060 });

/** A site with one peer; begun again it has the state of its former start. */
async function begin(number: 1 | 2): Promise<Site> {
  const folder = folders.get(number) ?? tempFolder(`all-sites-${number}`);
  folders.set(number, folder);
  writeFileSync(join(folder.path, 'k1'), 'of the cluster'.padEnd(40, '.'));
  const other = 3 - number;
  const keys = {
    site: NAMES[number],
    siteNumber: number,
    peers: [{ site: NAMES[other], number: other, link: linkOf(other) }],
    cluster: { keys: [`k1=file:${folder.path}/k1`], link: linkOf(number) },
  };
  const gateways = [{ address: `${NET}.${number}.31`, port: 5080 }];
  const site = await startSite({ folder: folder.path, net: `${NET}.${number}`, gateways, keys });
  closing.push(() => killed(site));
  return site;
}

/** How a node ends in order is tried elsewhere, and takes its time. */
function killed({ child }: Site): Promise<unknown> {
  child.signal('SIGKILL');
  return child.ended;
}

function gateway(number: number): void {
  const child = startLabGateway({ address: `${NET}.${number}.31`, port: 5080 });
  closing.push(() => child.stop());
}

async function callersAt(number: number, { anycast }: Site): Promise<Callers> {
  const callers = await openCallers(callerOf(number), anycast);
  closing.push(() => callers.close());
  return callers;
}

const areLinked = (site: Site, peer: string) =>
  until(
    `a link to ${peer}`,
    async () => (await site.metric('landfall_peer_up', `peer="${peer}"`)) === 1,
    10_000,
  );

function cli(...args: readonly string[]): Child {
  const child = startChild(process.execPath, [PROGRAM, ...args], { lifeMs: 60_000 });
  closing.push(() => child.stop());
  return child;
}

/** A call from its INVITE to its BYE. */
async function call(number: number, callers: Callers): Promise<void> {
  const sdp = sdpOf({ at: { ...callerOf(number), port: 4000 } });
  const caller = callers.call({ uri: `sip:112@${NET}.${number}.112`, sdp });
  await caller.isAnswered();
  caller.leave();
}

/** A message of a caller that keeps to no rule about where it goes. */
function messageOf(method: string, to: string, callId: string, { address, port }: Address): string {
  const lines = [
    `${method} sip:112@${NET}.1.112 SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-${method}`,
    'Max-Forwards: 70',
    'From: <sip:caller@example.org>;tag=caller',
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${method === 'BYE' ? 2 : 1} ${method}`,
    `Contact: <sip:caller@${address}:${port}>`,
  ];
  const body = method === 'INVITE' ? sdpOf({ at: { address, port: 4000 } }) : '';
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  return [...lines, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

describe('two sites', () => {
  test('show the calls of both in order, without one that is killed, and with it again', async () => {
    for (const number of [1, 2]) gateway(number);
    const [sto, got] = await Promise.all([begin(1), begin(2)]);
    const [atSto, atGot] = await Promise.all([callersAt(1, sto), callersAt(2, got)]);
    await areLinked(sto, 'got');
    const tail = cli('calls', 'tail', '-f', '--all-sites', '--admin', sto.admin);
    const lines = () => tail.output().split('\n').slice(0, -1);
    const sites = () => lines().map((line) => line.split(/ {2,}/)[1] ?? line);

    for (const number of [2, 1, 2, 2, 1]) await call(number, number === 1 ? atSto : atGot);
    await until('all five', () => lines().length === 5, 10_000);
    expect(sites()).toEqual(['got', 'sto', 'got', 'got', 'sto']);

    const dead = killed(got);
    await until('it is told', () => tail.output().includes('got is out of reach (no link)'));
    await call(1, atSto);
    await until('the next call', () => lines().length === 7, 10_000);
    expect(sites().at(-1)).toBe('sto');
    await dead;
    const again = await begin(2);
    await call(2, atGot);
    await until('it is back', () => tail.output().includes('got is back'), 10_000);
    await until('its call', () => sites().at(-1) === 'got', 10_000);
    expect(tail.output()).toContain('got was started anew');

    await areLinked(again, 'sto');
    const past = cli('calls', 'tail', '-n', '2', '--all-sites', '--json', '--admin', again.admin);
    expect((await past.ended).code).toBe(0);
    const told = past.output().trim().split('\n');
    expect(told.map((line) => JSON.parse(line).site)).toEqual(['sto', 'got']);
  });

  test('tell through which of them a BYE came, in the ladder, the log and the record', async () => {
    gateway(1);
    const [sto, got] = await Promise.all([begin(1), begin(2)]);
    await areLinked(got, 'sto');
    const caller = await openUdpSink(callerOf(1));
    closing.push(() => caller.close());
    const next = (what: string, cseq: string) =>
      caller.next(
        what,
        (text) => text.startsWith('SIP/2.0 200') && headerOf(text, 'CSeq') === cseq,
      );
    const said = (method: string, to: string) => messageOf(method, to, 'through-got', caller.local);
    caller.send(said('INVITE', '<sip:112@example.org>'), sto.anycast);
    const to = headerOf((await next('an answer', '1 INVITE')).text, 'To');
    caller.send(said('ACK', to), sto.unicast);
    caller.send(said('BYE', to), got.anycast);
    await next('the answer to BYE', '2 BYE');
    const record = await sto.recordOf('through-got');

    expect(record).toMatchObject({ site: 'sto', through: ['got'], reason: 'caller-hung-up' });
    const hungUp = await until('the step', () => sto.steps().find(isHangUp));
    expect(hungUp).toMatchObject({ site: 'sto', through: 'got' });
    const ladder = cli('calls', 'ladder', 'through-got', '--admin', sto.admin);
    await ladder.ended;
    const marked = ladder
      .output()
      .split('\n')
      .filter((line) => line.includes('through got'));
    expect(marked).toEqual([expect.stringMatching(/ BYE .* through got$/)]);
    const carried = await until('the log', () =>
      got.notices().find(({ event }) => event === 'stray'),
    );
    expect(carried).toMatchObject({
      verdict: 'carried',
      peer: 'sto',
      method: 'BYE',
      sipCallId: 'through-got',
      site: 'got',
    });
  });
});

const isHangUp = ({ event }: Step) => event === 'a-hung-up';
