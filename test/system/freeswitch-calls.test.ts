import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Baresip, startBaresip } from '../support/baresip.ts';
import type { Child } from '../support/child.ts';
import {
  FREESWITCH_NAME,
  FREESWITCH_SECRET,
  freeswitchKeys,
  freeswitchUp,
  startFreeswitch,
} from '../support/freeswitch.ts';
import { channelsAt } from '../support/freeswitch-channels.ts';
import { type Site, startSite } from '../support/site.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { toneFile } from '../support/tone.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.72';
const CALLER = `${NET}.101`;
const CALLEE = `${NET}.31`;
/** They are there and say nothing: the hunt passes them by. */
const SILENT = [38, 39].map((host) => ({ address: `${NET}.${host}`, port: 5080 }));
const PLACES = {
  events: { address: `${NET}.51`, port: 8021 },
  sip: { address: `${NET}.51`, port: 5080 },
};
/** In Hz. */
const TONES = { caller: 440, callee: 1000, prompt: 700 };
const AUDIO_MS = 3000;
jest.setTimeout(90_000);

describe(`a call whose media crosses ${FREESWITCH_NAME}`, () => {
  let folder: TempFolder;
  let site: Site;
  let freeswitch: Child;
  let silent: readonly UdpSink[];
  let caller: Baresip;
  let callee: Baresip;

  beforeEach(async () => {
    folder = tempFolder('freeswitch-calls');
    writeFileSync(join(folder.path, 'wait.wav'), toneFile(TONES.prompt, 1));
    freeswitch = await startFreeswitch(folder.path, PLACES);
    silent = await Promise.all(SILENT.map((local) => openUdpSink(local)));
    const phone = (user: 'caller' | 'callee', address: string) =>
      startBaresip({ folder: folder.path, user, address, tone: TONES[user] });
    caller = await phone('caller', CALLER);
    callee = await phone('callee', CALLEE);
    site = await startSite({
      folder: folder.path,
      net: NET,
      gateways: [],
      keys: {
        gateways: [
          ...SILENT.map(({ address, port }, index) => ({
            name: `silent-${index}`,
            uri: `sip:${address}:${port}`,
            probe: 'off',
          })),
          { name: 'phone', uri: `sip:callee@${CALLEE}:5060`, priority: 2, probe: 'off' },
        ],
        groups: [
          { name: 'psap', gateways: ['phone'], emergency: true },
          { name: 'far', gateways: ['silent-0', 'silent-1', 'phone'], emergency: true },
        ],
        routes: [
          { match: { user: '112' }, group: 'psap' },
          { match: { user: '911' }, group: 'far' },
        ],
        media: {
          anchor: 'freeswitch',
          prompts: [{ language: 'sv', hunting: join(folder.path, 'wait.wav') }],
          ...freeswitchKeys([PLACES], `${NET}.11`),
        },
        hunt: { attemptMs: 1500, attemptMsMin: 1500, budgetMs: 500 },
      },
    });
    await freeswitchUp(site);
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
    await Promise.all(silent.map((sink) => sink.close()));
    expect((await site.endNow()).code).toBe(0);
    await freeswitch.stop();
    folder.remove();
  });

  const noneLeft = () =>
    until(
      'no channel is left',
      async () => (await channelsAt(PLACES.events, FREESWITCH_SECRET)) === 0,
    );

  async function talk(user: string): Promise<void> {
    caller.dial(`sip:${user}@${NET}.112`);
    await callee.isCalled();
    callee.accept();
    await caller.isTalking();
    await pause(AUDIO_MS);
  }

  async function hangUp(): Promise<void> {
    caller.hangUp();
    await callee.isOver();
    await noneLeft();
    await caller.stop();
    await callee.stop();
  }

  test('is heard on both sides, and each side knows its address alone', async () => {
    await talk('112');
    await hangUp();

    expect(caller.heardSec(TONES.callee)).toBeGreaterThan(2);
    expect(callee.heardSec(TONES.caller)).toBeGreaterThan(2);
    const told = [...caller.received(), ...callee.received()].flatMap(
      (message) => message.match(/^c=.*/gm) ?? [],
    );
    expect(new Set(told.map((line) => line.trim()))).toEqual(
      new Set([`c=IN IP4 ${PLACES.sip.address}`]),
    );
    const [record] = await site.recordsOf(1);
    expect(record?.media?.a.packets).toBeGreaterThan(100);
    expect(record?.media?.b.packets).toBeGreaterThan(100);
  });

  test('is held and goes on', async () => {
    await talk('112');
    caller.hold();
    await pause(1000);
    const before = callee.received().filter((message) => message.startsWith('INVITE')).length;
    caller.resume();
    await pause(AUDIO_MS);
    await hangUp();

    expect(before).toBe(2);
    const invites = callee.received().filter((message) => message.startsWith('INVITE'));
    expect(invites).toHaveLength(3);
    expect(invites[1]).toMatch(/^a=(sendonly|inactive)/m);
    // Its tape ends with the hold; what came from each of them was counted to the end.
    const [record] = await site.recordsOf(1);
    expect(record?.media?.a.packets).toBeGreaterThan(250);
    expect(record?.media?.b.packets).toBeGreaterThan(250);
  });

  test('is told to wait while the hunt goes on, and then talks', async () => {
    await talk('911');
    await hangUp();

    expect(caller.heardSec(TONES.prompt)).toBeGreaterThan(0.7);
    expect(caller.heardSec(TONES.prompt)).toBeLessThan(1.2);
    expect(callee.heardSec(TONES.caller)).toBeGreaterThan(2);
    const [record] = await site.recordsOf(1);
    expect(record?.attempts.map(({ status }) => status)).toEqual([408, 408, 200]);
    expect(record?.media?.b.packets).toBeGreaterThan(100);
  });

  test('lives on when the media server dies, and is heard again when there is one', async () => {
    await talk('112');
    freeswitch.signal('SIGKILL');
    await freeswitch.ended;
    freeswitch = await startFreeswitch(folder.path, PLACES);
    await freeswitchUp(site, 2);
    await until('a channel for each leg', async () => {
      return (await channelsAt(PLACES.events, FREESWITCH_SECRET)) === 2;
    });
    await pause(AUDIO_MS);
    const record = site.records();
    await hangUp();

    expect(record).toEqual([]);
    expect(caller.heardSec(TONES.callee)).toBeGreaterThan(4);
    expect(callee.heardSec(TONES.caller)).toBeGreaterThan(4);
  });
});
