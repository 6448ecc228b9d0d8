import { hungUpByThemA } from './answered-a.ts';
import { type Answer, abilitiesOn, answer, notAllowedOn, refuseForLackOfRoom } from './answers.ts';
import type { Arrival } from './arrival.ts';
import { askedByThem } from './asked.ts';
import type { Core } from './core.ts';
import { acknowledgedEarlyA, answerNow } from './leg-a.ts';
import { hungUpByThemB } from './leg-b.ts';
import { type AnyDialog, isOver } from './legs.ts';
import { inOrder } from './proto/dialog.ts';
import { isCarried } from './proto/fence.ts';
import { roomInDialog } from './room.ts';

/** Serves a request in a dialog, whatever its Request-URI and Route say. [3261-12.2.2] */
export function serveInDialog(core: Core, entry: AnyDialog, key: string, arrival: Arrival): void {
  const room = roomInDialog(core);
  if (room === undefined) {
    refuseForLackOfRoom(core, arrival);
    return;
  }
  const { request, wire, receivedOn } = arrival;
  const { method, cseq } = request;
  const transaction = core.servers.begin(key, request, wire, receivedOn.source, room);
  if (isOver(entry)) {
    answer(core, transaction, { status: method === 'BYE' && hasHungUp(entry) ? 200 : 481 });
    return;
  }
  const dialog = inOrder(entry.dialog, cseq.number);
  if (dialog === undefined) {
    answer(core, transaction, { status: 500 });
    return;
  }
  if (entry.side === 'a' && dialog !== entry.dialog) {
    entry.leg.flow = { wire, to: receivedOn.source };
  }
  entry.dialog = dialog;
  switch (method) {
    case 'BYE':
      answer(core, transaction, { status: 200 });
      if (entry.side === 'a') {
        answerNow(core, entry.leg);
        hungUpByThemA(core, entry, arrival);
      } else hungUpByThemB(core, entry, arrival);
      return;
    case 'PRACK':
      if (entry.side === 'a') acknowledgedEarlyA(core, entry, transaction, arrival);
      else answer(core, transaction, { status: 481 });
      return;
    case 'OPTIONS':
      answer(core, transaction, abilitiesOn(entry.leg));
      return;
    default:
      if (isCarried(method, entry.leg)) askedByThem(core, entry, transaction, arrival);
      else decline(notAllowedOn(entry.leg));
  }

  function decline(what: Answer): void {
    answer(core, transaction, what);
    const event = { on: 'declined', method, status: what.status, receivedOn } as const;
    core.news.push({ what: 'leg', leg: entry.leg.id, event });
  }
}

/** Their BYE crosses ours: both are right. */
function hasHungUp({ state }: AnyDialog): boolean {
  return state.tag === 'ended' && state.by === 'us';
}
