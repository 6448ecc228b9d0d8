import { NO_OCTETS } from '../../base/brands.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Core } from './core.ts';
import type { LegA } from './legs.ts';
import { respond } from './respond.ts';
import type { InviteServer } from './server-transactions.ts';

/**
 * Makes the INVITE of a leg one more of an older leg: it gets what that one has been told, and what
 * it will be told. The leg itself is gone then. Answers whether the older one could be joined.
 */
export function joinA(core: Core, leg: LegA, older: LegA): boolean {
  if (leg === older || leg.phase.tag !== 'pending') return false;
  const { said, phase } = older;
  const [transaction] = leg.phase.transactions;
  if (transaction === undefined || (phase.tag !== 'pending' && said === undefined)) return false;
  core.legsA.delete(leg.id);
  transaction.leg = older;
  if (phase.tag === 'pending') {
    older.phase = { ...phase, transactions: [...phase.transactions, transaction] };
  }
  if (said === undefined) return true;
  const copies = respond(core, transaction, said);
  if (older.dialogs.some(({ state }) => state.tag === 'answered')) older.copies.push(...copies);
  return true;
}

/**
 * Takes the CANCEL of one INVITE of several: that one alone is over. Answers whether the caller
 * still waits on another; else the CANCEL is meant for the call. [3261-9.2]
 */
export function withdrawOne(core: Core, leg: LegA, cancelled: InviteServer): boolean {
  const { phase } = leg;
  if (phase.tag !== 'pending') return false;
  const transactions = phase.transactions.filter((one) => one !== cancelled);
  if (transactions.length === phase.transactions.length) return true;
  if (transactions.length === 0) return false;
  leg.phase = { ...phase, transactions };
  respond(core, cancelled, {
    status: 487,
    reason: reasonPhrase(487),
    tag: leg.dialogs[0]?.dialog.localTag ?? core.serials.tag(),
    contact: undefined,
    headers: [],
    body: NO_OCTETS,
  });
  return true;
}
