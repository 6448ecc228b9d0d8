import { header } from '../../../sip/header-names.ts';
import type { Header } from '../../../sip/message.ts';

/** What this engine does, on either leg and to everybody. [3261-20.5] */
export const ALLOW = header(
  'Allow',
  'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY',
);

/** Requests within a dialog whose meaning is for the far end's far end: the node carries them. */
const CARRIED: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'INFO', 'MESSAGE', 'NOTIFY']);

export function isCarried(method: string): boolean {
  return CARRIED.has(method);
}

/** Whether a Contact in the request and in its 2xx becomes the remote target. [3261-12.2.2] */
export function refreshesTarget(method: string): boolean {
  return method === 'INVITE' || method === 'UPDATE';
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
