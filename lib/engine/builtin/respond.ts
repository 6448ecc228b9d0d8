import { NO_OCTETS } from '../../base/brands.ts';
import { header } from '../../sip/header-names.ts';
import { reliableHeaders } from '../../sip/rel100.ts';
import { MIN_SE_SEC, minSe } from '../../sip/session-expires.ts';
import type { Core } from './core.ts';
import type { Copy, Said } from './legs.ts';
import type { ReplyWith } from './proto/compose.ts';
import { allowOn, fenced } from './proto/fence.ts';
import type { InviteServer } from './server-transactions.ts';
import { sessionHeadersOfA } from './sessions.ts';

/** What the engine says to every INVITE before anybody else does. [3261-17.2.1] */
export const TRYING: ReplyWith = {
  status: 100,
  reason: 'Trying',
  tag: undefined,
  formsDialog: false,
  headers: [],
  body: NO_OCTETS,
};

/** Gives the response on one INVITE of the leg; answers what was sent, none after a final one. */
export function respond(core: Core, transaction: InviteServer, response: Said): readonly Copy[] {
  const { status, reason, tag, contact, body, rseq } = response;
  const formsDialog = status < 300;
  const own = contact === undefined ? [] : [header('Contact', `<${contact}>`)];
  if (formsDialog && status >= 200) {
    own.push(allowOn(response), ...sessionHeadersOfA(transaction.leg, tag));
  }
  if (rseq !== undefined) own.push(...reliableHeaders(rseq));
  if (status === 422) own.push(minSe(MIN_SE_SEC));
  const bytes = core.servers.respond(transaction, {
    status,
    reason,
    tag,
    formsDialog,
    headers: [...own, ...fenced(response.headers)],
    body,
  });
  const { wire, to } = transaction;
  return bytes === undefined ? [] : [{ bytes, flow: { wire, to } }];
}
