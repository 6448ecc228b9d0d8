import type { Explanation } from '../../lib/node/gateway-view.ts';

/** What a node without gateways and routes would explain. */
export const NO_PLAN: Explanation = {
  asked: 'sip:112@landfall.invalid',
  trunk: undefined,
  match: undefined,
  group: undefined,
  emergency: false,
  refusal: undefined,
  order: [],
};
