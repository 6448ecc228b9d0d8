import { header } from '../sip/header-names.ts';
import { headerValue } from '../sip/headers.ts';
import type { Header } from '../sip/message.ts';

/** What `Priority` says where a PSAP calls somebody back. It is one value (RFC 7090). */
const MARK = 'psap-callback';

/** Whether an INVITE says that it calls back who made an emergency call. */
export function isMarkedAsCallback(headers: readonly Header[]): boolean {
  return headerValue(headers, 'priority')?.trim().toLowerCase() === MARK;
}

/** Says it, in place of any other priority. */
export function markedAsCallback(headers: readonly Header[]): readonly Header[] {
  if (isMarkedAsCallback(headers)) return headers;
  return [...headers.filter(({ name }) => name !== 'priority'), header('Priority', MARK)];
}

/** Takes it back: what nobody has verified must not be believed further on (RFC 7090). */
export function withoutCallbackMark(headers: readonly Header[]): readonly Header[] {
  if (!isMarkedAsCallback(headers)) return headers;
  return headers.filter(({ name }) => name !== 'priority');
}
