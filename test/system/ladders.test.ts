import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Transport } from '../../lib/sip/address.ts';
import { type Performance, perform } from '../ladder/perform.ts';
import { readScript, type Script } from '../ladder/script.ts';
import { summaryOf } from '../ladder/summary.ts';
import { addressesOf, type Site, startSite } from '../support/site.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** The site lives at 127.30.0, the people of ladder 12 at 127.30.12. */
const NET = '127.30';
const GOLDEN = path.join(__dirname, '..', 'ladder', 'golden');
const APART_MS = 30;
jest.setTimeout(60_000);

/** What takes longer only the virtual clock plays. */
const LONGEST_MS = 36_000;
/** And these, each for its reason. Calls outwards have one group a site: see callbacks.test.ts. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'bye-comes-twice-and-crosses': 'two sockets at one moment: which is read first is not defined',
};

type Ladder = { readonly name: string; readonly number: number; readonly script: Script };

const ALL = readdirSync(GOLDEN).map((file) => file.replace('.txt', ''));

/** The longest first: they begin one after another. */
const LADDERS: readonly Ladder[] = ALL.filter((name) => NOT_HERE[name] === undefined)
  .map((name) => ({ name, script: readScript(readFileSync(fileOf(name), 'utf8')) }))
  .filter(({ script }) => !script.isCallback)
  .filter(({ script }) => lengthMs(script) <= LONGEST_MS)
  .sort((one, other) => lengthMs(other.script) - lengthMs(one.script))
  .map((ladder, index) => ({ ...ladder, number: index + 1 }));

describe('golden ladders on real sockets, all at once on one site', () => {
  const folder = tempFolder('ladders');
  const played = new Map<string, Performance>();
  let site: Site;
  const recordsFrom = (net: string) =>
    site.records().filter(({ source }) => source.startsWith(net));
  beforeAll(async () => {
    const net = `${NET}.0`;
    site = await startSite({ folder: folder.path, net, gateways: [], keys: siteKeys() });
    await Promise.all(
      LADDERS.map(async ({ name, number, script }) => {
        await pause(number * APART_MS);
        played.set(name, await perform(script, sceneOf(number, script)));
      }),
    );
  });
  afterAll(async () => {
    await Promise.all([...played.values()].map((performance) => performance.close()));
    expect((await site.endNow()).code).toBe(0);
    folder.remove();
  });

  test('are all of them but those that have a reason', () => {
    expect(Object.keys(NOT_HERE).filter((name) => !ALL.includes(name))).toEqual([]);
  });

  test.each(LADDERS)('$name: $script.title', async ({ name, number, script: { records } }) => {
    const performance = played.get(name);
    expect(performance?.faults).toEqual([]);
    expect(performance?.surplus()).toEqual([]);
    const ours = () => recordsFrom(`${NET}.${number}.`).map(summaryOf);
    await until(`${records.length} records`, () => ours().length >= records.length);
    expect(ours()).toEqual(records);
  });
});

function fileOf(name: string): string {
  return path.join(GOLDEN, `${name}.txt`);
}

function lengthMs({ lines }: Script): number {
  return lines.at(-1)?.atMs ?? 0;
}

function sceneOf(number: number, { caller }: Script) {
  const at = (host: number, port: number) => ({ address: `${NET}.${number}.${host}`, port });
  const { anycast: A, unicast: U, gatewaySide: B } = addressesOf(`${NET}.0`);
  const gateways = { g1: at(31, 5080), g2: at(32, 5080), g3: at(33, 5080) };
  return {
    places: { A, U, B, caller: at(101, 5060), caller2: at(102, 5070), ...gateways },
    dialled: `sip:${userOf(number)}@${A.address}${uriParam(caller)}`,
    callId: `the-call@ladder-${number}`,
    dialogs: new Map<string, string>(),
  };
}

const uriParam = (transport: Transport) => (transport === 'udp' ? '' : `;transport=${transport}`);

const userOf = (number: number) => `ladder${number}`;

/** A group, a route and a trunk for each ladder, and gateways that speak what their ladder says. */
function siteKeys() {
  const { anycast, unicast, gatewaySide } = addressesOf(`${NET}.0`);
  const both = (at: typeof anycast) => ['udp', 'tcp'].map((transport) => ({ transport, ...at }));
  const gatewaysOf = ({ number, script }: Ladder) =>
    script.gateways.map((transport, index) => ({
      name: `g${number}-${index + 1}`,
      uri: `sip:${NET}.${number}.${31 + index}:5080${uriParam(transport)}`,
      priority: index + 1,
    }));
  return {
    listen: { anycast: both(anycast), unicast: both(unicast), gateway: both(gatewaySide) },
    gateways: LADDERS.flatMap(gatewaysOf),
    groups: LADDERS.map((ladder) => ({
      name: userOf(ladder.number),
      gateways: gatewaysOf(ladder).map(({ name }) => name),
      emergency: ladder.script.emergency,
      transfers: ladder.script.transfers,
    })),
    routes: LADDERS.map(({ number }) => ({
      match: { user: userOf(number) },
      group: userOf(number),
    })),
    trunks: LADDERS.map(({ number, script: { earlyDialogs } }) => ({
      name: userOf(number),
      earlyDialogs,
      source: [`${NET}.${number}.0/24`],
    })),
  };
}
