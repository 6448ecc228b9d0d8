import { detached } from '../../base/detached.ts';
import type { OutgoingInvite } from '../../ports/sip-engine.ts';
import type { SipResponse } from '../../sip/message.ts';
import { MIN_SE_SEC, minSeIn } from '../../sip/session-expires.ts';
import type { Core } from './core.ts';
import type { LegB } from './legs.ts';
import { lingerOver } from './legs-over.ts';
import { clientKey } from './proto/match.ts';
import { INTERVALS_MAX } from './proto/session-timer.ts';
import { type InviteTerms, writeInvite } from './written-invite.ts';

/** Sends an INVITE that is a leg of its own. */
export function placeInvite(core: Core, order: OutgoingInvite): void {
  const intervalSec = core.limits.sessionExpiresSec;
  place(core, order, { number: 1, intervalSec, minSec: MIN_SE_SEC });
}

/**
 * Takes a 422 by asking once more for as long an interval as it wants; only the number and the
 * interval are new. Answers whether it did: the node hears of the last word alone. [4028-7.3]
 */
export function placeAgain(core: Core, leg: LegB, { status, headers }: SipResponse): boolean {
  const { order, phase, intervalSec, number, dialogs } = leg;
  const isWanted =
    phase.tag === 'calling' ? phase.cancel === undefined : phase.tag === 'proceeding';
  if (status !== 422 || order === undefined || !isWanted || dialogs.length > 0) return false;
  const minSec = minSeIn(headers);
  const isMore = intervalSec > 0 && minSec > intervalSec;
  if (!isMore || number >= INTERVALS_MAX) return false;
  leg.order = undefined;
  lingerOver(core, leg);
  place(core, order, { number: number + 1, intervalSec: minSec, minSec });
  return true;
}

function place(core: Core, order: OutgoingInvite, terms: InviteTerms): void {
  const { wire, branch, invite, contact, bytes } = writeInvite(core, order, terms);
  const leg: LegB = {
    side: 'b',
    id: order.leg,
    tag: order.tag,
    callId: order.callId,
    flow: { wire, to: order.nextHop },
    uri: invite.uri,
    from: detached(order.from),
    number: invite.number,
    invite,
    isOffered: order.body === '',
    mayTransfer: order.mayTransfer,
    contact,
    intervalSec: terms.intervalSec,
    order,
    clientKey: clientKey(branch, 'INVITE'),
    phase: { tag: 'calling', cancel: undefined },
    dialogs: [],
  };
  core.legsB.set(leg.id, leg);
  core.clients.invite(leg, bytes);
}
