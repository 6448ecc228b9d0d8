import type { NodesView } from '../../apps/sbc/nodes-view.ts';

/** A site that is the only one. */
export const NO_NODES: NodesView = {
  own: { site: 'sto', number: 1, epoch: 7 },
  peers: [],
  claims: { owned: 0, held: 0, buried: 0 },
  strays: {},
};
