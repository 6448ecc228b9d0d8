import type { MonoMs } from '../base/brands.ts';
import { writeAddress } from '../sip/address.ts';
import type { Door } from './events.ts';
import { type Facts, type Target, unixAt } from './facts.ts';

/** The facts with one more attempt, whose number in the record is the last one. */
export function withAttempt(
  facts: Facts,
  { gateway, address }: Pick<Target, 'gateway' | 'address'>,
  at: MonoMs,
): Facts {
  const startedAt = unixAt(facts, at);
  const entry = { gateway, target: writeAddress(address), startedAt, status: 0, reason: '' };
  return { ...facts, attempts: [...facts.attempts, entry] };
}

/** The facts with the outcome of an attempt written down; a later outcome replaces a former one. */
export function withOutcome(facts: Facts, attempt: number, status: number, reason: string): Facts {
  const attempts = facts.attempts.map((entry, index) =>
    index === attempt - 1 ? { ...entry, status, reason } : entry,
  );
  return { ...facts, attempts };
}

export function withTime(facts: Facts, name: keyof Facts['times'], at: MonoMs): Facts {
  if (facts.times[name] !== undefined) return facts;
  return { ...facts, times: { ...facts.times, [name]: unixAt(facts, at) } };
}

/**
 * A caller that sent anything to A after the answer has stayed; otherwise it has moved to U. A
 * gateway that calls was never on anycast.
 */
export function withDoor(facts: Facts, door: Door): Facts {
  if (door === 'gateway') return facts;
  if (facts.sticky) return facts.moved === 'sticky' ? facts : { ...facts, moved: 'sticky' };
  if (door === 'anycast') return facts.moved === 'stayed' ? facts : { ...facts, moved: 'stayed' };
  return facts.moved === undefined ? { ...facts, moved: 'moved' } : facts;
}
