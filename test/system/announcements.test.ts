import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Baresip, startBaresip } from '../support/baresip.ts';
import type { Child } from '../support/child.ts';
import {
  FREESWITCH_NAME,
  freeswitchKeys,
  freeswitchUp,
  startFreeswitch,
} from '../support/freeswitch.ts';
import { openRefusingGateway } from '../support/refusing-gateway.ts';
import { type Site, startSite } from '../support/site.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { toneFile } from '../support/tone.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';

const NET = '127.21.71';
const CALLER = `${NET}.101`;
const GATEWAY = { address: `${NET}.31`, port: 5080 };
const SILENT = [32, 33, 34, 35].map((host) => ({ address: `${NET}.${host}`, port: 5080 }));
const PLACES = {
  events: { address: `${NET}.51`, port: 8021 },
  sip: { address: `${NET}.51`, port: 5080 },
};
/** In Hz: each prompt is one tone, so that it is known again where it is heard. */
const FAILED = 700;
const HUNTING = 1100;
const FAILED_SEC = 3;
const CALLER_HZ = 440;
jest.setTimeout(90_000);

describe(`a caller who is spoken to by ${FREESWITCH_NAME}`, () => {
  let folder: TempFolder;
  let site: Site;
  let freeswitch: Child;
  let gateway: UdpSink | undefined;
  let phone: Baresip;

  beforeEach(async () => {
    folder = tempFolder('announcements');
    writeFileSync(join(folder.path, 'failed.wav'), toneFile(FAILED, FAILED_SEC));
    writeFileSync(join(folder.path, 'hunting.wav'), toneFile(HUNTING, 2));
    freeswitch = await startFreeswitch(folder.path, PLACES);
    phone = await startBaresip({
      folder: folder.path,
      user: 'caller',
      address: CALLER,
      tone: CALLER_HZ,
    });
  });
  afterEach(async () => {
    await phone.stop();
    await gateway?.close();
    gateway = undefined;
    expect((await site.endNow()).code).toBe(0);
    await freeswitch.stop();
    folder.remove();
  });

  async function open(prompt: object, gateways = [GATEWAY]): Promise<void> {
    const media = { prompts: [{ language: 'sv', ...prompt }] };
    site = await startSite({
      folder: folder.path,
      net: NET,
      gateways,
      keys: {
        media: { ...media, ...freeswitchKeys([PLACES], `${NET}.11`) },
        hunt: { attemptMs: 2000, attemptMsMin: 2000, budgetMs: 1500 },
      },
    });
    await freeswitchUp(site);
  }

  const file = (name: string) => join(folder.path, name);

  test('hears why before it is refused, as long as the prompt is', async () => {
    gateway = await openRefusingGateway(GATEWAY, 503);
    await open({ failed: file('failed.wav') });

    phone.dial(`sip:112@${NET}.112`);
    await phone.isOver(15_000);
    await phone.stop();

    const [record] = await site.recordsOf(1);
    expect(record).toMatchObject({ status: 500, reason: 'gateways-exhausted', fault: 'gateway' });
    expect(record?.durationMs).toBeGreaterThan(1000 * FAILED_SEC);
    expect(record?.durationMs).toBeLessThan(1000 * (FAILED_SEC + 2));
    expect(phone.heardSec(FAILED)).toBeGreaterThan(FAILED_SEC - 0.5);
    expect(phone.heardSec(FAILED)).toBeLessThan(FAILED_SEC + 0.3);
  });

  test('is refused at once when there is no such prompt, and the log says so', async () => {
    gateway = await openRefusingGateway(GATEWAY, 503);
    await open({ failed: file('missing.wav') });

    phone.dial(`sip:112@${NET}.112`);
    await phone.isOver(15_000);

    const [record] = await site.recordsOf(1);
    expect(record).toMatchObject({ status: 500, reason: 'gateways-exhausted' });
    expect(record?.durationMs).toBeLessThan(1500);
    expect(site.notices()).toContainEqual(
      expect.objectContaining({ event: 'prompt-unplayed', file: file('missing.wav') }),
    );
  });

  test('hears that the hunt goes on, again and again, until it hangs up', async () => {
    gateway = await openUdpSink(GATEWAY);
    await open({ hunting: file('hunting.wav') }, [GATEWAY, ...SILENT]);

    phone.dial(`sip:112@${NET}.112`);
    await pause(7500);
    phone.hangUp();
    await phone.isOver(15_000);
    await phone.stop();

    expect(phone.heardSec(HUNTING)).toBeGreaterThan(1.5);
  });
});
