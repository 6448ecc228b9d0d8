import type { AdminParts } from '../../apps/sbc/admin-pages.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import type { Explanation } from '../../lib/node/gateway-view.ts';
import type { RecentCalls } from '../../lib/observe/recent-calls.ts';
import { openAllSites } from '../../lib/observe/sites/all-sites.ts';
import { NO_NODES } from './no-nodes.ts';

/** What the admin pages show of a site that is the only one, and that has these calls alone. */
export function quietAdmin(recent: RecentCalls): AdminParts {
  const own = { site: 'sto', epoch: 7 };
  return {
    recent,
    allSites: openAllSites({ world: realWorld(), recent, own, links: () => undefined }),
    sink: { note: () => undefined },
    metricsText: async () => '',
    readiness: () => ({ ready: true, why: '' }),
    reload: () => ({ kind: 'taken', changes: [] }),
    gateways: () => [],
    nodes: async () => NO_NODES,
    explain: () => NO_PLAN,
  };
}

/** What a node without gateways and routes would explain. */
const NO_PLAN: Explanation = {
  asked: 'sip:112@landfall.invalid',
  trunk: undefined,
  match: undefined,
  group: undefined,
  emergency: false,
  refusal: undefined,
  order: [],
};
