import type { OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import type { Core } from './core.ts';
import { sendErrand, waysOf } from './errand.ts';
import type { AnyDialog } from './legs.ts';
import { inviteWithin } from './re-inviting.ts';
import { headersWithin, tellFailure, tellReply } from './replies.ts';

/** Sends a request of the node's within a dialog. */
export function askByUs(core: Core, entry: AnyDialog, order: OutgoingDialogRequest): void {
  const { method, request } = order;
  if (entry.state.tag === 'early' || entry.state.tag === 'ended') {
    tellFailure(core, entry, request, 481);
  } else if (method === 'INVITE') inviteWithin(core, entry, order);
  else {
    const headers = headersWithin(entry, order);
    const { body, maxForwards } = order;
    const what = { method, headers, body, maxForwards };
    sendErrand(core, entry, waysOf(core, entry), what, (outcome) => {
      if (outcome === 'timeout') tellFailure(core, entry, request, 408);
      else if (outcome === 'transport') tellFailure(core, entry, request, 503);
      else tellReply(core, entry, request, method, outcome);
    });
  }
}
