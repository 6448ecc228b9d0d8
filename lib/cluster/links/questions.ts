import type { MonoMs } from '../../base/brands.ts';
import type { Alarm, World } from '../../base/time.ts';
import type { PeerAnswer, Unanswered } from '../../ports/peer-links.ts';

type Question = {
  readonly since: MonoMs;
  readonly alarm: Alarm;
  readonly settle: (answer: PeerAnswer) => void;
};

/** What was asked of one site and is not answered yet. */
export type Questions = {
  /** Answers the id that the question has on the wire, and its answer, which comes in time. */
  open(withinMs: number): { readonly id: number; readonly answer: Promise<PeerAnswer> };
  answered(id: number, body: Buffer): void;
  unknown(id: number, why: Unanswered): void;
  allUnknown(why: Unanswered): void;
  readonly size: () => number;
};

export function openQuestions({ timers, clock }: World): Questions {
  const pending = new Map<number, Question>();
  let last = 0;
  const settle = (id: number, answer: (question: Question) => PeerAnswer) => {
    const question = pending.get(id);
    if (question === undefined) return;
    pending.delete(id);
    timers.clear(question.alarm);
    question.settle(answer(question));
  };
  const unknown = (id: number, why: Unanswered) => settle(id, () => ({ kind: 'unknown', why }));
  return {
    open(withinMs) {
      last = (last + 1) >>> 0;
      const id = last;
      const answer = new Promise<PeerAnswer>((resolve) => {
        const alarm = timers.set(withinMs, () => unknown(id, 'late'));
        pending.set(id, { since: clock.mono(), alarm, settle: resolve });
      });
      return { id, answer };
    },
    answered: (id, body) =>
      settle(id, ({ since }) => ({ kind: 'answered', body, afterMs: clock.mono() - since })),
    unknown,
    allUnknown(why) {
      for (const id of pending.keys()) unknown(id, why);
    },
    size: () => pending.size,
  };
}
