import { NO_OCTETS } from '../../base/brands.ts';
import type { OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import type { RequestId } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Core } from './core.ts';
import { type AnyDialog, nameOf } from './legs.ts';
import { targetOf } from './proto/dialog.ts';
import { allowOn, fenced, refreshesSession, refreshesTarget } from './proto/fence.ts';

/** What a request of the node's within a dialog says beside what every one says. */
export function headersWithin(
  { leg, session }: AnyDialog,
  order: OutgoingDialogRequest,
): readonly Header[] {
  const { method, contact, headers } = order;
  const own = refreshesTarget(method) ? [header('Contact', `<${contact}>`)] : [];
  if (refreshesSession(method)) own.push(allowOn(leg), ...(session?.asks(order) ?? []));
  return [...own, ...fenced(headers)];
}

/** An answer, or a provisional to an INVITE. A 2xx names the target anew. [3261-12.2.1.2] */
export function tellReply(
  core: Core,
  entry: AnyDialog,
  request: RequestId,
  method: string,
  response: SipResponse,
): void {
  const { status, reason, headers, body } = response;
  const isSuccess = status >= 200 && status < 300;
  const target = isSuccess && refreshesTarget(method) ? targetOf(headers) : undefined;
  if (target !== undefined) entry.dialog = { ...entry.dialog, target };
  if (refreshesSession(method) && entry.session?.onReply(request, response)) return;
  const tag = nameOf(entry);
  const event = { on: 'replied', request, status, reason, tag, headers, body } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
}

/** None came, or none could: the node hears the status that stands for it. */
export function tellFailure(
  core: Core,
  entry: AnyDialog,
  request: RequestId,
  status: number,
): void {
  if (entry.session?.onSilence(request, status)) return;
  const tag = nameOf(entry);
  const reason = reasonPhrase(status);
  const nothing = { headers: [], body: NO_OCTETS };
  const event = { on: 'replied', request, status, reason, tag, ...nothing } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
}
