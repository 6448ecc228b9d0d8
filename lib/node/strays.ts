import type { Tombstones } from '../guard/tombstones.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { SipEngine, Stray } from '../ports/sip-engine.ts';
import type { SipMessage } from '../sip/message.ts';
import { type ClusterKey, verifyToken } from '../sip/owner-token.ts';
import { reasonPhrase } from '../sip/status.ts';
import { warning } from '../sip/warning.ts';

/** What a stray turned out to be. */
export type StrayVerdict = 'early-cancel' | 'forged' | 'over' | 'foreign';

/** It was carried to the site that has its call, which answers it: a response, or a request. */
export function noteCarried(message: SipMessage, peer: string, sink: EventSink): void {
  const { callId: sipCallId } = message;
  const what = message.kind === 'request' ? { method: message.method } : { status: message.status };
  if (message.kind === 'request') sink.count('strays', 'carried');
  sink.note({ event: 'stray', level: 'info', verdict: 'carried', peer, ...what, sipCallId });
}

/** It belongs to a site to which there is no link now. */
export function noteOutOfReach({ request }: Stray, sink: EventSink): void {
  const { method, callId: sipCallId } = request;
  sink.count('strays', 'out-of-reach');
  sink.note({ event: 'stray', level: 'info', verdict: 'out-of-reach', method, sipCallId });
}

/**
 * Answers a request that belongs to no leg here: 481, but nothing to an ACK. A CANCEL that came
 * before its INVITE is remembered. [3261-9.2] [3261-12.2.2]
 */
export function answerStray(
  stray: Stray,
  engine: SipEngine,
  graves: Tombstones,
  keys: readonly ClusterKey[],
  sink: EventSink,
): void {
  const { request, receivedOn, id } = stray;
  const verdict = judge(stray, keys);
  if (verdict === 'early-cancel') graves.bury(request, receivedOn.source);
  sink.count('strays', verdict);
  sink.note({
    event: 'stray',
    level: verdict === 'forged' ? 'warn' : 'info',
    verdict,
    method: request.method,
    sipCallId: request.callId,
  });
  engine.respond(id, 481, reasonPhrase(481), [warning('landfall', SAYS[verdict])]);
}

const SAYS: Readonly<Record<StrayVerdict, string>> = {
  'early-cancel': 'no INVITE is here to cancel',
  forged: 'this dialog was never ours',
  over: 'this dialog is over',
  foreign: 'this dialog is not known here',
};

/** Judges by the token in our tag, never by a host name or a Route. */
function judge({ request }: Stray, keys: readonly ClusterKey[]): StrayVerdict {
  const { tag } = request.to;
  if (tag === undefined) return 'early-cancel';
  switch (verifyToken(tag, request.callId, keys).kind) {
    case 'valid':
      return 'over';
    case 'forged':
      return 'forged';
    case 'none':
      return 'foreign';
  }
}
