import type { MessageOutcome, MessageReply, OutgoingMessage } from '../../ports/outside-dialogs.ts';
import { header } from '../../sip/header-names.ts';
import type { StrayId } from '../../sip/ids.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Outcome } from './client-users.ts';
import { type Core, takeStray } from './core.ts';
import type { Flow } from './legs.ts';
import { fenced } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { requestsMaxFor } from './room.ts';
import { ownVia } from './wires.ts';
import { DATAGRAM_BYTES_MAX } from './written-invite.ts';

const METHOD = 'MESSAGE';

/**
 * Sends a MESSAGE outside of every dialog; it has no Contact, since nothing follows it. Answers
 * what lets go of it: it is not repeated any more, and nothing is told of it.
 */
export function sendMessage(
  core: Core,
  order: OutgoingMessage,
  tell: (outcome: MessageOutcome) => void,
): () => void {
  const { clients, news, counts, limits } = core;
  const push = (outcome: MessageOutcome) =>
    news.push({ what: 'outcome', tell: () => tell(outcome) });
  const { key, bytes, flow } = written(core, order);
  if (clients.size >= requestsMaxFor(limits, order.isEmergency)) {
    counts.overloads += 1;
    push({ kind: 'failed', cause: 'transport' });
    return () => undefined;
  }
  clients.request(key, flow, bytes, {
    onOutcome: (outcome) => push(outcomeOf(outcome)),
    silence: { afterMs: order.silenceMs, run: () => push({ kind: 'silent' }) },
  });
  return () => clients.drop(key);
}

function outcomeOf(outcome: Outcome): MessageOutcome {
  if (typeof outcome === 'string') return { kind: 'failed', cause: outcome };
  const { status, reason, headers, body } = outcome;
  return { kind: 'answered', status, reason, headers, body };
}

/** One that is too large for a datagram goes as the order says. [3261-18.1.1] */
function written(core: Core, order: OutgoingMessage) {
  const { large, listener } = order;
  const first = writtenFrom(core, order, listener);
  if (large === undefined || first.bytes.length <= DATAGRAM_BYTES_MAX) return first;
  return writtenFrom(core, order, large);
}

function writtenFrom(core: Core, order: OutgoingMessage, listener: OutgoingMessage['listener']) {
  const { uri, body, from, to, callId, maxForwards, nextHop, tag } = order;
  const wire = core.wires.of(listener);
  const branch = core.serials.branch(tag);
  const headers = [
    ownVia(wire, branch),
    header('Max-Forwards', `${maxForwards}`),
    header('From', from),
    header('To', to),
    header('Call-ID', callId),
    header('CSeq', `1 ${METHOD}`),
    ...fenced(order.headers),
  ];
  const flow: Flow = { wire, to: nextHop };
  const bytes = writeRequest({ method: METHOD, uri, headers, body });
  return { key: clientKey(branch, METHOD), flow, bytes };
}

/** Gives a MESSAGE its final answer, and again whenever it comes again: it is delivered once. */
export function concludeMessage(core: Core, id: StrayId, reply: MessageReply): void {
  const stray = takeStray(core, id);
  if (stray === undefined) return;
  const { status, reason, headers, body } = reply;
  const own = { tag: core.serials.tag(), formsDialog: false, headers: fenced(headers) };
  core.servers.respond(stray.transaction, { status, reason, body, ...own });
}
