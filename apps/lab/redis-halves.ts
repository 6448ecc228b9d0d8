import type { CallTrace } from './call-trace.ts';
import { said } from './checks.ts';
import type { LoadCall } from './load-calls.ts';
import type { RedisFault } from './site-redis.ts';
import { CALLERS_PLACE } from './topology.ts';

/** A share of the calls comes before both halves: a node that has just started is slow. */
const WARM_UP = 0.1;
/** P8: no new call waits for Redis longer. */
const LATER_MS_MAX = 30;

type Half = { failed: number; readonly setUpMs: number[] };

/** Calls before Redis was broken beside calls after it. */
export type Halves = {
  /** The number of the call before which Redis breaks. */
  readonly breaksAt: number;
  hear(call: LoadCall): void;
  /** A table, and whether calls of the second half fare no worse. */
  report(): { readonly lines: readonly string[]; readonly isFine: boolean };
};

const SAYS: Readonly<Record<RedisFault, string>> = {
  stop: 'Redis is killed',
  hang: 'Redis hangs',
  garbage: 'garbage answers',
};

export function openHalves(calls: number, fault: RedisFault): Halves {
  const warmTill = Math.ceil(calls * WARM_UP);
  const breaksAt = warmTill + Math.ceil((calls - warmTill) / 2);
  const healthy: Half = { failed: 0, setUpMs: [] };
  const broken: Half = { failed: 0, setUpMs: [] };
  return {
    breaksAt,
    hear({ index, faults, trace }) {
      if (index < warmTill) return;
      const half = index < breaksAt ? healthy : broken;
      if (faults.length > 0) half.failed += 1;
      // A call that nobody answered has failed, and has no time.
      half.setUpMs.push(setUpMsOf(trace) ?? Number.POSITIVE_INFINITY);
    },
    report() {
      const laterMs = quantile(broken.setUpMs, 0.99) - quantile(healthy.setUpMs, 0.99);
      return {
        lines: [
          row('', ['calls', 'failed', 'set-up p50', 'p99', 'max']),
          row('healthy', cells(healthy)),
          row(SAYS[fault], cells(broken)),
        ],
        isFine: broken.failed <= healthy.failed && laterMs <= LATER_MS_MAX,
      };
    },
  };
}

/** From the INVITE's coming to a site until the caller hears it ring; absent: it never did. */
export function setUpMsOf(trace: CallTrace): number | undefined {
  const invite = said(trace, 'INVITE').find(({ fate }) => fate === 'arrived');
  const ringing = trace.packets.find(
    ({ target, fate, sip }) =>
      target === CALLERS_PLACE && fate === 'arrived' && sip?.status === 180,
  );
  return invite === undefined || ringing === undefined ? undefined : ringing.at - invite.at;
}

/** The nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function cells({ failed, setUpMs }: Half): readonly string[] {
  const times = [0.5, 0.99, 1].map((share) => `${quantile(setUpMs, share).toFixed(1)} ms`);
  return [`${setUpMs.length}`, `${failed}`, ...times];
}

const row = (name: string, columns: readonly string[]) =>
  [name.padEnd(16), ...columns.map((one) => one.padStart(11))].join('');
