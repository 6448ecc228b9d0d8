import type { CallRecord } from '../../call/record.ts';
import type { Step } from '../../call/story.ts';
import { type Fields, isFields, jsonIn } from './json-fields.ts';

/** One line of a log as it was meant. */
export type Told =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'record'; readonly record: CallRecord }
  /** A line of ours that belongs to no call. */
  | { readonly kind: 'notice' };

/** Reads a line of the step log or of the records; undefined: it is neither. */
export function parseStory(line: string): Told | undefined {
  const fields = jsonIn(line);
  if (!isFields(fields)) return undefined;
  if (isRecord(fields)) return { kind: 'record', record: fields };
  if (isStep(fields)) return { kind: 'step', step: fields };
  return typeof fields['event'] === 'string' ? { kind: 'notice' } : undefined;
}

/** Reads a record as the admin page hands it out; undefined: it is none. */
export function parseRecord(value: unknown): CallRecord | undefined {
  return isFields(value) && isRecord(value) ? value : undefined;
}

export function parseStep(value: unknown): Step | undefined {
  return isFields(value) && isStep(value) ? value : undefined;
}

/** Whether all that is shown of a record is there; what a later version adds does not matter. */
function isRecord(fields: Fields): fields is CallRecord & Fields {
  const { times, attempts, sipCallIdB, marks, through } = fields;
  return (
    fields['record'] === 1 &&
    allAre('string', fields, ['callId', 'sipCallIdA', 'site', 'receivedOn', 'source', 'from']) &&
    allAre('string', fields, ['to', 'fault', 'reason']) &&
    allAre('number', fields, ['receivedAt', 'status', 'durationMs']) &&
    typeof fields['emergency'] === 'boolean' &&
    mayBe('string', fields, ['trunk', 'moved']) &&
    (marks === undefined || areTexts(marks)) &&
    (through === undefined || areTexts(through)) &&
    isFields(times) &&
    allAre('number', times, ['invite', 'ended']) &&
    mayBe('number', times, ['trying', 'ringing', 'answered', 'acked']) &&
    areTexts(sipCallIdB) &&
    Array.isArray(attempts) &&
    attempts.every(isAttempt)
  );
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isAttempt(value: unknown): boolean {
  return (
    isFields(value) &&
    allAre('string', value, ['gateway', 'target', 'reason']) &&
    allAre('number', value, ['startedAt', 'status'])
  );
}

function isStep(fields: Fields): fields is Step & Fields {
  const { leg, direction } = fields;
  return (
    allAre('string', fields, ['callId', 'site', 'event']) &&
    allAre('number', fields, ['at']) &&
    (leg === 'a' || leg === 'b') &&
    (direction === undefined || direction === 'in' || direction === 'out') &&
    mayBe('string', fields, ['message', 'local', 'remote', 'through', 'gateway']) &&
    mayBe('string', fields, ['contact', 'why']) &&
    mayBe('number', fields, ['attempt'])
  );
}

function allAre(type: 'string' | 'number', fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => typeof fields[name] === type);
}

function mayBe(type: 'string' | 'number', fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => fields[name] === undefined || typeof fields[name] === type);
}
