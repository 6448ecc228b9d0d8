import { BoundedMap } from '../base/bounded-map.ts';
import type { Octets } from '../base/brands.ts';
import type { ReceivedInvite } from '../ports/sip-engine.ts';
import { type Address, writeAddress } from '../sip/address.ts';
import { digest } from '../sip/digest.ts';
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
  /** What was dialled, and by whom. */
  readonly uri: UriText;
  readonly caller: UriText | undefined;
  readonly body: Octets;
  /** The gateway. */
  readonly sentTo: Address;
  readonly group: string | undefined;
};

export type LoopGuard = {
  sent(invite: SentOut): void;
  /** It was answered, or its call is over. */
  forget(callId: SipCallId): void;
  /** Whether this INVITE is one of ours come back, to be hunted as it was before. */
  isLoop(invite: Arrived, emergency: boolean, group: string | undefined): boolean;
  readonly size: () => number;
};

export type Arrived = Pick<ReceivedInvite, 'request' | 'receivedOn'>;

type Known = SentOut & { readonly content: string | undefined };

const NAMES_MAX = 400_000;
const ADDRESSES_MAX = 10_000;

/**
 * Knows our own INVITE when it comes back. A proxy leaves Via, From-tag and Call-ID, so the token
 * in them proves it, of whichever site. What a B2BUA leaves is any one of From-tag, Contact user
 * and Call-ID; a token without its Call-ID proves nothing by itself, but the names of INVITEs that
 * are out from here are known. One that keeps none of them is known by coming from the very gateway
 * that was asked, with the same caller's number and the same session, before anybody has answered.
 */
export function loopGuard(keysNow: () => readonly ClusterKey[], namesMax = NAMES_MAX): LoopGuard {
  const out = new BoundedMap<string, Known>(namesMax);
  /** Addresses that something was sent to: of others nothing can come back without its names. */
  const asked = new BoundedMap<string, true>(ADDRESSES_MAX);
  return {
    sent(invite) {
      const content = contentOf(invite.sentTo, invite.caller, invite.body);
      const known = { content, ...invite };
      asked.set(writeAddress(invite.sentTo), true);
      for (const name of namesOf(known)) out.set(name, known);
    },
    forget(callId) {
      const known = out.get(callId);
      if (known !== undefined) for (const name of namesOf(known)) out.delete(name);
    },
    isLoop({ request, receivedOn }, emergency, group) {
      const tokens = tokensIn(request);
      const { source } = receivedOn;
      const isFromThere = asked.has(writeAddress(source));
      const content = isFromThere ? contentOf(source, request.from.uri, request.body) : undefined;
      const names = [request.callId, ...tokens, content ?? ''];
      const known = names.map((name) => out.get(name)).find(isThere);
      if (known !== undefined) {
        // A gateway may send a call on to somebody outside, but not to whom the caller dialled.
        const isOnItsWayOut = receivedOn.listener.role === 'gateway' && known.group !== group;
        if (isOnItsWayOut) return userOf(known.uri) === userOf(request.uri);
        return isSameCall(known, request, emergency, group);
      }
      const keys = keysNow();
      return tokens.some((text) => {
        const verdict = verifyToken(text, request.callId, keys);
        return verdict.kind === 'valid' && verdict.token.emergency === emergency;
      });
    },
    size: () => out.size,
  };
}

function namesOf({ callId, tag, content }: Known): readonly string[] {
  return content === undefined ? [callId, tag] : [callId, tag, content];
}

/** Without a number or a session two calls could be taken for one. */
function contentOf(address: Address, caller: UriText | undefined, body: Octets) {
  const parsed = caller === undefined ? undefined : parseUri(caller);
  if (parsed?.kind !== 'sip' || parsed.user === undefined || body === '') return undefined;
  if (NOBODY.test(parsed.user)) return undefined;
  return digest([writeAddress(address), parsed.user, body]);
}

const NOBODY = /^(?:anonymous|unknown|restricted|unavailable)?$/i;

/** Every place of an INVITE of ours that says whose it is. */
function tokensIn({ headers, from }: SipRequest): string[] {
  const tokens: string[] = [];
  if (from.tag !== undefined && looksLikeToken(from.tag)) tokens.push(from.tag);
  const inContact = CONTACT_TOKEN.exec(headerValue(headers, 'contact') ?? '')?.[1];
  if (inContact !== undefined) tokens.push(inContact);
  tokens.push(...headerValues(headers, 'via').flatMap(tokensInVia));
  return tokens.slice(0, TOKENS_MAX);
}

/** What a loop adds stands on top; checking more would be work that a stranger can order. */
const TOKENS_MAX = 16;
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

function isThere(invite: Known | undefined): invite is Known {
  return invite !== undefined;
}
