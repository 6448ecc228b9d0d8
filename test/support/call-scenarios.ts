import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallRecord } from '../../lib/call/record.ts';
import { complaintsOf, type SippEnd } from './sipp.ts';
import { headerOf } from './sipp-logs.ts';
import type { Site } from './site.ts';
import type { Stage } from './stage.ts';

const ORDINARY = { service: '5550100', keepMessages: true };
const EMERGENCY = { service: '112', keepMessages: true };

/** The calls that every site must carry, whatever engine speaks to its gateways. */
export function callScenarios(
  name: string,
  open: () => Promise<Stage>,
  afterwards: (site: Site) => Promise<void> = async () => undefined,
): void {
  describe(name, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await open();
    });
    afterEach(() => stage.stopGateways());
    afterAll(async () => {
      await afterwards(stage.site);
      expect(await stage.close()).toBe(0);
    });

    const recordOf = (end: SippEnd): Promise<CallRecord> =>
      stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));

    /** Plays both sides and expects that neither met anything it had not been written for. */
    async function play(uac: string, uas: string, run: typeof ORDINARY): Promise<CallRecord> {
      // Who hangs up waits: a BYE that overtakes the ACK of the far end has not seen it move.
      const gateway = await stage.gateway(uas, { calls: 1, keepMessages: true, pauseMs: 300 });
      const end = await stage.call(uac, { ...run, pauseMs: 300 });
      expect(complaintsOf(end)).toBe('');
      expect(complaintsOf(await gateway.ended)).toBe('');
      return recordOf(end);
    }

    calls(play);

    test('a gateway that takes no calls: 500, and never its 503', async () => {
      const gateway = await stage.gateway('uas-503', { calls: 1 });
      const end = await stage.call('uac-500', ORDINARY);
      expect(complaintsOf(end)).toBe('');
      expect(complaintsOf(await gateway.ended)).toBe('');
      const record = await recordOf(end);
      expect(record).toMatchObject({ reason: 'gateways-exhausted', fault: 'gateway', status: 500 });
      expect(record.attempts.map(({ status }) => status)).toEqual([503]);
    });
  });
}

type Play = (uac: string, uas: string, run: typeof ORDINARY) => Promise<CallRecord>;

function calls(play: Play): void {
  test.each([
    ['ordinary', ORDINARY],
    ['emergency', EMERGENCY],
  ])(
    'cancelled while ringing, %s: the gateway is cancelled, the caller gets 487',
    async (kind, run) => {
      const record = await play('uac-cancel', 'uas-ring-forever', run);
      expect(record).toMatchObject({ reason: 'caller-cancelled', fault: 'caller', status: 487 });
      expect(record.emergency).toBe(kind === 'emergency');
      expect(record.moved).toBeUndefined();
    },
  );

  test('busy: an ordinary caller hears it from the gateway', async () => {
    const record = await play('uac-busy', 'uas-busy', ORDINARY);
    expect(record).toMatchObject({ reason: 'callee-busy', fault: 'callee', status: 486 });
    expect(record.attempts.map(({ status }) => status)).toEqual([486]);
  });

  test('an INVITE without SDP is passed on, and its answer goes in the ACK', async () => {
    const record = await play('uac-late-offer', 'uas-late-offer', EMERGENCY);
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved' });
  });

  test('a re-INVITE crosses: the caller holds, and the gateway agrees', async () => {
    const record = await play('uac-reinvite', 'uas-reinvite', EMERGENCY);
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved', status: 200 });
  });

  test('the gateway holds and sends INFO: the caller is asked, and agrees', async () => {
    const record = await play('uac-held', 'uas-hold', ORDINARY);
    expect(record).toMatchObject({ reason: 'callee-hung-up', moved: 'moved', status: 200 });
  });

  test('the gateway hangs up: the caller gets the BYE', async () => {
    const record = await play('uac-hung-up', 'uas-bye', EMERGENCY);
    expect(record).toMatchObject({ reason: 'callee-hung-up', fault: 'none', moved: 'moved' });
  });

  test('a BYE that matches its dialog is served whatever its Request-URI says', async () => {
    const record = await play('uac-changed-ruri', 'uas-answer', EMERGENCY);
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved' });
  });
}
