import { type SipCallId, sipCallId, type Tag, tagOf, type UriText, uriText } from './ids.ts';
import { paramValue, readParams } from './params.ts';
import { parseUri, unescaped } from './uri.ts';

/** The dialog whose place an INVITE is to take, as who gets the INVITE sees it. [3891-6.1] */
export type Replaces = {
  readonly callId: SipCallId;
  readonly localTag: Tag;
  readonly remoteTag: Tag;
  /** Only as long as that dialog is early. */
  readonly isEarlyOnly: boolean;
};

/** Undefined: it names no dialog. */
export function readReplaces(value: string): Replaces | undefined {
  const { list, at } = readParams(value, 0);
  const callId = value.slice(0, at).trim();
  const local = paramValue(list, 'to-tag');
  const remote = paramValue(list, 'from-tag');
  if (callId === '' || local === undefined || remote === undefined) return undefined;
  const isEarlyOnly = list.some(({ name }) => name === 'early-only');
  const tags = { localTag: tagOf(local), remoteTag: tagOf(remote) };
  return { callId: sipCallId(callId), ...tags, isEarlyOnly };
}

export function writeReplaces({ callId, localTag, remoteTag, isEarlyOnly }: Replaces): string {
  const early = isEarlyOnly ? ';early-only' : '';
  return `${callId};to-tag=${localTag};from-tag=${remoteTag}${early}`;
}

/** What a URI that somebody is referred to says of Replaces. [3261-19.1.1] */
export function replacesIn(text: UriText): Replaces | undefined {
  const uri = parseUri(text);
  const lines = uri.kind === 'sip' ? (uri.headers ?? '').split('&') : [];
  for (const line of lines) {
    const [, value] = /^replaces=(.*)$/is.exec(line) ?? [];
    if (value !== undefined) return readReplaces(unescaped(value));
  }
  return undefined;
}

/** A URI that says so. */
export function withReplaces(uri: UriText, replaces: Replaces): UriText {
  return uriText(`${uri}?Replaces=${encodeURIComponent(writeReplaces(replaces))}`);
}
