import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type SipPacket, startCapture } from '../support/tshark.ts';

const NET = '127.21.8';
/** Calls per second and seconds, `30x10`; load-300 asks for more. */
const [perSec = 30, seconds = 10] = (process.env['LANDFALL_LOAD'] ?? '30x10')
  .split('x')
  .map(Number);
const CALLS = perSec * seconds;
jest.setTimeout((seconds + 60) * 1000);

describe(`${perSec} calls per second for ${seconds} s`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ net: NET });
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  test('none fails, and there is one record per INVITE transaction of the callers', async () => {
    const { site } = stage;
    const { address, port } = site.anycast;
    await stage.gateway('uas-answer', { withinSec: seconds + 60 });
    const atA = `dst host ${address} and udp dst port ${port}`;
    const capture = await startCapture(stage.folder, [port], atA);
    const load = { calls: CALLS, perSec, atOnceMax: perSec * 10, withinSec: seconds + 45 };
    const end = await stage.call('uac-honours-contact', { ...load, pauseMs: 200 });
    expect(complaintsOf(end)).toBe('');
    expect(end.succeeded).toBe(CALLS);

    const records = await site.recordsOf(CALLS, 15_000);
    const invites = (await capture.stop()).filter(({ method }) => method === 'INVITE');
    const transactions = new Set(invites.map(transactionOf));
    expect(transactions.size).toBe(CALLS);
    expect(records).toHaveLength(transactions.size);
    const callIds = [...new Set(invites.map(({ callId }) => callId))].sort();
    expect(records.map(({ sipCallIdA }) => sipCallIdA).sort()).toEqual(callIds);
    expect(records.filter(({ reason }) => reason !== 'caller-hung-up')).toEqual([]);
  });
});

const transactionOf = ({ callId, cseq, branch }: SipPacket) => `${callId} ${cseq} ${branch}`;
