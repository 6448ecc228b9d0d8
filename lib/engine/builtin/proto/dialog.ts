import { NO_OCTETS, type Octets } from '../../../base/brands.ts';
import { detached } from '../../../base/detached.ts';
import { header } from '../../../sip/header-names.ts';
import { headerValue, listValues } from '../../../sip/headers.ts';
import {
  type SipCallId,
  sipCallId,
  type Tag,
  tagOf,
  type UriText,
  uriText,
} from '../../../sip/ids.ts';
import type { Header, SipRequest, SipResponse } from '../../../sip/message.ts';
import { contactUri, parseNameAddr, withTag } from '../../../sip/name-addr.ts';
import { parseUri } from '../../../sip/uri.ts';
import type { OutgoingRequest } from '../../../sip/write.ts';

/** One dialog, as plain JSON. [3261-12] */
export type Dialog = {
  readonly callId: SipCallId;
  readonly localTag: Tag;
  /** Empty for a far end that sets none. */
  readonly remoteTag: Tag;
  /** The From of our requests, with the local tag. */
  readonly local: string;
  /** The To of our requests, with the remote tag. */
  readonly remote: string;
  /** The number of our last request; 0 before the first one. */
  readonly localSeq: number;
  /** Absent before the far end's first request. */
  readonly remoteSeq: number | undefined;
  readonly target: UriText;
  /** In the order in which our requests pass them. */
  readonly routes: readonly string[];
};

const MAX_FORWARDS = 70;

/** The dialog that our response to an INVITE makes. [3261-12.1.1] */
export function uasDialog(invite: SipRequest, localTag: Tag): Dialog {
  const { headers, from, callId, cseq } = invite;
  return {
    callId: sipCallId(detached(callId)),
    localTag,
    remoteTag: tagOf(detached(from.tag ?? '')),
    local: detached(withTag(headerValue(headers, 'to') ?? '', localTag)),
    remote: detached(headerValue(headers, 'from') ?? ''),
    localSeq: 0,
    remoteSeq: cseq.number,
    target: targetOf(headers) ?? uriText(detached(from.uri)),
    routes: routesOf(headers),
  };
}

/** Our side of a dialog, as our INVITE has named it. */
export type OurSide = Pick<Dialog, 'callId' | 'localTag' | 'local'>;

/** The dialog that a response to our INVITE makes. [3261-12.1.2] */
export function uacDialog(
  response: SipResponse,
  invited: UriText,
  ours: OurSide = asRepeated(response),
): Dialog {
  const { headers, to, cseq } = response;
  return {
    callId: ours.callId,
    localTag: ours.localTag,
    remoteTag: tagOf(detached(to.tag ?? '')),
    local: ours.local,
    remote: detached(headerValue(headers, 'to') ?? ''),
    localSeq: cseq.number,
    remoteSeq: undefined,
    target: targetOf(headers) ?? invited,
    routes: routesOf(headers).reverse(),
  };
}

/** The way and the target of a dialog are those of the 2xx, not of a 1xx before. [3261-13.2.2.4] */
export function confirmed(early: Dialog, { headers }: SipResponse): Dialog {
  const target = targetOf(headers) ?? early.target;
  return { ...early, target, routes: routesOf(headers).reverse() };
}

/** A response repeats what the request said. [3261-8.2.6.2] */
function asRepeated({ headers, from, callId }: SipResponse): OurSide {
  return {
    callId: sipCallId(detached(callId)),
    localTag: tagOf(detached(from.tag ?? '')),
    local: detached(headerValue(headers, 'from') ?? ''),
  };
}

/** The Contact of a message, if it names one. */
export function targetOf(headers: readonly Header[]): UriText | undefined {
  const contact = headerValue(headers, 'contact');
  const uri = contact === undefined ? undefined : contactUri(contact);
  return uri === undefined ? undefined : uriText(detached(uri));
}

function routesOf(headers: readonly Header[]): string[] {
  return listValues(headers, 'record-route').map(detached);
}

/** Takes the number of a request of the far end; undefined: it is out of order. [3261-12.2.2] */
export function inOrder(dialog: Dialog, number: number): Dialog | undefined {
  if (dialog.remoteSeq === number) return dialog;
  if (dialog.remoteSeq !== undefined && number < dialog.remoteSeq) return undefined;
  return { ...dialog, remoteSeq: number };
}

export type InDialog = {
  readonly method: string;
  /** Of the INVITE in its ACK, otherwise one more than our last. */
  readonly number: number;
  readonly via: Header;
  /** Absent: 70. */
  readonly maxForwards?: number;
  readonly headers: readonly Header[];
  readonly body?: Octets;
};

/** A request of ours in the dialog. [3261-12.2.1.1] */
export function requestInDialog(
  dialog: Dialog,
  { method, number, via, maxForwards = MAX_FORWARDS, headers, body = NO_OCTETS }: InDialog,
): OutgoingRequest {
  const { uri, routes } = wayOf(dialog);
  return {
    method,
    uri,
    headers: [
      via,
      header('Max-Forwards', `${maxForwards}`),
      ...routes.map((route) => header('Route', route)),
      header('From', dialog.local),
      header('To', dialog.remote),
      header('Call-ID', dialog.callId),
      header('CSeq', `${number} ${method}`),
      ...headers,
    ],
    body,
  };
}

/** The dialog after a request of ours with a number of its own. */
export function nextOurs(dialog: Dialog): Dialog {
  return { ...dialog, localSeq: dialog.localSeq + 1 };
}

/** Where a request of the dialog goes first: the URI of the top route, or the target. */
export function firstHop({ target, routes: [top] }: Dialog): string {
  return top === undefined ? target : routeUri(top);
}

/** A first route without `lr` is a strict router: it gets its own URI and finds the target last. */
function wayOf({ target, routes }: Dialog): { uri: UriText; routes: readonly string[] } {
  const [top, ...others] = routes;
  if (top === undefined) return { uri: target, routes };
  const first = routeUri(top);
  if (isLoose(first)) return { uri: target, routes };
  return { uri: uriText(asRequestUri(first)), routes: [...others, `<${target}>`] };
}

function routeUri(route: string): string {
  return parseNameAddr(route)?.uri ?? route;
}

function isLoose(text: string): boolean {
  const uri = parseUri(text);
  return uri.kind === 'sip' && uri.params.some(({ name }) => name === 'lr');
}

/** Without what may not stand in a Request-URI. [3261-19.1.1] */
function asRequestUri(text: string): string {
  const question = text.indexOf('?', text.indexOf('@') + 1);
  const uri = question < 0 ? text : text.slice(0, question);
  return uri.replace(/;method=[^;]*/i, '');
}
