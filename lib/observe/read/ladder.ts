import type { CallRecord } from '../../call/record.ts';
import type { Step } from '../../call/story.ts';
import { drawLadder, type Row } from './draw-ladder.ts';
import { headline, outcomeLine } from './headline.ts';
import { type LegAddress, lifelinesOf, lineOf } from './lifelines.ts';
import { momentOf } from './moments.ts';
import { plainText } from './plain-text.ts';

export type StoryOfCall = {
  readonly callId: string;
  readonly steps: readonly Step[];
  /** Absent while the call goes on, or where the record stands in another file. */
  readonly record: CallRecord | undefined;
  /** Steps that were too many to keep. */
  readonly stepsLost: number;
};

/** Draws who said what to whom when, and how it ended. */
export function ladderOf(story: StoryOfCall): string {
  const { record, stepsLost } = story;
  const steps = story.steps.toSorted((one, other) => one.at - other.at);
  const first = steps[0];
  if (first === undefined)
    return [headOf(story), '', 'no steps of it here', '', endOf(story, [])].join('\n');

  const lines = lifelinesOf(steps, record);
  const columns = lines.map(({ title, address }) => ({ title, address: plainText(address) }));
  const contacts = new Set<string>();
  const rows = steps.map((step) => rowOf(step, first.at, lines, contacts));
  const lost = stepsLost === 0 ? [] : [`(${stepsLost} steps from the middle were not kept)`];
  const ladder = drawLadder(columns, rows);
  return [headOf(story), '', ...ladder, ...lost, '', endOf(story, lines)].join('\n');
}

function headOf({ callId, record, steps }: StoryOfCall): string {
  if (record !== undefined) return headline(record);
  const first = steps[0];
  return first === undefined ? plainText(callId) : `${plainText(callId)}  ${momentOf(first.at)}`;
}

function endOf({ record }: StoryOfCall, lines: readonly LegAddress[]): string {
  if (record === undefined) return 'no record of it here: it goes on, or its record is elsewhere';
  const [from, to] = lines.filter(({ who }) => who === 'caller-side');
  const hasMoved = record.moved === 'moved' && from !== undefined && to !== undefined;
  return outcomeLine(record, hasMoved ? `${from.address} -> ${to.address}` : '');
}

function rowOf(
  step: Step,
  startedAt: number,
  lines: readonly LegAddress[],
  contacts: Set<string>,
): Row {
  const offsetMs = step.at - startedAt;
  const [ours, theirs] = [lineOf(lines, step, 'local'), lineOf(lines, step, 'remote')];
  const isOnWire = step.message !== undefined && ours >= 0 && theirs >= 0;
  if (!isOnWire) {
    const label = [step.event, step.gateway].filter((word) => word !== undefined).join(' ');
    return { offsetMs, arrow: undefined, label: plainText(label), note: plainText(step.why ?? '') };
  }
  const arrow = step.direction === 'out' ? { from: ours, to: theirs } : { from: theirs, to: ours };
  const notes = [contactNote(step, contacts), otherSource(step, lines), plainText(step.why ?? '')];
  const note = notes.filter((text) => text !== '').join('; ');
  return { offsetMs, arrow, label: plainText(step.message ?? ''), note };
}

/** Says once for each Contact where it leads, if that is elsewhere than where the message came from. */
function contactNote(step: Step, seen: Set<string>): string {
  if (step.contact === undefined) return '';
  const host = hostOf(step.contact);
  const key = `${step.leg} ${step.direction} ${host}`;
  if (seen.has(key)) return '';
  seen.add(key);
  const sender = step.direction === 'out' ? step.local : step.remote;
  const isOurs = step.leg === 'a' && step.direction === 'out';
  if (leadsTo(host, sender)) return isOurs ? `Contact stays on ${plainText(host)}` : '';
  return isOurs ? `Contact moves to ${plainText(host)}` : `Contact ${plainText(host)}`;
}

/** A Contact without a port means the default one. [3261-19.1.2] */
function leadsTo(host: string, sender: string | undefined): boolean {
  return host === sender || `${host}:5060` === sender;
}

/** A caller behind NAT may come back from another address. */
function otherSource(step: Step, lines: readonly LegAddress[]): string {
  const shown = lines[lineOf(lines, step, 'remote')]?.addresses[0];
  const isSame = step.leg === 'b' || step.remote === undefined || step.remote === shown;
  return isSame ? '' : `${step.direction === 'out' ? 'to' : 'from'} ${plainText(step.remote)}`;
}

/** `127.0.0.11:5060` of `<sip:token@127.0.0.11:5060;transport=udp>`. */
export function hostOf(contact: string): string {
  const uri = contact.slice(contact.indexOf('<') + 1);
  const bare = uri.split(/[>;?\s]/, 1)[0] ?? '';
  return bare.slice(bare.lastIndexOf('@') + 1).replace(/^sips?:/i, '');
}
