import { never } from '../../base/never.ts';
import type { Tag } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { T2_MS, TIMER_H_MS } from '../../sip/timer-values.ts';
import type { Arrival } from './arrival.ts';
import { sendBye } from './bye.ts';
import { closeWithin } from './close-within.ts';
import type { Core } from './core.ts';
import {
  type DialogA,
  type DialogStateA,
  dialogNamed,
  type LegA,
  nameOf,
  type Repeat,
} from './legs.ts';
import { lingerOver } from './legs-over.ts';
import { keepPinhole, stopPinhole } from './pinhole.ts';

/** How long a 2xx is repeated. */
const PATIENCE_MS = TIMER_H_MS;

/** Repeats a 2xx until its ACK; a BYE waits for that too. [3261-13.3.1.4] */
export function awaitAck(
  core: Core,
  entry: DialogA,
  repeat: Repeat,
  waitMs: number,
  bye: readonly Header[] | undefined,
): void {
  const alarm = core.timers.set(waitMs, () => onRepeatDue(core, entry, waitMs));
  entry.state = { tag: 'answered', repeat, alarm, bye };
}

function onRepeatDue(core: Core, entry: DialogA, hasWaitedMs: number): void {
  if (entry.state.tag !== 'answered') return;
  const { repeat, bye } = entry.state;
  const waitedMs = repeat.waitedMs + hasWaitedMs;
  if (waitedMs >= PATIENCE_MS) {
    const { localTag: tag } = entry.dialog;
    entry.state = { tag: 'unacknowledged' };
    core.news.push({ what: 'leg', leg: entry.leg.id, event: { on: 'unacknowledged', tag } });
    if (bye !== undefined) endByUs(core, entry, bye);
    return;
  }
  for (const { bytes, flow } of [repeat, ...entry.leg.copies]) {
    core.wires.send(flow.wire, bytes, flow.to);
  }
  const intervalMs = Math.min(repeat.intervalMs * 2, T2_MS);
  const waitMs = Math.min(intervalMs, PATIENCE_MS - waitedMs);
  awaitAck(core, entry, { ...repeat, intervalMs, waitedMs }, waitMs, bye);
}

/** Takes the ACK of our 2xx. What comes after the first one is absorbed. [3261-13.3.1.4] */
export function acknowledgedA(core: Core, entry: DialogA, arrival: Arrival): void {
  const { leg, state } = entry;
  const { request, wire, receivedOn } = arrival;
  if (request.cseq.number !== leg.number) return;
  switch (state.tag) {
    case 'early':
      return;
    case 'answered':
      core.timers.clear(state.alarm);
      break;
    case 'acknowledged':
      return;
    case 'unacknowledged':
      break;
    case 'ended':
      return;
    default:
      never(state);
  }
  entry.state = { tag: 'acknowledged' };
  keepPinhole(core, entry);
  leg.copies.length = 0;
  leg.flow = { wire, to: receivedOn.source };
  const { localTag: tag } = entry.dialog;
  const { headers, body } = request;
  const event = { on: 'acknowledged', tag, headers, body, receivedOn } as const;
  core.news.push({ what: 'leg', leg: leg.id, event });
  if (state.tag === 'answered' && state.bye !== undefined) endByUs(core, entry, state.bye);
}

/** Sends BYE, but not before the ACK has come or its time has passed. [3261-15] */
export function hangUpA(core: Core, leg: LegA, tag: Tag, headers: readonly Header[]): void {
  const entry = dialogNamed(leg.dialogs, tag);
  if (entry === undefined) return;
  const { state } = entry;
  switch (state.tag) {
    case 'early':
      return;
    case 'answered':
      entry.state = { ...state, bye: headers };
      return;
    case 'acknowledged':
      endByUs(core, entry, headers);
      return;
    case 'unacknowledged':
      endByUs(core, entry, headers);
      return;
    case 'ended':
      return;
    default:
      never(state);
  }
}

function endByUs(core: Core, entry: DialogA, headers: readonly Header[]): void {
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'us' };
  sendBye(core, entry, headers);
  lingerIfOverA(core, entry.leg);
}

/** Takes the caller's BYE. In an early dialog it ends the attempt. [3261-15] [3261-15.1.2] */
export function hungUpByThemA(core: Core, entry: DialogA, arrival: Arrival): void {
  const { leg, state } = entry;
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'them' };
  if (concernsNode(leg, state)) {
    const { headers, body } = arrival.request;
    const { receivedOn } = arrival;
    const tag = nameOf(entry);
    const event = { on: 'hung-up', tag, headers, body, receivedOn } as const;
    core.news.push({ what: 'leg', leg: leg.id, event });
  }
  if (state.tag === 'answered') core.timers.clear(state.alarm);
  lingerIfOverA(core, leg);
}

/** Not when the node has hung up itself, nor for a fork that did not answer. */
function concernsNode(leg: LegA, state: DialogStateA): boolean {
  switch (state.tag) {
    case 'early':
      return leg.phase.tag === 'pending';
    case 'answered':
      return state.bye === undefined;
    case 'acknowledged':
      return true;
    case 'unacknowledged':
      return true;
    case 'ended':
      return false;
    default:
      return never(state);
  }
}

/** An early dialog ends with the INVITE's final response: it keeps nothing alive. [3261-12.3] */
function lingerIfOverA(core: Core, leg: LegA): void {
  if (leg.phase.tag === 'pending') return;
  const isOver = leg.dialogs.every(({ state }) => state.tag === 'early' || state.tag === 'ended');
  if (isOver) lingerA(core, leg);
}

export function lingerA(core: Core, leg: LegA): void {
  if (leg.phase.tag === 'over') return;
  stopPinhole(core, leg);
  lingerOver(core, leg);
}
