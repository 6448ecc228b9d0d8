import { headerValue } from '../sip/headers.ts';
import { MAGIC_COOKIE, type SipCallId, sipCallId } from '../sip/ids.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import {
  type ClusterKey,
  looksLikeToken,
  type TokenVerdict,
  verifyToken,
} from '../sip/owner-token.ts';
import { paramValue, readParams } from '../sip/params.ts';
import { uriUser } from '../sip/uri.ts';

const NONE: TokenVerdict = { kind: 'none' };

/**
 * What a message says of whose it is: never by a host name, an address or a Route. Each place is
 * looked at only if those before it hold no token.
 */
export function tokenIn(message: SipMessage, keys: readonly ClusterKey[]): TokenVerdict {
  for (const { text, callId } of placesIn(message)) {
    const verdict = verifyToken(text, callId, keys);
    if (verdict.kind !== 'none') return verdict;
  }
  return NONE;
}

type Place = { readonly text: string; readonly callId: SipCallId };

function placesIn(message: SipMessage): readonly Place[] {
  const { callId } = message;
  if (message.kind === 'response') {
    const { branch = '' } = message.via;
    const texts = [message.from.tag, tokenInBranch(branch)];
    return texts.flatMap((text) => (text === undefined ? [] : { text, callId }));
  }
  const { tag } = message.to;
  const ours = tag === undefined ? [] : [{ text: tag, callId }];
  return [...ours, ...otherDialogs(message), ...inUri(message)];
}

/** A dialog that is to be replaced, joined or vouched for. [3891-6.1] [3911-7.1] [4538-7] */
function otherDialogs({ headers }: SipRequest): readonly Place[] {
  return REFERRING.flatMap(([name, tags]) => {
    const value = headerValue(headers, name);
    if (value === undefined) return [];
    const { list, at } = readParams(value, 0);
    const callId = sipCallId(value.slice(0, at).trim());
    return tags.flatMap((tag) => {
      const text = paramValue(list, tag);
      return text !== undefined && looksLikeToken(text) ? { text, callId } : [];
    });
  });
}

const REFERRING: readonly (readonly [name: string, tags: readonly string[]])[] = [
  ['replaces', ['to-tag', 'from-tag']],
  ['join', ['to-tag', 'from-tag']],
  ['target-dialog', ['local-tag', 'remote-tag']],
];

/** Without a To-tag it is a new call, and its CANCEL, whatever was dialled. */
function inUri({ to, uri, callId }: SipRequest): readonly Place[] {
  const text = to.tag === undefined ? undefined : uriUser(uri);
  return text === undefined ? [] : [{ text, callId }];
}

/** A branch of ours is the cookie, the tag of its dialog and a serial number. */
function tokenInBranch(branch: string): string | undefined {
  const end = branch.lastIndexOf('.');
  return branch.startsWith(MAGIC_COOKIE) && end > 0
    ? branch.slice(MAGIC_COOKIE.length, end)
    : undefined;
}
