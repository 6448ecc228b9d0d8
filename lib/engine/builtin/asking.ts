import type { OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import type { Header } from '../../sip/message.ts';
import { rackHeader } from '../../sip/rel100.ts';
import type { Core } from './core.ts';
import { sendErrand, waysOf } from './errand.ts';
import { type AnyDialog, isOver } from './legs.ts';
import { refreshesSession } from './proto/fence.ts';
import { inviteWithin } from './re-inviting.ts';
import { headersWithin, tellFailure, tellReply } from './replies.ts';

/** Sends a request of the node's within a dialog; `tries` is how often it has gone with this. */
export function askByUs(
  core: Core,
  entry: AnyDialog,
  order: OutgoingDialogRequest,
  tries = 1,
): void {
  const { method, request } = order;
  const isEarlyInvite = entry.state.tag === 'early' && method === 'INVITE';
  if (isOver(entry) || isEarlyInvite) tellFailure(core, entry, request, 481);
  else if (method === 'INVITE') inviteWithin(core, entry, order);
  else {
    const headers = [...rackOf(entry, method), ...headersWithin(entry, order)];
    const { body, maxForwards } = order;
    const what = { method, headers, body, maxForwards };
    sendErrand(core, entry, waysOf(core, entry), what, (outcome) => {
      if (outcome === 'timeout') tellFailure(core, entry, request, 408);
      else if (outcome === 'transport') tellFailure(core, entry, request, 503);
      else if (refreshesSession(method) && entry.session?.wantsMore(outcome, tries)) {
        askByUs(core, entry, order, tries + 1);
      } else tellReply(core, entry, request, method, outcome);
    });
  }
}

/** A PRACK of the node's is for the offer that waits for one. [3262-4] */
function rackOf(entry: AnyDialog, method: string): Header[] {
  if (entry.side === 'a' || method !== 'PRACK' || entry.rack === undefined) return [];
  return [rackHeader(entry.rack)];
}
