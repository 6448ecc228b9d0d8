import { header } from '../../../sip/header-names.ts';
import type { Header } from '../../../sip/message.ts';

const METHODS =
  'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY';

/** What this engine does, on either leg and to everybody. [3261-20.5] */
export const ALLOW = header('Allow', METHODS);
const ALLOW_REFER = header('Allow', `${METHODS}, REFER`);

/** A leg whose far end may send REFER. Absent: it may not. */
export type Transferable = { readonly mayTransfer?: boolean | undefined };

export function allowOn({ mayTransfer }: Transferable): Header {
  return mayTransfer === true ? ALLOW_REFER : ALLOW;
}

/** Requests within a dialog whose meaning is for the far end's far end: the node carries them. */
const CARRIED: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'INFO',
  'MESSAGE',
  'SUBSCRIBE',
  'NOTIFY',
]);

export function isCarried(method: string, leg: Transferable): boolean {
  return CARRIED.has(method) || (method === 'REFER' && leg.mayTransfer === true);
}

/** Whether what the method and its 2xx say of the session counts. [4028-9] */
export function refreshesSession(method: string): boolean {
  return method === 'INVITE' || method === 'UPDATE';
}

const NAMES_TARGET: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
]);

/** Whether a Contact in the request and in its 2xx becomes the remote target. [3261-12.2.2] */
export function refreshesTarget(method: string): boolean {
  return NAMES_TARGET.has(method);
}

/**
 * Headers that are the engine's own: those of the message's way and dialog, and those that name an
 * extension. An extension that is not built must not be promised, whoever asks for it.
 */
const OWN: ReadonlySet<string> = new Set([
  'via',
  'route',
  'record-route',
  'max-forwards',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
  'allow',
  'supported',
  'require',
  'proxy-require',
  'session-expires',
  'min-se',
  'rseq',
  'rack',
]);

/** The headers that may be added to a message of ours. */
export function fenced(headers: readonly Header[]): readonly Header[] {
  return headers.some(isOwn) ? headers.filter((line) => !isOwn(line)) : headers;
}

function isOwn({ name }: Header): boolean {
  return OWN.has(name);
}
