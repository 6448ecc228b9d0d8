import { header } from './header-names.ts';
import { headerValue } from './headers.ts';
import type { Header } from './message.ts';
import { REL100, requires, supports } from './option-tags.ts';

const RSEQ_MAX = 2 ** 32 - 1;
/** Where the numbers of a call begin at the highest. [3262-3] */
export const FIRST_RSEQ_MAX = 2 ** 31 - 1;

/** Whether a far end takes provisional responses reliably, or wants no other ones. [3262-3] */
export type Reliability = 'no' | 'supported' | 'required';

export function reliabilityOf(headers: readonly Header[]): Reliability {
  if (requires(headers, REL100)) return 'required';
  return supports(headers, REL100) ? 'supported' : 'no';
}

/** The RSeq of a reliable provisional response; undefined: it is none. [3262-7.1] */
export function rseqOf(headers: readonly Header[]): number | undefined {
  if (!requires(headers, REL100)) return undefined;
  return numberIn(headerValue(headers, 'rseq'));
}

/** What such a response says beside what every one says. [3262-3] */
export function reliableHeaders(rseq: number): readonly Header[] {
  return [header('Require', REL100), header('RSeq', `${rseq}`)];
}

/** Which response a PRACK acknowledges. [3262-7.2] */
export type RAck = { readonly rseq: number; readonly cseq: number; readonly method: string };

/** Undefined: there is none that could be read. */
export function rackOf(headers: readonly Header[]): RAck | undefined {
  const [, first, second, method] =
    /^(\d+)\s+(\d+)\s+(\S+)$/.exec(headerValue(headers, 'rack')?.trim() ?? '') ?? [];
  const rseq = numberIn(first);
  const cseq = numberIn(second, 0);
  if (rseq === undefined || cseq === undefined || method === undefined) return undefined;
  return { rseq, cseq, method };
}

export function rackHeader({ rseq, cseq, method }: RAck): Header {
  return header('RAck', `${rseq} ${cseq} ${method}`);
}

function numberIn(text: string | undefined, least = 1): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text.trim())) return undefined;
  const number = Number(text);
  return number >= least && number <= RSEQ_MAX ? number : undefined;
}
