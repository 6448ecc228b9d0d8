import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../lib/base/brands.ts';
import { openSourceLimits } from '../../../lib/cluster/source-limits.ts';
import { sipCallId } from '../../../lib/sip/ids.ts';

describe('how much work one sender may make at other sites', () => {
  const from = (source: string, call = 'one', isVerified = false) => ({
    source,
    isVerified,
    callId: sipCallId(call),
  });
  const many = (count: number, stray: (at: number) => ReturnType<typeof from>, nowMs = 0) => {
    const limits = openSourceLimits();
    const said = Array.from({ length: count }, (_, at) => limits.mayPass(stray(at), monoMs(nowMs)));
    return { limits, passed: said.filter((one) => one === 'yes').length, last: said.at(-1) };
  };

  test('is bounded for an address, and others do not notice', () => {
    const { limits, passed, last } = many(1000, (at) => from('203.0.113.7', `c${at}`));
    expect([passed, last]).toEqual([100, 'source']);
    expect(limits.mayPass(from('203.0.113.8', 'x'), monoMs(0))).toBe('yes');
    expect(limits.mayPass(from('203.0.113.7', 'x'), monoMs(20))).toBe('yes');
    expect(limits.mayPass(from('203.0.113.7', 'y'), monoMs(20))).toBe('source');
  });

  test('is bounded for a dialog, whoever speaks of it', () => {
    const { passed, last } = many(200, (at) => from(`203.0.113.${at}`));
    expect([passed, last]).toEqual([40, 'dialog']);
  });

  test('is more for a trunk, and an address of its name is not it', () => {
    const { limits, passed } = many(10_000, (at) => from('carrier', `c${at}`, true));
    expect(passed).toBe(4000);
    expect(limits.mayPass(from('carrier', 'x'), monoMs(0))).toBe('yes');
  });

  test('is kept for a bounded number of senders', () => {
    const limits = openSourceLimits(10);
    for (let at = 0; at < 1000; at += 1) limits.mayPass(from(`a${at}`, `c${at}`), monoMs(0));
    // The first one is forgotten, and begins anew.
    expect(limits.mayPass(from('a0', 'c0'), monoMs(0))).toBe('yes');
  });
});
