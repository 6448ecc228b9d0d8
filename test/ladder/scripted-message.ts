import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { type Places, placeOf } from './places.ts';
import type { Line } from './script.ts';

/** Where an actor lives and what it speaks there. */
export type Home = { readonly at: Address; readonly transport: Transport };

/** What everybody of one ladder knows. */
export type Scene = {
  readonly places: Places;
  /** The URI that the caller dials. */
  readonly dialled: string;
  readonly callId: string;
  /** Of each gateway its dialog with the site, as the value of a Replaces. */
  readonly dialogs: Map<string, string>;
};

const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 203.0.113.7',
  's=-',
  'c=IN IP4 203.0.113.7',
  't=0 0',
  'm=audio 4000 RTP/AVP 8',
  '',
].join('\r\n');

/** A message as text: the actors share no writer with the node. */
export function scriptedMessage(start: string, headers: readonly string[], sdp: boolean): Buffer {
  const body = sdp ? SDP : '';
  const type = sdp ? ['Content-Type: application/sdp'] : [];
  const length = `Content-Length: ${body.length}`;
  return Buffer.from([start, ...headers, ...type, length, '', body].join('\r\n'), 'latin1');
}

export function viaOf({ at, transport }: Home, branch: string): string {
  return `Via: SIP/2.0/${transport.toUpperCase()} ${writeAddress(at)};branch=${branch};rport`;
}

export function contactOf({ at, transport }: Home, user: string): string {
  const more = transport === 'udp' ? '' : `;transport=${transport}`;
  return `Contact: <sip:${user}@${writeAddress(at)}${more}>`;
}

/** Whom a REFER names, and of whose call there: `to=g2`, `to=g2 replaces=g2`. */
export function referLines({ options }: Line, { places, dialogs }: Scene): readonly string[] {
  const to = options.get('to');
  if (to === undefined) return [];
  const at = to === 'stranger' ? '198.51.100.99:5060' : writeAddress(placeOf(to, places));
  const replaced = dialogs.get(options.get('replaces') ?? '');
  const more = replaced === undefined ? '' : `?Replaces=${encodeURIComponent(replaced)}`;
  return [`Refer-To: <sip:200@${at}${more}>`, 'Referred-By: <sip:desk@psap.example>'];
}

/** What a line says of session timers: `expires=90;uac`, `min-se=3600`, and `allow=UPDATE`. */
export function sessionLines({ options }: Line): readonly string[] {
  const [sec, refresher] = options.get('expires')?.split(';') ?? [];
  const named = refresher === undefined ? '' : `;refresher=${refresher}`;
  const minSe = options.get('min-se');
  const allow = options.get('allow');
  return [
    ...(sec === undefined ? [] : ['Supported: timer', `Session-Expires: ${sec}${named}`]),
    ...(minSe === undefined ? [] : [`Min-SE: ${minSe}`]),
    ...(allow === undefined ? [] : [`Allow: INVITE, ACK, CANCEL, BYE, ${allow}`]),
  ];
}

/** What an actor says to a request; it may name an address of the site as its own. */
export function scriptedResponse(
  line: Line,
  request: SipRequest,
  tag: string | undefined,
  home: Home,
  places: Places,
): Buffer {
  const to = headerValue(request.headers, 'to') ?? '';
  const withTag = tag === undefined || request.to.tag !== undefined ? to : `${to};tag=${tag}`;
  const named = line.options.get('contact');
  const at = named === undefined ? home.at : placeOf(named, places);
  const headers = [
    ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(request.headers, 'from')}`,
    `To: ${withTag}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    contactOf({ ...home, at }, 'gateway'),
    ...reliably(line.options.get('rel')),
    ...sessionLines(line),
  ];
  return scriptedMessage(`SIP/2.0 ${line.what} As Scripted`, headers, line.sdp);
}

function reliably(rseq: string | undefined): string[] {
  return rseq === undefined ? [] : ['Require: 100rel', `RSeq: ${rseq}`];
}
