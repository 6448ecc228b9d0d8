import type { TransferPlan } from './transfers.ts';
import type { WithinPlan } from './within.ts';

/** What a gateway does with one INVITE; drawn from the seed. */
export type GatewayPlan = {
  /** Nothing at all is said before this. */
  readonly wakesMs: number;
  readonly says100: boolean;
  readonly rings: boolean;
  /** It rings with media of its own. */
  readonly earlyMedia: boolean;
  /** That is said until it is acknowledged, where the INVITE allows it. */
  readonly ringsReliably?: boolean;
  /** The final answer, this long after waking; absent: none ever. */
  readonly final: { readonly afterMs: number; readonly status: number } | undefined;
  /** A second 2xx of another device behind it. */
  readonly answersTwice: boolean;
  /** It hangs up this long after its 2xx. */
  readonly talkMs: number | undefined;
  readonly within: WithinPlan;
  /** Has the call transferred, if it answers. */
  readonly transfer?: TransferPlan | undefined;
  /** Says SDP that nobody else says. */
  readonly hasOwnSdp?: boolean;
};
