import type { Brand } from '../base/brands.ts';
import { digest } from './digest.ts';
import type { SipRequest } from './message.ts';

/** What all INVITEs of one call attempt share, whichever way each of them came. */
export type ClaimKey = Brand<string, 'ClaimKey'>;

/** Of one length whatever a stranger writes: a map of these stays small. [3261-8.2.2.2] */
export function claimKey(invite: SipRequest): ClaimKey {
  return digest(attemptOf(invite)) as ClaimKey;
}

/** The texts that all INVITEs of one call attempt share. [3261-8.2.2.2] */
export function attemptOf({ callId, from, cseq }: SipRequest): readonly string[] {
  return [callId, from.tag ?? '', `${cseq.number}`];
}
