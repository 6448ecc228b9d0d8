import { octetsOfText } from '../base/brands.ts';
import { header } from '../sip/header-names.ts';
import { headerValue } from '../sip/headers.ts';
import { requestId } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { Effect } from './effects.ts';
import type { DialogName } from './state.ts';
import { ownAsk } from './states/asks.ts';

/** The name of each such NOTIFY; nothing hangs on its answer. */
export const REFER_NEWS = requestId('refer-news');
/** How long a subscription that nobody refreshes could last: a gateway may ring for so long. */
const EXPIRES_SEC = 180;

/** The number of a REFER, by which its sender knows what a NOTIFY is about. [3515-2.4.4] */
export function numberOf(headers: readonly Header[]): number {
  return Number.parseInt(headerValue(headers, 'cseq') ?? '', 10);
}

/** What a REFER has come to so far; a final status is the last that is told. [3515-2.4.5] */
export function tellReferrer(
  dialog: DialogName,
  refer: number,
  status: number,
  reason: string,
): Effect {
  const isOver = status >= 200;
  const state = isOver ? 'terminated;reason=noresource' : `active;expires=${EXPIRES_SEC}`;
  return ownAsk(dialog, {
    request: REFER_NEWS,
    method: 'NOTIFY',
    headers: [
      header('Event', `refer;id=${refer}`),
      header('Subscription-State', state),
      header('Content-Type', 'message/sipfrag;version=2.0'),
    ],
    body: octetsOfText(`SIP/2.0 ${status} ${reason}\r\n`),
  });
}
