import { NO_OCTETS } from '../../base/brands.ts';
import { header } from '../../sip/header-names.ts';
import type { Tag } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { SUPPORTED } from '../../sip/option-tags.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { warning } from '../../sip/warning.ts';
import type { Arrival } from './arrival.ts';
import type { Core } from './core.ts';
import { answerWay } from './far.ts';
import { composeResponse, replyTo } from './proto/compose.ts';
import { allowOn, type Transferable } from './proto/fence.ts';
import type { ServerTransaction } from './server-transactions.ts';

const RETRY_AFTER_SEC_MAX = 10;

/** What the engine says by itself. */
export type Answer = {
  readonly status: number;
  readonly reason?: string;
  /** For a To without one; absent: any. */
  readonly tag?: Tag | undefined;
  readonly headers?: readonly Header[];
};

/** What an OPTIONS wants to know: what is carried here. [3261-11.2] */
export function abilitiesOn(leg: Transferable): Answer {
  const headers = [allowOn(leg), header('Accept', 'application/sdp'), SUPPORTED];
  return { status: 200, headers };
}

export const ABILITIES = abilitiesOn({});

/** A method that is not carried there. [3261-8.2.1] */
export function notAllowedOn(leg: Transferable): Answer {
  return { status: 405, headers: [allowOn(leg)] };
}

export const NOT_ALLOWED = notAllowedOn({});

/** Not now; a request that comes again will find another state. [3261-14.2] */
export function tryLater({ rng }: Core): Answer {
  const seconds = Math.floor(rng.fraction() * (RETRY_AFTER_SEC_MAX + 1));
  return { status: 500, headers: [header('Retry-After', `${seconds}`)] };
}

export function answer(core: Core, transaction: ServerTransaction, what: Answer): void {
  const { status, reason = reasonPhrase(status), headers = [] } = what;
  const isInDialog = transaction.reply?.hasToTag === true;
  const tag = isInDialog ? undefined : (what.tag ?? core.serials.tag());
  const response = { status, reason, tag, formsDialog: false, headers, body: NO_OCTETS };
  core.servers.respond(transaction, response);
}

/** Answers and remembers nothing; the same request gets the same answer again. [3261-8.2.7] */
export function answerStateless(core: Core, arrival: Arrival, what: Answer): void {
  const { request, wire, receivedOn } = arrival;
  const { status, reason = reasonPhrase(status), headers = [] } = what;
  const response = {
    status,
    reason,
    tag: core.statelessTag,
    formsDialog: false,
    headers,
    body: NO_OCTETS,
  };
  const bytes = composeResponse(replyTo(request, receivedOn.source), response);
  core.wires.send(wire, bytes, answerWay(request.via, receivedOn.source));
}

/**
 * There is no room. Not 503: that would tell a carrier to send nothing any more. Who asks later may
 * find some, but an INVITE may be an emergency call, and those are never told to wait; ordinary
 * calls are turned away before it comes to this. [3261-20.33]
 */
export function refuseForLackOfRoom(core: Core, arrival: Arrival): void {
  core.counts.overloads += 1;
  const seconds = 1 + Math.floor(core.rng.fraction() * RETRY_AFTER_SEC_MAX);
  const wait = header('Retry-After', `${seconds}`);
  const headers = arrival.request.method === 'INVITE' ? [NO_ROOM] : [NO_ROOM, wait];
  answerStateless(core, arrival, { status: 500, headers });
}

const NO_ROOM = warning('landfall', 'no room');
