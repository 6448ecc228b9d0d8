import { never } from '../../lib/base/never.ts';
import { plainText } from '../../lib/observe/read/plain-text.ts';
import type { Address } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipResponse } from '../../lib/sip/message.ts';
import { contactOf, type Seen } from './seen-messages.ts';

/** What a test call came to. */
export type Verdict =
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'stayed'; readonly contact: string | undefined }
  /** Some of our later requests went to the address that was dialled, and some did not. */
  | { readonly kind: 'torn' }
  | { readonly kind: 'refused'; readonly said: string; readonly warning: string | undefined }
  | { readonly kind: 'unanswered'; readonly why: 'timeout' | 'interrupted' };

/** How the caller's side of it went, as far as the messages do not show it. */
export type Course = 'answered' | 'refused' | 'timeout' | 'interrupted';

/** Judges by where our ACK and BYE really went, not by what anybody said. */
export function judgeCall(seen: readonly Seen[], dialled: Address, course: Course): Verdict {
  switch (course) {
    case 'timeout':
    case 'interrupted':
      return { kind: 'unanswered', why: course };
    case 'refused':
      return refusal(finalOf(seen));
    case 'answered': {
      const later = seen.filter(isLater);
      const there = later.filter(({ far }) => far.address === dialled.address);
      const elsewhere = later.find(({ far }) => far.address !== dialled.address);
      if (elsewhere === undefined) {
        const final = finalOf(seen);
        return { kind: 'stayed', contact: final === undefined ? undefined : contactOf(final) };
      }
      if (there.length > 0) return { kind: 'torn' };
      return { kind: 'moved', from: dialled.address, to: elsewhere.far.address };
    }
    default:
      return never(course);
  }
}

export function verdictLine(verdict: Verdict, dialled: Address): string {
  switch (verdict.kind) {
    case 'moved':
      return `moved off anycast: ${verdict.from} -> ${verdict.to}`;
    case 'stayed': {
      const contact = verdict.contact ?? 'missing';
      return `stayed on anycast: ACK and BYE went to ${dialled.address} (Contact is ${contact})`;
    }
    case 'torn':
      return `half on anycast: some of ACK and BYE went to ${dialled.address}, some elsewhere`;
    case 'refused': {
      const { said, warning } = verdict;
      return `refused: ${said}${warning === undefined ? '' : `; Warning: ${plainText(warning)}`}`;
    }
    case 'unanswered':
      return verdict.why === 'timeout'
        ? 'nobody answered in time; the call was given up'
        : 'interrupted; the call was given up';
    default:
      return never(verdict);
  }
}

/** The final response to our INVITE that counted: the first one. */
export function finalOf(seen: readonly Seen[]): SipResponse | undefined {
  for (const { direction, message } of seen) {
    if (direction !== 'in' || message?.kind !== 'response') continue;
    if (message.cseq.method === 'INVITE' && message.status >= 200) return message;
  }
  return undefined;
}

function refusal(final: SipResponse | undefined): Verdict {
  if (final === undefined) return { kind: 'refused', said: 'no answer came', warning: undefined };
  const said = plainText(`${final.status} ${final.reason}`);
  return { kind: 'refused', said, warning: headerValue(final.headers, 'warning') };
}

/** A request of ours inside the dialog. */
function isLater({ direction, message }: Seen): boolean {
  if (direction !== 'out' || message?.kind !== 'request') return false;
  return message.method === 'ACK' || message.method === 'BYE';
}
