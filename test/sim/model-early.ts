import type { SipResponse } from '../../lib/sip/message.ts';
import type { Complain, Rules } from './model.ts';
import type { Seen, Witnessed } from './witness.ts';

/**
 * To the caller a dialog holds one callee's SDP; a callee's early media reaches it, unless it copes
 * with one early dialog only: then it sees no other. [3261-13.2.2.4]
 */
export function judgeEarly({ seen }: Witnessed, rules: Rules, say: Complain): void {
  const speakers = new Map<string, string>();
  const early = new Set<string>();
  seen.forEach((one, index) => {
    const told = responseToFirst(one, 'a', 'out');
    const heard = responseToFirst(seen[index - 1], 'b', 'in');
    if (told?.to.tag === undefined || told.status >= 300) return;
    if (told.status < 200) early.add(told.to.tag);
    if (heard?.status !== told.status || seen[index - 1]?.atMs !== one.atMs) return;
    if (told.body === '') {
      if (heard.body !== '' && rules.earlyDialogs === 'each') say('P13', 'early media was lost');
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
