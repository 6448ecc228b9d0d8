import type { Claim } from './claim.ts';

/** Where claims outlive the process. Nothing ever waits for it. */
export interface ClaimStore {
  /** Never throws; what cannot be kept is counted. */
  keep(claim: Claim): void;
  /** Hands over what is kept, in any order, as far as it can be read; it never rejects. */
  load(onClaim: (claim: Claim) => void): Promise<void>;
  close(): Promise<void>;
}
