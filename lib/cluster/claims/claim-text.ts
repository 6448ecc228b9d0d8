import type { ClaimKey } from '../../sip/claim-key.ts';
import { EPOCH_MAX, SITE_MAX } from '../../sip/owner-token.ts';
import { isWithin, listIn } from '../json-list.ts';
import {
  BRANCHES_MAX,
  type BranchMark,
  type Claim,
  claimId,
  type Mark,
  type Origin,
  PHASES,
} from './claim.ts';

/** SHA-256 in base64: what else stands there is a name of its own, as any digest is. */
const DIGEST_CHARS = 44;
const SERIAL_MAX = Number.MAX_SAFE_INTEGER;

/** JSON, so that a newer version may say more: what is not known is left. */
export function writeClaim(claim: Claim): string {
  const { key, owner, serial, branches, origin, isVerified, phase, isRefused } = claim;
  return JSON.stringify([
    key,
    owner.site,
    owner.epoch,
    serial,
    branches,
    origin,
    isVerified,
    phase,
    isRefused,
  ]);
}

/** Undefined: it is no claim, whoever wrote it. */
export function readClaim(text: string): Claim | undefined {
  const [key, site, epoch, serial, branches, origin, isVerified, phase, isRefused] = listIn(text);
  if (!isDigest(key) || !isDigest(origin) || typeof isVerified !== 'boolean') return undefined;
  if (!isWithin(site, SITE_MAX) || !isWithin(epoch, EPOCH_MAX)) return undefined;
  if (!isWithin(serial, SERIAL_MAX) || !Array.isArray(branches)) return undefined;
  const known = PHASES.find((one) => one === phase);
  const isFew = branches.length > 0 && branches.length <= BRANCHES_MAX;
  if (known === undefined || !isFew || !branches.every(isDigest)) return undefined;
  const owner = { site, epoch };
  return {
    id: claimId(owner, serial),
    key: key as ClaimKey,
    owner,
    serial,
    branches: branches as BranchMark[],
    origin: origin as Origin,
    isVerified,
    phase: known,
    isRefused: isRefused === true,
  };
}

export function writeMark({ key, branch, origin, isVerified }: Mark): string {
  return JSON.stringify([key, branch, origin, isVerified]);
}

export function readMark(text: string): Mark | undefined {
  const [key, branch, origin, isVerified] = listIn(text);
  if (!isDigest(key) || !isDigest(branch) || !isDigest(origin)) return undefined;
  if (typeof isVerified !== 'boolean') return undefined;
  return {
    key: key as ClaimKey,
    branch: branch as BranchMark,
    origin: origin as Origin,
    isVerified,
  };
}

const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && value.length === DIGEST_CHARS;
