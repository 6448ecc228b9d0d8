import type { Octets } from '../base/brands.ts';
import type { Header } from '../sip/message.ts';
import { sdpPartOf, withoutPart } from '../sip/sdp-part.ts';

type Content = { readonly headers: readonly Header[]; readonly body: Octets };

/**
 * What crosses in an ordinary call; everything else stays on its leg. Headers that describe the
 * body cross in every call.
 */
const ORDINARY_PASSES: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'alert-info',
  'allow-events',
  'call-info',
  'date',
  'diversion',
  'error-info',
  'event',
  'expires',
  'geolocation',
  'geolocation-routing',
  'history-info',
  'identity',
  'in-reply-to',
  'info-package',
  // as it is: one hop at a time is no fork [5393-5.3.3]
  'max-breadth',
  'organization',
  'p-access-network-info',
  'p-asserted-identity',
  'p-asserted-service',
  'p-charging-vector',
  'p-early-media',
  'p-preferred-identity',
  'p-preferred-service',
  'priority',
  'privacy',
  'reason',
  'refer-sub',
  'refer-to',
  'referred-by',
  'remote-party-id',
  'reply-to',
  'resource-priority',
  'retry-after',
  'server',
  'subject',
  'subscription-state',
  'timestamp',
  'user-agent',
  'user-to-user',
  'warning',
]);

/**
 * What does not cross in an emergency call; everything else does, known or not, in its order and
 * byte for byte; so does Recv-Info, since INFO of every package is carried. [6086-4.2.1]
 */
const EMERGENCY_STAYS: ReadonlySet<string> = new Set([
  // one leg's own: written anew on the other
  'via',
  'route',
  'record-route',
  'from',
  'to',
  'call-id',
  'cseq',
  'max-forwards',
  'contact',
  'content-length',
  // the extension fence: each leg names only what is built
  'supported',
  'require',
  'proxy-require',
  'unsupported',
  'allow',
  'session-expires',
  'min-se',
  'rseq',
  'rack',
  // credentials and challenges are for one hop
  'authorization',
  'proxy-authorization',
  'proxy-authenticate',
  'www-authenticate',
  'authentication-info',
  // they name dialogs of the other leg
  'replaces',
  'join',
  'target-dialog',
]);

const DESCRIBES_THE_BODY: ReadonlySet<string> = new Set([
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-id',
  'mime-version',
]);

/** The header fields of a message that cross to the other leg, in their order. */
export function crossing(headers: readonly Header[], emergency: boolean): Header[] {
  return headers.filter(({ name }) =>
    emergency
      ? !EMERGENCY_STAYS.has(name)
      : ORDINARY_PASSES.has(name) || DESCRIBES_THE_BODY.has(name),
  );
}

/** What is left of a provisional whose early media must not cross: nothing that speaks of it. */
export function withoutMedia(headers: readonly Header[]): Header[] {
  return headers.filter(({ name }) => !DESCRIBES_THE_BODY.has(name) && name !== 'p-early-media');
}

/** What a request says besides its SDP, for a far end that is to make the offer. */
export function withoutOffer({ headers, body }: Content): Content {
  const part = sdpPartOf(headers, body);
  if (part === undefined) return { headers, body };
  const left = withoutPart(body, part);
  return { headers: left === '' ? withoutMedia(headers) : headers, body: left };
}

/** The Reason fields of a CANCEL or BYE, which tell the other side why. [3326-2] */
export function reasonsOf(headers: readonly Header[]): Header[] {
  return headers.filter(({ name }) => name === 'reason');
}
