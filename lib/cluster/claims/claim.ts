import type { Brand } from '../../base/brands.ts';
import type { Arrival, ClaimId, Owner } from '../../ports/ownership.ts';
import { type ClaimKey, claimKey } from '../../sip/claim-key.ts';
import { digest } from '../../sip/digest.ts';
import type { SipMessage, SipRequest } from '../../sip/message.ts';

/** A branch, of one length whatever a stranger writes. */
export type BranchMark = Brand<string, 'BranchMark'>;
/** A trunk or an address, of one length. */
export type Origin = Brand<string, 'Origin'>;

/** How far the call is, as its owner says. Only the first two are told apart by time alone. */
export const PHASES = ['claiming', 'dialing', 'ringing', 'answered', 'failed'] as const;
export type Phase = (typeof PHASES)[number];

/** That a site has the call of an INVITE. */
export type Claim = {
  /** Of its owner and serial. */
  readonly id: ClaimId;
  readonly key: ClaimKey;
  readonly owner: Owner;
  /** Counts the claims of that start of the owner. */
  readonly serial: number;
  /** Of the INVITEs of this call that came to the owner, the first one first. */
  readonly branches: readonly BranchMark[];
  readonly origin: Origin;
  readonly isVerified: boolean;
  readonly phase: Phase;
  /** It has failed, and its caller knows: another site has nothing to add to that. */
  readonly isRefused: boolean;
};

/** What an INVITE or a CANCEL is known by. */
export type Mark = Pick<Claim, 'key' | 'origin' | 'isVerified'> & { readonly branch: BranchMark };

export const BRANCHES_MAX = 8;
/** How long a call may wait for what other sites say of it. */
export const CLAIM_BUDGET_MS = 30;

export function markOf({ message, source, isVerified }: Arrival): Mark {
  return {
    key: claimKey(message),
    branch: branchMark(message),
    origin: digest([isVerified ? 'trunk' : 'address', source]) as Origin,
    isVerified,
  };
}

function branchMark({ via }: SipMessage | SipRequest): BranchMark {
  const { host, port, branch = '' } = via;
  return digest([host.toLowerCase(), `${port ?? ''}`, branch]) as BranchMark;
}

export function claimId({ site, epoch }: Owner, serial: number): ClaimId {
  return `${site}.${epoch}.${serial}` as ClaimId;
}

export function firstClaim(
  { key, branch, origin, isVerified }: Mark,
  owner: Owner,
  serial: number,
): Claim {
  const started = { phase: 'claiming', isRefused: false } as const;
  const id = claimId(owner, serial);
  return { id, key, owner, serial, branches: [branch], origin, isVerified, ...started };
}

export const isFinal = ({ phase }: Claim) => phase === 'answered' || phase === 'failed';

/** Another site has its call. */
export const hasYielded = ({ phase, isRefused }: Claim) => phase === 'failed' && !isRefused;

/** What two sites know of one claim, put together: a call never goes back. */
export function merge(known: Claim, told: Claim): Claim {
  const isFurther = PHASES.indexOf(told.phase) > PHASES.indexOf(known.phase);
  const phase = isFurther && !isFinal(known) ? told.phase : known.phase;
  const isRefused = phase === 'failed' && (known.isRefused || told.isRefused);
  const branches = mergedBranches(known.branches, told.branches);
  return phase === known.phase && isRefused === known.isRefused && branches === known.branches
    ? known
    : { ...known, phase, isRefused, branches };
}

/** As a rule there is one, and both know it. */
function mergedBranches(known: Claim['branches'], told: Claim['branches']): Claim['branches'] {
  const fresh = told.filter((branch) => !known.includes(branch));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, BRANCHES_MAX);
}

/** Whether one INVITE has come to both. */
export function sharesInvite(one: Claim, other: Claim): boolean {
  return one.branches.some((branch) => other.branches.includes(branch));
}

/** Whether two claims are of one call: as a stranger's from elsewhere is not. [3261-8.2.2.2] */
export function isSameCall(one: Claim, other: Claim): boolean {
  if (one.key !== other.key) return false;
  return one.origin === other.origin || sharesInvite(one, other);
}
