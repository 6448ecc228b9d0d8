import { BoundedMap } from '../base/bounded-map.ts';
import { headerValue, headerValues } from '../sip/headers.ts';
import { MAGIC_COOKIE, type SipCallId, type Tag, type UriText } from '../sip/ids.ts';
import type { SipRequest } from '../sip/message.ts';
import { type ClusterKey, looksLikeToken, verifyToken } from '../sip/owner-token.ts';
import { parseUri } from '../sip/uri.ts';

/** An INVITE of ours that is out at a gateway. */
export type SentOut = {
  readonly callId: SipCallId;
  readonly tag: Tag;
  readonly emergency: boolean;
  /** What was dialled. */
  readonly uri: UriText;
  readonly group: string | undefined;
};

export type LoopGuard = {
  sent(invite: SentOut): void;
  forget(invite: Pick<SentOut, 'callId' | 'tag'>): void;
  /** Whether this INVITE is one of ours come back, to be hunted as it was before. */
  isLoop(request: SipRequest, emergency: boolean, group: string | undefined): boolean;
  readonly size: () => number;
};

const NAMES_MAX = 400_000;

/**
 * Knows our own INVITE when it comes back. A proxy leaves Via, From-tag and Call-ID, so the token
 * in them proves it, of whichever site. What a B2BUA leaves is any one of From-tag, Contact user
 * and Call-ID; a token without its Call-ID proves nothing by itself, but the names of INVITEs that
 * are out from here are known. What keeps none of them ends when Max-Forwards does.
 */
export function loopGuard(keys: readonly ClusterKey[], namesMax = NAMES_MAX): LoopGuard {
  const out = new BoundedMap<string, SentOut>(namesMax);
  return {
    sent(invite) {
      out.set(invite.callId, invite);
      out.set(invite.tag, invite);
    },
    forget({ callId, tag }) {
      out.delete(callId);
      out.delete(tag);
    },
    isLoop(request, emergency, group) {
      const tokens = tokensIn(request);
      const known = [request.callId, ...tokens].map((name) => out.get(name)).find(isThere);
      if (known !== undefined) return isSameCall(known, request, emergency, group);
      return tokens.some((text) => {
        const verdict = verifyToken(text, request.callId, keys);
        return verdict.kind === 'valid' && verdict.token.emergency === emergency;
      });
    },
    size: () => out.size,
  };
}

/** Every place of an INVITE of ours that says whose it is. */
function tokensIn({ headers, from }: SipRequest): string[] {
  const tokens = headerValues(headers, 'via').flatMap(tokensInVia);
  if (from.tag !== undefined && looksLikeToken(from.tag)) tokens.push(from.tag);
  const inContact = CONTACT_TOKEN.exec(headerValue(headers, 'contact') ?? '')?.[1];
  if (inContact !== undefined) tokens.push(inContact);
  return tokens;
}

const TOKEN_START = `${MAGIC_COOKIE}v1`;
/** Between the cookie and the serial number. */
const BRANCH_TOKEN = /z9hG4bK(v1[a-z0-9]{1,4}(?:\.[a-z0-9]{1,16}){4})\./g;
const CONTACT_TOKEN = /:(v1[a-z0-9]{1,4}(?:\.[a-z0-9]{1,16}){4})@/i;

function tokensInVia(value: string): string[] {
  if (!value.includes(TOKEN_START)) return [];
  return [...value.matchAll(BRANCH_TOKEN)].flatMap(([, token]) => token ?? []);
}

/**
 * A spiral is no loop: a callee who has forwarded calls to somebody else comes by again on the way
 * there. It is one if it would hunt through the same gateways for the same callee. [3261-16.3]
 */
function isSameCall(
  sent: SentOut,
  { uri }: SipRequest,
  emergency: boolean,
  group: string | undefined,
): boolean {
  if (sent.emergency !== emergency || sent.group !== group) return false;
  return emergency || userOf(sent.uri) === userOf(uri);
}

function userOf(uri: UriText): string {
  const parsed = parseUri(uri);
  return (parsed.kind === 'sip' ? parsed.user : undefined) ?? uri;
}

function isThere(invite: SentOut | undefined): invite is SentOut {
  return invite !== undefined;
}
