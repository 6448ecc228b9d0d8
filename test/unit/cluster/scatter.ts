import type { ClaimId } from '../../../lib/ports/ownership.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parseVia } from '../../../lib/sip/via.ts';
import type { VirtualCluster } from '../../support/virtual-cluster.ts';
import { someInvite } from '../guard/some-invite.ts';

export const arrival = (callId = 'one', branch = '1') => ({
  message: withBranch(someInvite({ callId }), branch),
  source: '203.0.113.7',
  isVerified: false,
});

export function withBranch(request: SipRequest, branch: string): SipRequest {
  const via = parseVia(`SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK${branch}`) ?? request.via;
  return { ...request, via };
}

export type Living = { readonly site: number; readonly claim: ClaimId };

/** The INVITE comes to these sites at these moments; answers who has taken the call. */
export async function scatter(
  cluster: VirtualCluster,
  copies: readonly (readonly [site: number, atMs: number])[],
  callId = 'one',
): Promise<readonly Living[]> {
  const taken: Living[] = [];
  const since = cluster.time.nowMs;
  for (const [site, atMs] of copies) {
    cluster.time.at(since + atMs, () => {
      void cluster
        .at(site)
        .ownership.claim(arrival(callId))
        .then((claimed) => {
          if (claimed.kind === 'new') taken.push({ site, claim: claimed.claim });
        });
    });
  }
  await cluster.pass(Math.max(...copies.map(([, atMs]) => atMs)) + 100, 1);
  return taken;
}

export const living = (cluster: VirtualCluster, taken: readonly Living[]) =>
  taken.filter(({ site, claim }) => !cluster.at(site).yielded.some((one) => one.claim === claim));
