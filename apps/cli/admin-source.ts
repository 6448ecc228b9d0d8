import { BoundedMap } from '../../lib/base/bounded-map.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import { lossOf } from '../../lib/observe/read/loss.ts';
import { parseRecord, parseStep, parseStory } from '../../lib/observe/read/parse-story.ts';
import { readLines } from '../../lib/observe/read/read-lines.ts';
import type { Wanted } from '../../lib/observe/read/wanted.ts';
import type { FoundCall } from '../../lib/observe/recent-calls.ts';
import { readRemark, remarkInWords } from '../../lib/observe/sites/site-remark.ts';
import type { CallSource, Shown, Tailing, Unreadable } from './call-source.ts';

const ANSWER_MS = 10_000;
/** A node that lives sends at least an empty line in this time. */
const SILENCE_MS = 45_000;
/** What is asked for again after a lost connection. */
const CATCH_UP = 1000;
const LAST_MAX = 100_000;
const SEEN_MAX = 10_000;
/** More than there can be in a cluster. */
const SITES_MAX = 2000;
const NEVER = Number.NEGATIVE_INFINITY;

export type AdminAccess = { readonly url: URL; readonly token: string | undefined };

/** Its own calls, or those of all sites as it gets them. */
export type CallsPage = 'calls' | 'sites/calls';

/** Reads calls from a node's admin pages. */
export function adminSource(
  access: AdminAccess,
  pause: () => Promise<boolean>,
  page: CallsPage = 'calls',
): CallSource {
  return {
    each: (listing) => showLast(access, page, { ...listing, lines: LAST_MAX }),
    tail: (tailing) => showLast(access, page, tailing),
    follow: (tailing) => follow(access, page, tailing, pause),
    find: (id) => find(access, id),
  };
}

/** Shows the last records, and says what the node could not write down. */
async function showLast(access: AdminAccess, page: CallsPage, tailing: Tailing): Promise<Shown> {
  const answer = await ask(access, `${page}?${queryOf(tailing.wanted, tailing.lines)}`);
  if (answer.kind === 'unreadable') return answer;
  const shown = await showAll(access, answer, tailing);
  const metrics = await ask(access, 'metrics');
  if (metrics.kind === 'unreadable') return shown;
  const lost = lossOf(await metrics.response.text().catch(() => ''));
  if (lost !== undefined) tailing.remark(lost);
  return shown;
}

/** Comes back after each lost connection, and shows then what was missed. */
async function follow(
  access: AdminAccess,
  page: CallsPage,
  tailing: Tailing,
  pause: () => Promise<boolean>,
): Promise<Shown> {
  const seen = new BoundedMap<string, true>(SEEN_MAX);
  const times = shownTimes();
  const show: Tailing['show'] = (record) => {
    // After a gap the node is asked for more than was missed.
    if (seen.has(record.callId) || times.isShown(record)) return;
    seen.set(record.callId, true);
    times.add(record);
    tailing.show(record);
  };
  let isLost = false;
  let hasBegun = false;
  for (;;) {
    const lines = times.isEmpty() ? tailing.lines : CATCH_UP;
    const answer = await ask(access, `${page}/tail?${queryOf(tailing.wanted, lines)}`);
    if (answer.kind === 'unreadable' && !hasBegun) return answer;
    if (answer.kind === 'answer') {
      if (isLost) tailing.remark(`${access.url.href} is back`);
      isLost = false;
      hasBegun = true;
      await showAll(access, answer, { ...tailing, show });
      times.mark();
    }
    if (!isLost) tailing.remark(`${access.url.href} is gone; trying again`);
    isLost = true;
    if (!(await pause())) return { kind: 'shown' };
  }
}

/** Up to when the calls of each site are shown; a site may be behind the others. */
function shownTimes() {
  const last = new BoundedMap<string, number>(SITES_MAX);
  let marked = new Map<string, number>();
  let [first, markedFirst] = [Number.POSITIVE_INFINITY, NEVER];
  return {
    isEmpty: () => last.size === 0,
    /** Of a site that was not heard of, all that is younger than the first one shown. */
    isShown: ({ site, times }: CallRecord) => times.ended < (marked.get(site) ?? markedFirst),
    add({ site, times }: CallRecord) {
      last.set(site, Math.max(last.get(site) ?? NEVER, times.ended));
      first = Math.min(first, times.ended);
    },
    /** From now on what was added counts as shown. */
    mark() {
      marked = new Map(last.entries());
      markedFirst = last.size === 0 ? NEVER : first;
    },
  };
}

async function find(access: AdminAccess, id: string): Promise<FoundCall | Unreadable> {
  const answer = await ask(access, `calls/${encodeURIComponent(id)}`);
  if (answer.kind === 'unreadable') return answer.status === 404 ? { kind: 'unknown' } : answer;
  const body: unknown = await answer.response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null) return unreadable(access, 'no JSON came');
  const record = 'record' in body ? parseRecord(body.record) : undefined;
  const given = 'steps' in body && Array.isArray(body.steps) ? body.steps : [];
  const steps = given.map(parseStep).filter((step) => step !== undefined);
  const known = record?.callId ?? steps[0]?.callId;
  if (known === undefined) return unreadable(access, 'neither record nor steps came');
  const stepsLost = 'stepsLost' in body && typeof body.stepsLost === 'number' ? body.stepsLost : 0;
  return { kind: 'found', call: { callId: known, record, steps, stepsLost } };
}

type Answer =
  | { readonly kind: 'answer'; readonly response: Response; readonly abort: AbortController }
  | (Unreadable & { readonly status: number | undefined });

type Asking = {
  readonly method: 'GET' | 'POST';
  /** The statuses of answers; with any other one it is unreadable. */
  readonly statuses: readonly number[];
};

const GETTING: Asking = { method: 'GET', statuses: [200] };

/** Asks a page; an answer that was not hoped for is what the node said about it. */
export async function ask(
  access: AdminAccess,
  page: string,
  { method, statuses }: Asking = GETTING,
): Promise<Answer> {
  const { url, token } = access;
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(new Error('no answer came')), ANSWER_MS);
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  try {
    const response = await fetch(new URL(page, base), {
      method,
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      signal: abort.signal,
    });
    if (statuses.includes(response.status)) return { kind: 'answer', response, abort };
    return { ...unreadable(access, await saidBy(response)), status: response.status };
  } catch (error) {
    return { ...unreadable(access, whyOf(error)), status: undefined };
  } finally {
    clearTimeout(patience);
  }
}

/** Reads a page that is JSON of one kind. */
export async function askJson<T>(
  access: AdminAccess,
  page: string,
  isPage: (body: unknown) => body is T,
): Promise<{ readonly kind: 'read'; readonly body: T } | Unreadable> {
  const answer = await ask(access, page);
  if (answer.kind === 'unreadable') return answer;
  const body: unknown = await answer.response.json().catch(() => undefined);
  if (isPage(body)) return { kind: 'read', body };
  return unreadable(access, 'no such page came; is the node of another release?');
}

/** Shows each record of an answer as it comes; the other side ends it, or its silence does. */
async function showAll(
  access: AdminAccess,
  { response, abort }: Extract<Answer, { readonly kind: 'answer' }>,
  { show, remark }: Pick<Tailing, 'show' | 'remark'>,
): Promise<Shown> {
  const { body } = response;
  if (body === null) return { kind: 'shown' };
  const silence = setTimeout(() => abort.abort(new Error('nothing more came')), SILENCE_MS);
  const heard = async function* () {
    for await (const chunk of body) {
      silence.refresh();
      yield chunk;
    }
  };
  try {
    for await (const line of readLines(heard(), { junk: 0 })) {
      const said = readRemark(line);
      if (said !== undefined) remark(remarkInWords(said));
      const told = line === '' || said !== undefined ? undefined : parseStory(line);
      if (told?.kind === 'record') show(told.record);
    }
    return { kind: 'shown' };
  } catch (error) {
    return unreadable(access, whyOf(error));
  } finally {
    clearTimeout(silence);
  }
}

function queryOf({ failed, number, gateway }: Wanted, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit), failed: failed ? '1' : '0' });
  if (number !== undefined) query.set('number', number);
  if (gateway !== undefined) query.set('gateway', gateway);
  return query.toString();
}

async function saidBy(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const said =
    typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string'
      ? body.error
      : response.statusText;
  return response.status === 401 ? `${said} (set LANDFALL_ADMIN_TOKEN)` : said;
}

export function unreadable({ url }: AdminAccess, why: string): Unreadable {
  return { kind: 'unreadable', why: `--admin is ${url.href}: ${why}` };
}

/** fetch hides the reason one level deeper. */
function whyOf(error: unknown): string {
  const cause = fieldOf(error, 'cause') ?? error;
  if (fieldOf(cause, 'code') === 'ECONNREFUSED') {
    return 'no node listens there; start one with npm start, or read a log with --file';
  }
  return String(fieldOf(cause, 'message') ?? cause);
}

function fieldOf(value: unknown, name: 'cause' | 'code' | 'message'): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
