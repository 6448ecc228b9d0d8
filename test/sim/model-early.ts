import { headerValue } from '../../lib/sip/headers.ts';
import type { SipResponse } from '../../lib/sip/message.ts';
import type { Complain, Rules } from './model.ts';
import { answersOf, type CallSeen, isAtOnce, isBefore } from './reading.ts';
import type { Seen, Witnessed } from './witness.ts';

/**
 * To the caller a dialog holds one callee's SDP; a callee's early media reaches it, unless it copes
 * with one early dialog only: then it sees no other. [3261-13.2.2.4]
 */
export function judgeEarly(
  { seen }: Witnessed,
  { isReliable, lateOffer }: CallSeen,
  rules: Rules,
  say: Complain,
): void {
  const speakers = new Map<string, string>();
  const early = new Set<string>();
  seen.forEach((one, index) => {
    const told = responseToFirst(one, 'a', 'out');
    const heard = responseToFirst(seen[index - 1], 'b', 'in');
    if (told?.to.tag === undefined || told.status >= 300) return;
    if (told.status < 200) early.add(told.to.tag);
    if (heard?.status !== told.status || seen[index - 1]?.atMs !== one.atMs) return;
    if (told.body === '') {
      const isSketch = isReliable && lateOffer && !isOffer(heard);
      if (heard.body !== '' && rules.earlyDialogs === 'each' && !isSketch)
        say('P13', 'early media was lost');
      return;
    }
    const speaker = `${heard.callId} ${heard.to.tag}`;
    const former = speakers.get(told.to.tag) ?? speaker;
    if (former !== speaker) say('one answer', `a dialog has SDP of ${former} and ${speaker}`);
    speakers.set(told.to.tag, speaker);
  });
  const isMore = rules.earlyDialogs === 'first' && early.size > 1;
  if (isMore) say('one early dialog', `the caller saw ${early.size}`);
}

/** Else a caller who acknowledges it would answer what is none. [3262-5] */
const isOffer = ({ headers }: SipResponse) => headerValue(headers, 'rseq') !== undefined;

function responseToFirst(
  seen: Seen | undefined,
  side: Seen['side'],
  way: Seen['way'],
): SipResponse | undefined {
  if (seen === undefined || seen.side !== side || seen.way !== way) return undefined;
  const { message } = seen;
  if (message.kind !== 'response' || message.status <= 100) return undefined;
  const { method, number } = message.cseq;
  return method === 'INVITE' && number === 1 ? message : undefined;
}

/** No 2xx at once after SDP in the same dialog that the caller has not acknowledged. [3262-3] */
export function judgeReliable({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  const { final, cancelled } = call;
  const [first] = answersOf(call);
  if (final?.status !== 200 || !isAtOnce(final, first?.answer) || isBefore(cancelled, final))
    return;
  const owed = new Map<string, string>();
  const acknowledged = new Set<string>();
  for (const one of seen.slice(0, final.index)) {
    const { message, way, side } = one;
    const told = responseToFirst(one, 'a', 'out');
    const rseq = headerValue(message.headers, 'rseq');
    const isNew = rseq !== undefined && !acknowledged.has(rseq);
    if (told?.to.tag !== undefined && isNew && told.body !== '') owed.set(told.to.tag, rseq);
    const rack = headerValue(message.headers, 'rack')?.split(' ')[0];
    if (side !== 'a' || way !== 'in' || rack === undefined) continue;
    acknowledged.add(rack);
    if (owed.get(message.to.tag ?? '') === rack) owed.delete(message.to.tag ?? '');
  }
  if (owed.has(final.tag)) say('P12', 'it was answered before its PRACK had come');
}
