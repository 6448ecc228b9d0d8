import { never } from '../../../lib/base/never.ts';
import {
  type BranchMark,
  type Claim,
  claimId,
  type Origin,
} from '../../../lib/cluster/claims/claim.ts';
import { readClaim, readMark, writeClaim } from '../../../lib/cluster/claims/claim-text.ts';
import { encodeFrame } from '../../../lib/cluster/links/frame.ts';
import type { Subject } from '../../../lib/ports/peer-links.ts';
import { digest } from '../../../lib/sip/digest.ts';
import type { Draw } from '../draw.ts';
import { readFrame } from './frames.ts';

const NOBODY = 900;
const VERSION_AT = 4;

/** Changes what one site says to others: answers that are none, claims of sites that are none. */
export function lies(
  liar: number,
  draw: Draw,
): (bytes: Buffer, from: number, to: number) => Buffer {
  /** What the liar was asked, by who asked and the id. */
  const asked = new Map<string, { readonly subject: Subject; readonly body: string }>();
  const pick = (texts: readonly string[]) => texts[draw.between(0, texts.length)] ?? '';
  const wrong = (subject: Subject, body: string): string | undefined => {
    const claim = writeClaim(claimOf(body));
    const nonsense = ['', 'x', '[]', 'retransmission', 'joined [1,2]', 'found x', 'moved 900'];
    switch (subject) {
      case 'claim':
        return pick([...nonsense, `retransmission ${claim}`, `joined ${claim}`]);
      case 'find':
        return pick([...nonsense, `found ${claim}`]);
      case 'held':
        return pick([...nonsense, claim]);
      case 'stray':
        return undefined;
      case 'send':
        return pick(nonsense);
      case 'through':
        return pick(nonsense);
      case 'records':
        return pick(nonsense);
      default:
        return never(subject);
    }
  };
  return (bytes, from, to) => {
    const frame = readFrame(bytes);
    if (frame === undefined) return bytes;
    if (frame.kind === 'ask' && to === liar) {
      const { subject, body } = frame;
      asked.set(`${from} ${frame.id}`, { subject, body: body.toString() });
    }
    if (from !== liar || !draw.chance(0.5)) return bytes;
    const version = bytes[VERSION_AT] ?? 1;
    if (frame.kind === 'answer') {
      const question = asked.get(`${to} ${frame.id}`);
      const text = question === undefined ? undefined : wrong(question.subject, question.body);
      return text === undefined
        ? bytes
        : encodeFrame({ ...frame, body: Buffer.from(text) }, version);
    }
    if (frame.kind !== 'tell') return bytes;
    const text = wrong(frame.subject, frame.body.toString('latin1'));
    return text === undefined ? bytes : encodeFrame({ ...frame, body: Buffer.from(text) }, version);
  };
}

/** The call that is spoken of, as if a site had it that there is not. */
function claimOf(body: string): Claim {
  const known = readClaim(body);
  const mark = readMark(body);
  const name = (what: string) => digest([what, body]);
  const owner = { site: NOBODY, epoch: 1 };
  return {
    id: claimId(owner, 1),
    key: known?.key ?? mark?.key ?? (name('key') as Claim['key']),
    owner,
    serial: 1,
    branches: known?.branches ?? [mark?.branch ?? (name('branch') as BranchMark)],
    origin: known?.origin ?? mark?.origin ?? (name('origin') as Origin),
    isVerified: true,
    phase: 'answered',
    isRefused: false,
  };
}
