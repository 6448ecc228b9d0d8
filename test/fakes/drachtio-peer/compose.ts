import { randomBytes, randomUUID } from 'node:crypto';
import { NO_OCTETS, octetsOf } from '../../../lib/base/brands.ts';
import type { SentInvite } from '../../../lib/engine/builtin/proto/compose.ts';
import { firstHop, requestInDialog } from '../../../lib/engine/builtin/proto/dialog.ts';
import { clientKey } from '../../../lib/engine/builtin/proto/match.ts';
import { ownVia, type Wires } from '../../../lib/engine/builtin/wires.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { branchOf, MAGIC_COOKIE, uriText } from '../../../lib/sip/ids.ts';
import type { Header, SipResponse } from '../../../lib/sip/message.ts';
import { parseNameAddr, withTag } from '../../../lib/sip/name-addr.ts';
import { reasonPhrase } from '../../../lib/sip/status.ts';
import { type OutgoingRequest, writeRequest, writeResponse } from '../../../lib/sip/write.ts';
import type { Carried } from './app.ts';
import { type AppMessage, appHeaders, contentType } from './app-message.ts';
import type { Flow, Sent } from './client-runs.ts';
import type { PeerDialog } from './ledger.ts';
import { contactAsSent, ownUri, wayTo, withContact } from './way.ts';

/** A request ready to go; text: why there is none. */
export type Composed = { readonly request: OutgoingRequest; readonly sent: Sent } | string;

const OWN: ReadonlySet<string> = new Set(['from', 'to', 'call-id', 'cseq', 'max-forwards']);
const isOthers = ({ name }: Header) => !OWN.has(name);
/** Requests of which a Contact is made where there is none. */
const WITH_CONTACT: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE']);

/** A request outside a dialog. */
export function composeOutside(wires: Wires, message: AppMessage, nextHop: string): Composed {
  const { startLine } = message;
  const [method = '', uri = ''] = startLine.split(' ');
  if (!startLine.endsWith(' SIP/2.0')) return `invalid request-uri: ${startLine}`;
  const flow = wayTo(wires, nextHop === '' ? uri : nextHop);
  if (typeof flow === 'string') return flow;
  const given = appHeaders(message.head, flow.wire.listener);
  const type = contentType(given, message.body);
  if (type === undefined) return 'missing content-type';
  const from = headerValue(given, 'from') ?? `<${ownUri(flow.wire.listener)}>`;
  const tag = parseNameAddr(from)?.tag ?? newTag();
  const number = sequence(given) ?? 1 + (randomBytes(4).readUInt32BE() >>> 5);
  const others = [...given.filter(isOthers), ...type];
  const request: OutgoingRequest = {
    method,
    uri,
    headers: [
      newVia(flow),
      header('Max-Forwards', headerValue(given, 'max-forwards') ?? '70'),
      header('From', withTag(from, tag)),
      header('To', headerValue(given, 'to') ?? toOf(uri)),
      header('Call-ID', headerValue(given, 'call-id') ?? randomUUID()),
      header('CSeq', `${number} ${method}`),
      ...contactAsSent(WITH_CONTACT.has(method) ? withContact(others, flow) : others, flow),
    ],
    body: message.body,
  };
  return { request, sent: asSent(request, flow) };
}

/**
 * A request within a dialog, to its target whatever the application says. Its number becomes the
 * dialog's last one, but an ACK's does not.
 */
export function composeInside(wires: Wires, message: AppMessage, known: PeerDialog): Composed {
  const [method = ''] = message.startLine.split(' ');
  const { dialog, stream } = known;
  const flow = stream ?? wayTo(wires, firstHop(dialog));
  if (typeof flow === 'string') return flow;
  const given = appHeaders(message.head, flow.wire.listener);
  const type = contentType(given, message.body);
  if (type === undefined) return 'missing content-type';
  const others = [...given.filter(isOthers), ...type];
  const number = sequence(given) ?? dialog.localSeq + 1;
  const isAck = method === 'ACK';
  const request = requestInDialog(dialog, {
    method,
    number: isAck ? (known.inviteSeq ?? dialog.localSeq) : number,
    via: newVia(flow),
    maxForwards: Number(headerValue(given, 'max-forwards') ?? '70'),
    headers: contactAsSent(WITH_CONTACT.has(method) ? withContact(others, flow) : others, flow),
    body: message.body,
  });
  if (!isAck) known.dialog = { ...dialog, localSeq: number };
  return { request, sent: asSent(request, flow) };
}

/** The parameters of the URI become those of the header. */
function toOf(uri: string): string {
  const [bare = '', ...params] = uri.split(';');
  return [`<${bare}>`, ...params].join(';');
}

const newTag = () => randomBytes(8).toString('hex');

function sequence(given: readonly Header[]): number | undefined {
  const digits = /^\d+/.exec(headerValue(given, 'cseq') ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

function newVia({ wire }: Flow): Header {
  return ownVia(wire, branchOf(`${MAGIC_COOKIE}${randomBytes(9).toString('hex')}`));
}

function asSent(request: OutgoingRequest, flow: Flow): Sent {
  const { method, headers } = request;
  const line = (name: string) => headers.find((one) => one.name === name) ?? header(name, '');
  const via = line('via');
  const branch = branchOf(/branch=([^;]*)/.exec(via.value)?.[1] ?? '');
  const invite: SentInvite = {
    uri: uriText(request.uri),
    via,
    routes: headers.filter(({ name }) => name === 'route'),
    from: line('from'),
    to: line('to'),
    callId: line('call-id'),
    number: Number(/^\d+/.exec(line('cseq').value)?.[0]),
  };
  return {
    key: clientKey(branch, method),
    flow,
    bytes: writeRequest(request),
    invite: method === 'INVITE' ? invite : undefined,
  };
}

/** A request as the application is told of it: with the address that it leaves from. */
export function carriedOut({ flow, bytes }: Pick<Sent, 'flow' | 'bytes'>): Carried {
  const { listener } = flow.wire;
  const { transport } = listener;
  return { source: 'application', transport, far: listener, text: octetsOf(bytes) };
}

/** A response of the network as the application is told of it. */
export function carriedIn(response: SipResponse, { wire, to }: Flow): Carried {
  const text = octetsOf(writeResponse(response));
  return { source: 'network', transport: wire.listener.transport, far: to, text };
}

/** The response that the server makes up where none has come: it comes from nowhere. */
export function madeUp(
  request: OutgoingRequest,
  flow: Flow,
  cause: 'timeout' | 'transport',
): Carried {
  const status = cause === 'timeout' ? 408 : 503;
  const repeated = ['via', 'from', 'to', 'call-id', 'cseq'];
  const headers = request.headers
    .filter(({ name }) => repeated.includes(name))
    .map((line) => (line.name === 'to' ? { ...line, value: withSomeTag(line.value) } : line));
  const text = writeResponse({ status, reason: reasonPhrase(status), headers, body: NO_OCTETS });
  const { transport } = flow.wire.listener;
  return { source: 'network', transport, far: { address: '', port: 0 }, text: octetsOf(text) };
}

function withSomeTag(to: string): string {
  return parseNameAddr(to)?.tag === undefined ? withTag(to, newTag()) : to;
}
