import type { Claimed } from '../../../lib/ports/ownership.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parseVia } from '../../../lib/sip/via.ts';
import { someInvite } from '../guard/some-invite.ts';

export const invite = (callId = 'one') => someInvite({ callId });
export const withBranch = (request: SipRequest, branch: string): SipRequest => ({
  ...request,
  via: parseVia(`SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK${branch}`) ?? request.via,
});
export const cancelOf = (request: SipRequest): SipRequest => ({ ...request, method: 'CANCEL' });
export const from = (message: SipRequest, source = '203.0.113.7') => ({
  message,
  source,
  isVerified: false,
});
export const said = (claimed: Claimed) =>
  'owner' in claimed ? `${claimed.kind} of ${claimed.owner.site}` : claimed.kind;
