import type { CallRecord } from '../../call/record.ts';
import { momentOf, spanOf } from './moments.ts';
import { type Paint, plain } from './paint.ts';
import { personOf, plainText } from './plain-text.ts';
import { faultInWords, movedInWords, reasonInWords } from './words.ts';

/** `sto-abc  2026-11-20 03:12:07Z  EMERGENCY  +46701234567 -> 112`. */
export function headline(record: CallRecord, paint: Paint = plain): string {
  const { callId, receivedAt, emergency, fromGateway, from, to } = record;
  const people = `${personOf(from)} -> ${personOf(to)}`;
  const mark = emergency ? [paint('alarm', fromGateway ? 'CALLBACK' : 'EMERGENCY')] : [];
  return [paint('bold', plainText(callId)), momentOf(receivedAt), ...mark, people].join('  ');
}

/** Where it went, why it ended, whose fault it was; `way` is from where to where it moved. */
export function outcomeLine(record: CallRecord, way = '', paint: Paint = plain): string {
  const { fault, reason, status } = record;
  const moved = way === '' ? movedInWords(record) : `${movedInWords(record)}: ${way}`;
  const words = `${reasonInWords(reason)}: ${faultInWords(fault)} (${reason}), status ${status}`;
  const [rang, talked] = [rangMs(record), talkedMs(record)];
  return [
    moved,
    paint(fault === 'none' ? 'green' : 'red', words),
    rang === undefined ? '' : `rang ${spanOf(rang)}`,
    talked === undefined ? '' : `talked ${spanOf(talked)}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** From the first 180 to the answer, or to the end without one; undefined: it never rang. */
export function rangMs({ times }: CallRecord): number | undefined {
  if (times.ringing === undefined) return undefined;
  return (times.answered ?? times.ended) - times.ringing;
}

export function talkedMs({ times }: CallRecord): number | undefined {
  return times.answered === undefined ? undefined : times.ended - times.answered;
}
