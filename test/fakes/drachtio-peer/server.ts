import type { World } from '../../../lib/base/time.ts';
import type { Ledger } from './ledger.ts';
import type { SipSide } from './sip-side.ts';

/** What the parts of one peer share. */
export type Server = {
  readonly world: World;
  readonly side: SipSide;
  readonly ledger: Ledger;
};
