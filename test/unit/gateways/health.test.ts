import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../lib/base/brands.ts';
import {
  type Health,
  type HealthEvent,
  healthAt,
  sendTrial,
  shareAt,
  stepHealth,
  unknownHealth,
} from '../../../lib/gateways/health.ts';

const RULES = { everySec: 10, downAfter: 3, upAfter: 2, timeoutMs: 2000 };

type Happening = 'probe alive' | 'probe failed' | 'call alive' | 'call failed';

/** What is believed after these, one a second from the first second on. */
function believed(happenings: readonly Happening[], rules = RULES as typeof RULES | undefined) {
  return happenings.reduce<Health>(
    (health, happening, index) => {
      const [by, on] = happening.split(' ') as ['probe' | 'call', 'alive' | 'failed'];
      const at = monoMs((index + 1) * 1000);
      const event: HealthEvent =
        on === 'alive' ? { on, by, at } : { on, by, at, why: `bad ${by}`, restMs: undefined };
      return stepHealth(health, event, rules);
    },
    unknownHealth(monoMs(0)),
  );
}

const tagAfter = (...happenings: Happening[]) => believed(happenings).belief.tag;

describe('what is believed of a gateway', () => {
  test('begins as up, and the first failure makes it suspect', () => {
    expect(tagAfter()).toBe('up');
    expect(tagAfter('probe failed')).toBe('suspect');
    expect(tagAfter('call failed')).toBe('suspect');
  });

  test('is down after so many failures in a row, and says why and since when', () => {
    expect(tagAfter('probe failed', 'probe failed')).toBe('suspect');
    const down = believed(['probe failed', 'probe failed', 'probe failed']);
    expect(down).toMatchObject({ belief: { tag: 'down' }, since: 3000 });
    expect(down.why).toBe('bad probe, 3 times in a row');
    expect(tagAfter('probe failed', 'probe failed', 'probe alive', 'probe failed')).toBe('suspect');
  });

  test('an answer to OPTIONS does not take back that calls fail', () => {
    expect(tagAfter('call failed', 'probe alive', 'call failed')).toBe('suspect');
    expect(tagAfter('call failed', 'probe alive', 'call failed', 'call failed')).toBe('down');
    expect(tagAfter('call failed', 'call alive')).toBe('up');
  });

  test('suspicion of a call ends by itself when no other one fails', () => {
    const suspect = believed(['call failed']);
    expect(healthAt(suspect, monoMs(10_999), RULES).belief.tag).toBe('suspect');
    expect(healthAt(suspect, monoMs(11_000), RULES).belief.tag).toBe('up');
  });

  test('comes back after so many answers in a row, not after one', () => {
    const down = ['probe failed', 'probe failed', 'probe failed'] as const;
    expect(tagAfter(...down, 'probe alive')).toBe('down');
    expect(tagAfter(...down, 'probe alive', 'probe failed', 'probe alive')).toBe('down');
    expect(tagAfter(...down, 'probe alive', 'probe alive')).toBe('closing');
    expect(tagAfter(...down, 'call alive')).toBe('closing');
  });

  test('one that is not probed may be tried again after a while', () => {
    const failed = ['call failed', 'call failed', 'call failed'] as const;
    const down = believed(failed, undefined);
    expect(healthAt(down, monoMs(12_999), undefined).belief.tag).toBe('down');
    expect(healthAt(down, monoMs(13_000), undefined).belief.tag).toBe('closing');
    expect(healthAt(believed(failed), monoMs(99_000), RULES).belief.tag).toBe('down');
  });
});

describe('a gateway that comes back', () => {
  const back = believed([
    'probe failed',
    'probe failed',
    'probe failed',
    'probe alive',
    'probe alive',
  ]);

  test('gets one call to try it, and no other while that one is out', () => {
    expect(shareAt(back, monoMs(5000))).toBe(1);
    const tried = sendTrial(back, monoMs(5000));
    expect(shareAt(tried, monoMs(14_999))).toBe(0);
    expect(shareAt(tried, monoMs(15_000))).toBe(1);
  });

  test('then gets a share that grows to all of them', () => {
    const passed = stepHealth(
      sendTrial(back, monoMs(5000)),
      { on: 'alive', by: 'call', at: monoMs(6000) },
      RULES,
    );
    expect(shareAt(passed, monoMs(6000))).toBeCloseTo(0.1);
    expect(shareAt(passed, monoMs(21_000))).toBeCloseTo(0.55);
    expect(healthAt(passed, monoMs(35_999), RULES).belief.tag).toBe('closing');
    expect(healthAt(passed, monoMs(36_000), RULES).belief.tag).toBe('up');
  });

  test('is down again with its first failure', () => {
    const event = { on: 'failed', why: 'silent', restMs: undefined } as const;
    for (const by of ['probe', 'call'] as const) {
      expect(stepHealth(back, { ...event, by, at: monoMs(6000) }, RULES).belief.tag).toBe('down');
    }
  });
});
