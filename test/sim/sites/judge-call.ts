import type { CallRecord } from '../../../lib/call/record.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { contactUri } from '../../../lib/sip/name-addr.ts';
import { type ClusterKey, verifyToken } from '../../../lib/sip/owner-token.ts';
import { parseUri } from '../../../lib/sip/uri.ts';
import type { Complain } from '../model.ts';
import type { Phone } from '../phone.ts';
import type { CallSeen } from '../reading.ts';
import type { Seen } from '../witness.ts';
import { type Quiet, waysOf } from './quiet.ts';
import type { SitesWorld } from './run-sites.ts';
import { unicastOf } from './site.ts';

/** What is known of one call, from the wire and from the records. */
export type CallFacts = {
  readonly phone: Phone;
  readonly seen: readonly Seen[];
  readonly call: CallSeen;
  readonly records: readonly CallRecord[];
};

/** What came so shortly before a death may be waiting for a claim. */
const CLAIMING_MS = 2000;
/** What a process may miss without anybody taking it for dead. */
const STALL_MS_MAX = 500;
/** How long a new call may wait for what other sites say. [P8] */
const BUDGET_MS = 30;
/** How long the end of leg b may take. [P2] */
const END_MS = 1000;
/** What is answered by us is answered within this time. [P4] */
const ANSWER_MS = 2000;

/**
 * Nobody promises anything for a call that a process owned which died, or a liar, nor for an INVITE
 * that lay in front of a process that did nothing.
 */
export function isExcused({ seen }: CallFacts, { starts, plan }: SitesWorld): boolean {
  const isOwnedBy = (site: number, untilMs: number) =>
    seen.some((one) => {
      if (one.site !== site || one.atMs > untilMs) return false;
      return one.side === 'b' || (isFirstInvite(one) && one.atMs > untilMs - CLAIMING_MS);
    });
  const { liar, troubles } = plan;
  if (liar !== undefined && isOwnedBy(liar, Number.POSITIVE_INFINITY)) return true;
  const hasWaited = troubles.some(
    (one) =>
      one.what === 'stop' &&
      one.toMs - one.fromMs > STALL_MS_MAX &&
      seen.some(
        (other) => isFirstInvite(other) && other.site === one.site && other.atMs === one.toMs,
      ),
  );
  return (
    hasWaited ||
    starts.some(({ site, diedAtMs }) => diedAtMs !== undefined && isOwnedBy(site.number, diedAtMs))
  );
}

export function isFirstInvite({ way, side, message }: Seen): boolean {
  const isInvite = message.kind === 'request' && message.method === 'INVITE';
  return way === 'in' && side === 'a' && isInvite && message.to.tag === undefined;
}

/** The dialogs that a caller was told of with a final response, the first one first. */
export type Final = {
  readonly status: number;
  readonly atMs: number;
  /** The site that made its To-tag. */
  readonly owner: number;
};

export function finalsOf({ seen }: CallFacts, keys: readonly ClusterKey[]): readonly Final[] {
  const finals = new Map<string, Final>();
  for (const { way, side, message, atMs } of seen) {
    if (way !== 'out' || side !== 'a' || message.kind !== 'response') continue;
    const { status, cseq, to, callId } = message;
    const name = `${status} ${to.tag}`;
    if (cseq.method !== 'INVITE' || cseq.number > 1 || status < 200 || finals.has(name)) continue;
    const verdict = verifyToken(to.tag ?? '', callId, keys);
    const owner = verdict.kind === 'valid' ? verdict.token.site : 0;
    finals.set(name, { status, atMs, owner });
  }
  return [...finals.values()];
}

/**
 * One kind of answer a caller. Of two sites that have answered at once the caller decides, and two
 * may know that it has cancelled; where one answers before any of many far ones can tell it that
 * the call is over, the caller decides too. [P12]
 */
export function judgeFinals(
  facts: CallFacts,
  finals: readonly Final[],
  { plan }: SitesWorld,
  quiet: Quiet,
  say: Complain,
): void {
  const { call, records, seen } = facts;
  const [first, ...others] = finals;
  const way = waysOf(plan).msMax;
  for (const { status, atMs, owner } of others) {
    if (first === undefined || !quiet.isQuiet(call.invited.atMs, atMs)) continue;
    const isCrossing = owner !== first.owner && atMs - first.atMs <= 2 * way;
    const isAlike =
      owner !== first.owner && (status < 300 ? first.status < 300 : status === first.status);
    const cameMs = seen.find((one) => one.site === owner && isFirstInvite(one))?.atMs ?? 0;
    const isUnheard = plan.sites.length > 3 && atMs - cameMs <= 2 * way;
    if (!isCrossing && !isAlike && !isUnheard) say('P12', `it got ${first.status}, then ${status}`);
  }
  const told = records.filter(({ reason }) => reason !== 'another-site-has-it');
  const owners = new Set(finals.map(({ owner }) => owner));
  if (finals.length > 0 && told.length !== owners.size)
    say('P12', `${owners.size} sites answered it, and ${told.length} have a record`);
}

/** The rest of a session goes to the site that has it. [P6] */
export function judgeContacts(
  { seen }: CallFacts,
  keys: readonly ClusterKey[],
  say: Complain,
): void {
  const judged = new Set<string>();
  for (const { way, side, message } of seen) {
    if (way !== 'out' || side !== 'a') continue;
    const contact = headerValue(message.headers, 'contact');
    if (contact === undefined || judged.has(contact)) continue;
    judged.add(contact);
    const uri = parseUri(contactUri(contact) ?? '');
    if (uri.kind !== 'sip') continue;
    const verdict = verifyToken(uri.user ?? '', message.callId, keys);
    if (verdict.kind !== 'valid') say('P6', `Contact ${contact} bears no token of ours`);
    else if (uri.host !== unicastOf(verdict.token.site).address)
      say('P6', `Contact ${contact} is at another site than ${verdict.token.site}`);
  }
}

/** Placed within 30 ms of where it came, whatever other sites say. [P8] */
export function judgeWait({ call, seen }: CallFacts, quiet: Quiet, say: Complain): void {
  const leg = seen.find(({ way, side }) => way === 'out' && side === 'b');
  const came = seen.find(
    (one) => isFirstInvite(one) && (leg === undefined || one.site === leg.site),
  );
  if (came === undefined || !quiet.isQuiet(came.atMs, came.atMs + BUDGET_MS)) return;
  const isOver = [call.cancelled, call.final].some(
    (one) => one !== undefined && one.atMs - came.atMs <= BUDGET_MS,
  );
  const waitedMs = (leg?.atMs ?? Number.POSITIVE_INFINITY) - came.atMs;
  if (!isOver && waitedMs > BUDGET_MS + 1) say('P8', `it waited ${waitedMs} ms`);
}

/** Its CANCEL ends what rings, at whichever site. [P2] */
export function judgeCancel(
  { call }: CallFacts,
  { plan }: SitesWorld,
  quiet: Quiet,
  say: Complain,
): void {
  const { cancelled, final } = call;
  if (cancelled === undefined) return;
  if (final !== undefined && final.index < cancelled.index) return;
  const boundMs = END_MS + 2 * waysOf(plan).msMax;
  for (const { callId, heard, cancelled: over, refused, answers } of call.legs) {
    if (heard === undefined || answers.length > 0) continue;
    const dueMs = Math.max(cancelled.atMs, heard.atMs) + boundMs;
    if (!quiet.isQuiet(call.invited.atMs, dueMs)) continue;
    const endedMs = Math.min(over?.atMs ?? dueMs + 1, refused?.atMs ?? dueMs + 1);
    if (endedMs > dueMs) say('P2', `leg b ${callId} rings ${boundMs} ms after the CANCEL`);
  }
}

/** What the caller says is answered in time, and no dialog of ours is denied. [P3] [P4] */
export function judgeRequests(
  { call, seen }: CallFacts,
  { plan }: SitesWorld,
  quiet: Quiet,
  say: Complain,
): void {
  const knownMs = call.invited.atMs + waysOf(plan).msMax;
  const handled = new Set<string>();
  const byeAtMs = seen.find(
    ({ message }) => message.kind === 'request' && message.method === 'BYE',
  )?.atMs;
  for (const one of seen) {
    const { message, way, side, atMs } = one;
    if (message.kind !== 'request') continue;
    const { method } = message;
    const name = nameOf(one);
    const isJudged = way === 'in' && method !== 'ACK' && !handled.has(name);
    handled.add(name);
    if (!isJudged || side === 'b' || !quiet.isQuiet(call.invited.atMs, atMs + ANSWER_MS)) continue;
    const answers = seen.filter(
      (other) => other.way === 'out' && other.message.kind === 'response' && nameOf(other) === name,
    );
    const [first] = answers;
    const isOurs = method === 'BYE' || method === 'CANCEL' || isFirstInvite(one);
    if (isOurs && (first === undefined || first.atMs - atMs > ANSWER_MS))
      say('P4', `its ${method} was not answered in time`);
    const denied = answers.find(
      (other) => other.message.kind === 'response' && other.message.status === 481,
    );
    const isTheirs = seen.some(
      ({ way: back, side: at, message: said }) =>
        back === 'in' && at === 'b' && said.kind === 'response' && said.status === 481,
    );
    const wasOver = byeAtMs !== undefined && byeAtMs < (denied?.atMs ?? 0);
    const isCancel = method === 'CANCEL';
    const wasFinal = isCancel && call.final !== undefined && call.final.atMs < atMs;
    // Nobody who is asked has heard of the call yet; who hears of it later knows that it is over.
    const isEarly = isCancel && atMs <= knownMs;
    if (denied !== undefined && !isTheirs && !wasOver && !wasFinal && !isEarly)
      say('P3', `its ${method} got 481`);
  }
}

/**
 * What was answered at any site is not asked again, and a 2xx that was acknowledged there does not
 * come again; a refusal may, since a rival takes its ACK for its own. [P4]
 */
export function judgeRepeats(
  { call, seen }: CallFacts,
  { plan }: SitesWorld,
  quiet: Quiet,
  say: Complain,
): void {
  const boundMs = 2 * waysOf(plan).msMax + 1;
  const heardMs = new Map<string, number>();
  for (const { way, side, message, atMs } of seen) {
    if (side !== 'a') continue;
    const { cseq, to, via } = message;
    const isAck = message.kind === 'request' && message.method === 'ACK';
    const isFinal = message.kind === 'response' && message.status >= 200;
    const answer = `${cseq.number} ${to.tag}`;
    if (way === 'in') {
      const name = isAck ? answer : `${via.branch} ${cseq.method}`;
      if ((isAck || isFinal) && !heardMs.has(name)) heardMs.set(name, atMs);
      continue;
    }
    const isAnswer = isFinal && cseq.method === 'INVITE' && message.status < 300;
    if (message.kind === 'response' && !isAnswer) continue;
    const sinceMs = heardMs.get(isAnswer ? answer : `${via.branch} ${cseq.method}`);
    if (isAck || sinceMs === undefined || atMs - sinceMs <= boundMs) continue;
    if (quiet.isQuiet(call.invited.atMs, atMs))
      say('P4', `${cseq.method} again ${Math.round(atMs - sinceMs)} ms after it was heard`);
  }
}

function nameOf({ message, side }: Seen): string {
  return `${side} ${message.via.branch} ${message.cseq.method}`;
}
