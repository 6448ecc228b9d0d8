import type { CallRecord } from '../../call/record.ts';
import type { Step } from '../../call/story.ts';
import { writeAddress } from '../../sip/address.ts';
import { parseNameAddr } from '../../sip/name-addr.ts';
import { parseUri } from '../../sip/uri.ts';
import { drawLadder, type Row } from './draw-ladder.ts';
import { headline, outcomeLine } from './headline.ts';
import { type LegAddress, lifelinesOf, lineOf } from './lifelines.ts';
import { momentOf } from './moments.ts';
import { plainText } from './plain-text.ts';
import { eventInWords } from './words.ts';

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
    const words = [eventInWords(step.event, step.gateway), step.why ?? ''].join(' ');
    return { offsetMs, arrow: undefined, label: plainText(words), note: '' };
  }
  const arrow = step.direction === 'out' ? { from: ours, to: theirs } : { from: theirs, to: ours };
  const notes = [
    throughNote(step),
    contactNote(step, contacts),
    otherSource(step, lines),
    plainText(step.why ?? ''),
  ];
  const note = notes.filter((text) => text !== '').join('; ');
  return { offsetMs, arrow, label: plainText(step.message ?? ''), note };
}

/** The arrow ends at this site; the message has touched another one. */
function throughNote({ through }: Step): string {
  return through === undefined ? '' : `through ${plainText(through)}`;
}

/** Says once for each Contact where it leads, if not to where the message came from. */
function contactNote(step: Step, seen: Set<string>): string {
  if (step.contact === undefined) return '';
  const place = placeOf(step.contact);
  const key = `${step.leg} ${step.direction} ${place}`;
  if (seen.has(key)) return '';
  seen.add(key);
  const sender = step.direction === 'out' ? step.local : step.remote;
  const isOurs = step.leg === 'a' && step.direction === 'out';
  if (leadsTo(place, sender)) return isOurs ? `Contact stays on ${plainText(place)}` : '';
  return isOurs ? `Contact moves to ${plainText(place)}` : `Contact ${plainText(place)}`;
}

/** A Contact without a port means the default one. */
function leadsTo(place: string, sender: string | undefined): boolean {
  return place === sender || `${place}:5060` === sender;
}

/** A caller behind NAT may come back from another address. */
function otherSource(step: Step, lines: readonly LegAddress[]): string {
  const shown = lines[lineOf(lines, step, 'remote')]?.addresses[0];
  const isSame = step.leg === 'b' || step.remote === undefined || step.remote === shown;
  return isSame ? '' : `${step.direction === 'out' ? 'to' : 'from'} ${plainText(step.remote)}`;
}

/** `127.0.0.11:5060` of `<sip:token@127.0.0.11:5060;transport=udp>`. */
function placeOf(contact: string): string {
  const uri = parseUri(parseNameAddr(contact)?.uri ?? contact);
  if (uri.kind !== 'sip') return contact;
  return uri.port === undefined ? uri.host : writeAddress({ address: uri.host, port: uri.port });
}
