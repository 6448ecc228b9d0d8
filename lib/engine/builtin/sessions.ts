import type { Content } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import type { UriText } from '../../sip/ids.ts';
import type { Header, SipRequest } from '../../sip/message.ts';
import { SUPPORTED } from '../../sip/option-tags.ts';
import { sessionExpiresIn } from '../../sip/session-expires.ts';
import { answer } from './answers.ts';
import type { Core } from './core.ts';
import { type AnyDialog, type DialogB, dialogNamed, type LegA } from './legs.ts';
import { targetOf } from './proto/dialog.ts';
import { allowOn } from './proto/fence.ts';
import { agreedIn, type SessionWanted, takesUpdate, wantedBy } from './proto/session-timer.ts';
import type { ServerTransaction } from './server-transactions.ts';
import { SessionTimer } from './session-timer.ts';

/** A 2xx of ours to an INVITE or UPDATE. */
type Success = Content & { readonly contact: UriText | undefined };

/** What the far end of a dialog asks for in a request that refreshes the session. [4028-9] */
export function wantedIn(
  { limits }: Core,
  entry: AnyDialog,
  headers: readonly Header[],
): SessionWanted {
  return wantedBy(headers, entry.session?.intervalSec ?? limits.sessionExpiresSec);
}

/** We say a 2xx: the session begins, begins anew, or does not expire any more. [4028-9] */
export function acceptSession(
  core: Core,
  entry: AnyDialog,
  { terms, takesUpdate: updates }: SessionWanted,
  { contact, headers, body }: Success,
): void {
  if (terms === undefined || contact === undefined) {
    entry.session?.close();
    return;
  }
  entry.session ??= new SessionTimer(core, entry, { contact, takesUpdate: updates });
  entry.session.said({ headers, body });
  entry.session.renew(terms);
}

/** What the 2xx then says of it. */
export function sessionHeaders(entry: AnyDialog | undefined): readonly Header[] {
  return [SUPPORTED, ...(entry?.session?.says() ?? [])];
}

/** Likewise, in the answer of leg a. */
export function sessionHeadersOfA(leg: LegA | undefined, tag: string): readonly Header[] {
  return sessionHeaders(leg === undefined ? undefined : dialogNamed(leg.dialogs, tag));
}

/** The gateway has answered our INVITE. [4028-7.2] */
export function beginSessionB(core: Core, entry: DialogB, headers: readonly Header[]): void {
  const { contact, order } = entry.leg;
  const terms = agreedIn(headers);
  if (terms === undefined) return;
  entry.session = new SessionTimer(core, entry, { contact, takesUpdate: takesUpdate(headers) });
  if (order !== undefined) entry.session.said(order);
  entry.session.renew(terms);
}

/**
 * A refresh that asks for nothing else is answered here: the other leg has a timer of its own, and
 * its far end may not take an UPDATE. Answers whether it was one. [4028-9]
 */
export function refreshedByThem(
  core: Core,
  entry: AnyDialog,
  transaction: ServerTransaction,
  { method, headers, body }: SipRequest,
): boolean {
  const { session } = entry;
  const isPlain = method === 'UPDATE' && body === '' && sessionExpiresIn(headers) !== undefined;
  if (!isPlain || session?.intervalSec === undefined) return false;
  const { contact } = session;
  acceptSession(core, entry, wantedIn(core, entry, headers), { contact, headers: [], body });
  const target = targetOf(headers);
  if (target !== undefined) entry.dialog = { ...entry.dialog, target };
  answer(core, transaction, {
    status: 200,
    headers: [header('Contact', `<${contact}>`), allowOn(entry.leg), ...sessionHeaders(entry)],
  });
  return true;
}
