import type { CallRecord } from '../../../lib/call/record.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { virtualSiteOptions } from '../../support/virtual-site.ts';
import type { Complain } from '../model.ts';
import { readCall } from '../reading.ts';
import {
  type CallFacts,
  finalsOf,
  isExcused,
  judgeCancel,
  judgeContacts,
  judgeFinals,
  judgeRepeats,
  judgeRequests,
  judgeWait,
} from './judge-call.ts';
import { judgeRivals } from './judge-rivals.ts';
import { quietOf } from './quiet.ts';
import type { SitesWorld } from './run-sites.ts';

const { keys: KEYS } = virtualSiteOptions(0);
/** After that nobody has anything to say of a call any more. */
const LAST_TALK_MS = 110_000;

/** What must be true when all calls of a world are over. */
export function judgeSites(world: SitesWorld, complain: Complain): void {
  const records = new Map<string, CallRecord[]>();
  for (const record of world.records)
    records.set(record.sipCallIdA, [...(records.get(record.sipCallIdA) ?? []), record]);
  const quiet = quietOf(world.plan);
  const excused = new Set<string>();
  for (const phone of world.phones) {
    const witnessed = world.edge.calls.get(phone.callId);
    const call = witnessed === undefined ? undefined : readCall(witnessed);
    if (witnessed === undefined || call === undefined) continue;
    const facts: CallFacts = {
      phone,
      seen: witnessed.seen,
      call,
      records: records.get(phone.callId) ?? [],
    };
    if (isExcused(facts, world)) {
      excused.add(phone.callId);
      continue;
    }
    const say: Complain = (promise, what) => complain(promise, `${phone.callId}: ${what}`);
    judgeEnd(facts, say);
    judgeFinals(facts, finalsOf(facts, KEYS), world, quiet, say);
    judgeContacts(facts, KEYS, say);
    judgeWait(facts, quiet, say);
    judgeCancel(facts, world, quiet, say);
    judgeRequests(facts, world, quiet, say);
    judgeRepeats(facts, world, quiet, say);
    judgeRivals(facts, world, quiet, say);
  }
  judgeGateways(world, excused, complain);
  judgeLeft(world, excused, complain);
}

/** One final response and one record a call. */
function judgeEnd({ phone, call, records }: CallFacts, say: Complain): void {
  for (const fault of phone.faults) say('caller', fault);
  const told = records.filter(({ reason }) => reason !== 'another-site-has-it');
  const isHeard = phone.finals.size > 0;
  if (phone.state === 'calling' && !isHeard) say('P12', 'it still waits for its final');
  const [final] = phone.finals;
  if (final === 487 && !phone.hasGivenUp) say('P2', 'it never cancelled');
  const owners = new Set(told.map(({ site }) => site));
  if (owners.size < told.length) say('P12', `it has ${told.length} records`);
  if (call.final !== undefined && told.length === 0)
    say('P12', 'it was answered and has no record');
  if (final !== undefined && !told.some(({ status }) => status === final))
    say('P12', `it got ${final}, and no record says so`);
  for (const { callId, heard, refused, cancelled, answers } of call.legs)
    if (
      heard !== undefined &&
      refused === undefined &&
      cancelled === undefined &&
      answers.length === 0
    )
      say('P2', `leg b ${callId} rings on`);
  for (const { fault } of told) if (fault === 'unknown') say('fault', 'it ended unknown');
}

function judgeGateways(
  { gateways, phones }: SitesWorld,
  excused: ReadonlySet<string>,
  complain: Complain,
): void {
  const callers = new Set(phones.map(({ callId }) => callId));
  for (const { legs, faults } of gateways) {
    for (const [callId, { invite, up }] of legs) {
      const caller = headerValue(invite.headers, 'subject') ?? '';
      if (!callers.has(caller)) complain('P13', `leg b ${callId} names no caller`);
      if (excused.has(caller)) continue;
      if (up.size > 0) complain('P12', `${caller}: leg b ${callId} is still up`);
      for (const fault of faults) if (fault.startsWith(callId)) complain('gateway', fault);
    }
  }
}

/** No call, leg, transaction, claim or alarm is left at any site, and the links are all there. */
function judgeLeft(world: SitesWorld, excused: ReadonlySet<string>, complain: Complain): void {
  const { starts, plan, frames, notices } = world;
  let ghosts = 0;
  for (const { site } of starts) {
    const { node, engine, process, number, cluster } = site;
    if (process.isDead) continue;
    const own = ghostsAt(world, number, excused);
    ghosts += own;
    if (own > 0 && node.callsNow() <= own) continue;
    const held = { calls: node.callsNow(), legs: node.sizes().legs, names: node.sizes().namesOut };
    for (const [what, size] of [...Object.entries(held), ...Object.entries(engine.sizes())])
      if (size > 0) complain('P14', `${size} ${what} are left at site ${number}`);
    for (const { link, name } of cluster.links.peers())
      if (link === undefined) complain('links', `site ${number} has no link to ${name}`);
    // Each link beats.
    const left = process.pending - (plan.sites.length - 1);
    if (left !== 0) complain('P14', `${left} alarms are left at site ${number}`);
  }
  if (ghosts === 0 && frames.lastTalkMs() > LAST_TALK_MS)
    complain('P14', `sites spoke of a call at ${Math.round(frames.lastTalkMs())}`);
  for (const [site, notice] of notices) {
    if (notice.event === 'bug') complain('bug', `site ${site}: ${String(notice['stack'])}`);
    if (notice.event === 'peer-down' && plan.troubles.length === 0)
      complain('links', `site ${site} lost ${String(notice['peer'])}: ${String(notice['why'])}`);
  }
}

/** Calls that nobody promised anything for, and that still ring there. */
function ghostsAt(
  { edge, records }: SitesWorld,
  site: number,
  excused: ReadonlySet<string>,
): number {
  return [...excused].filter((callId) => {
    const seen = edge.calls.get(callId)?.seen ?? [];
    const isHere = seen.some((one) => one.side === 'b' && one.site === site);
    return isHere && !records.some((one) => one.sipCallIdA === callId && one.site === `s${site}`);
  }).length;
}
