import type { LoadCall } from './load-calls.ts';

const REASONS_SHOWN = 12;

/** What the calls of a load came to. */
export type LoadTally = {
  readonly failed: number;
  readonly doubled: number;
  readonly left: number;
  hear(call: LoadCall): void;
  /** The commonest faults first. */
  reasons(): readonly string[];
};

export function openTally(): LoadTally {
  const counts = { failed: 0, doubled: 0, left: 0 };
  const reasons = new Map<string, number>();
  return {
    get failed() {
      return counts.failed;
    },
    get doubled() {
      return counts.doubled;
    },
    get left() {
      return counts.left;
    },
    hear({ type, take, trace: { legs }, faults }) {
      if (faults.length > 0) counts.failed += 1;
      if (legs.length > 1) counts.doubled += 1;
      if (legs.some(({ endedAt }) => endedAt === undefined)) counts.left += 1;
      for (const fault of faults) {
        const reason = `${type} ${take.name}: ${fault}`;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    },
    reasons: () =>
      [...reasons]
        .sort(([, one], [, other]) => other - one)
        .slice(0, REASONS_SHOWN)
        .map(([reason, times]) => `${times} x ${reason}`),
  };
}
