import { header } from '../../sip/header-names.ts';
import type { StrayId } from '../../sip/ids.ts';
import { unknownTags } from '../../sip/option-tags.ts';
import { TIMER_J_MS } from '../../sip/timer-values.ts';
import {
  ABILITIES,
  type Answer,
  answer,
  answerStateless,
  NOT_ALLOWED,
  refuseForLackOfRoom,
} from './answers.ts';
import type { Arrival } from './arrival.ts';
import { retractedByThem } from './asked.ts';
import { type Core, dialogIn, takeStray } from './core.ts';
import { withdrawOne } from './joined-invites.ts';
import { answerNow, openLegA } from './leg-a.ts';
import { fenced } from './proto/fence.ts';
import { cancelledKey } from './proto/match.ts';
import { roomForCall, roomForMessage, roomForStray } from './room.ts';
import type { InviteServer } from './server-transactions.ts';

/** How long the node has to say what becomes of a stray. */
const VERDICT_MS = TIMER_J_MS;

/** Serves a request that belongs to no dialog here. */
export function serveOutside(core: Core, key: string, arrival: Arrival): void {
  const { request } = arrival;
  switch (request.method) {
    case 'INVITE':
      if (request.to.tag === undefined) receiveCall(core, key, arrival);
      else keepStray(core, key, arrival);
      return;
    case 'CANCEL':
      cancel(core, key, arrival);
      return;
    case 'OPTIONS':
      serveAlone(core, key, arrival, abilitiesFor(arrival));
      return;
    case 'MESSAGE':
      if (core.takesMessages && request.to.tag === undefined) keep(core, key, arrival, 'message');
      else serveAlone(core, key, arrival, NOT_ALLOWED);
      return;
    case 'BYE':
      serveAlone(core, key, arrival, { status: 481 });
      return;
    default:
      serveAlone(core, key, arrival, NOT_ALLOWED);
  }
}

/** What is asked for under a condition that is not met is not told. [3261-8.2.2.3] */
function abilitiesFor({ request }: Arrival): Answer {
  const unknown = unknownTags(request.headers);
  if (unknown.length === 0) return ABILITIES;
  return { status: 420, headers: [header('Unsupported', unknown.join(', '))] };
}

function serveAlone(core: Core, key: string, arrival: Arrival, what: Answer): void {
  if (arrival.request.to.tag === undefined) answerStateless(core, arrival, what);
  else keepStray(core, key, arrival);
}

function receiveCall(core: Core, key: string, arrival: Arrival): void {
  const room = roomForCall(core, arrival);
  if (room === undefined) {
    refuseForLackOfRoom(core, arrival);
    return;
  }
  const { request, wire, receivedOn } = arrival;
  const transaction = core.servers.begin(key, request, wire, receivedOn.source, room);
  if (transaction.kind === 'invite') openLegA(core, transaction, arrival);
}

/** Answers a CANCEL; whether anything comes of it depends on the INVITE. [3261-9.2] */
function cancel(core: Core, key: string, arrival: Arrival): void {
  const { request, wire, receivedOn, raw } = arrival;
  const invite = core.servers.find(cancelledKey(request));
  if (invite?.kind !== 'invite') {
    keepStray(core, key, arrival);
    return;
  }
  const { room } = invite;
  const transaction = core.servers.begin(key, request, wire, receivedOn.source, room);
  answer(core, transaction, { status: 200, tag: tagOfLeg(invite) });
  const { leg } = invite;
  if (leg === undefined) {
    retractedByThem(core, dialogIn(core, request), invite, arrival);
    return;
  }
  answerNow(core, leg);
  if (leg.phase.tag !== 'pending' || withdrawOne(core, leg, invite)) return;
  const { headers, body } = request;
  const event = { on: 'cancelled', headers, body, receivedOn, raw } as const;
  core.news.push({ what: 'leg', leg: leg.id, event });
}

function tagOfLeg({ leg }: InviteServer) {
  return leg?.dialogs[0]?.dialog.localTag;
}

function keepStray(core: Core, key: string, arrival: Arrival): void {
  keep(core, key, arrival, 'stray');
}

/** Keeps a request open for the node's verdict. */
function keep(core: Core, key: string, arrival: Arrival, what: 'stray' | 'message'): void {
  const room = what === 'message' ? roomForMessage(core, arrival) : roomForStray(core);
  if (room === undefined) {
    refuseForLackOfRoom(core, arrival);
    return;
  }
  const { request, wire, receivedOn, raw } = arrival;
  const transaction = core.servers.begin(key, request, wire, receivedOn.source, room);
  const id = core.serials.stray();
  const alarm = core.timers.set(VERDICT_MS, () => {
    core.strays.delete(id);
    core.servers.drop(transaction);
  });
  core.strays.set(id, { transaction, alarm, arrival });
  const kept = { id, request, receivedOn, raw };
  core.news.push(what === 'stray' ? { what, stray: kept } : { what, message: kept });
}

/**
 * Answers a stray as the node says, and forgets it: who asks again is told the same, and a storm
 * fills nothing. The answer to an INVITE is kept, since it is said until its ACK. [3261-8.2.7]
 */
export function respondToStray(core: Core, id: StrayId, what: Answer): void {
  const stray = takeStray(core, id);
  if (stray === undefined) return;
  const { transaction, arrival } = stray;
  const allowed = what.status === NOT_ALLOWED.status ? (NOT_ALLOWED.headers ?? []) : [];
  const said = { ...what, headers: [...allowed, ...fenced(what.headers ?? [])] };
  if (transaction.kind === 'invite') {
    answer(core, transaction, said);
  } else {
    core.servers.drop(transaction);
    answerStateless(core, arrival, said);
  }
}

/** Nothing is owed here: somebody else answers it. */
export function handOverStray(core: Core, id: StrayId): void {
  const stray = takeStray(core, id);
  if (stray === undefined) return;
  core.servers.drop(stray.transaction);
}

/** An ACK that belongs to nothing here: nobody may answer it, but the node may know whose it is. */
export function reportStrayAck(core: Core, { request, receivedOn, raw }: Arrival): void {
  const { tag } = request.to;
  if (tag === undefined || tag === core.statelessTag) return;
  const id = core.serials.stray();
  core.news.push({ what: 'stray', stray: { id, request, receivedOn, raw } });
}
