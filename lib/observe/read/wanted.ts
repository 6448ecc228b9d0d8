import type { CallRecord } from '../../call/record.ts';
import { personOf } from './plain-text.ts';
import { isFailed } from './words.ts';

/** Which calls somebody wants to see; absent: it does not matter. */
export type Wanted = {
  readonly failed: boolean;
  /** A part of the caller's or the callee's number. */
  readonly number: string | undefined;
  /** A gateway that was tried, or that called. */
  readonly gateway: string | undefined;
};

export function isWanted(record: CallRecord, { failed, number, gateway }: Wanted): boolean {
  if (failed && !isFailed(record)) return false;
  const known = [record.fromGateway, ...record.attempts.map((each) => each.gateway)];
  if (gateway !== undefined && !known.includes(gateway)) return false;
  return number === undefined || [record.from, record.to].some((each) => hasNumber(each, number));
}

function hasNumber(value: string, number: string): boolean {
  const person = personOf(value);
  return person.includes(number) || dialled(person).includes(dialled(number) || number);
}

/** People write numbers with blanks and dashes, phones do not. */
function dialled(number: string): string {
  return number.replace(/[^\d+*#]/g, '');
}
