import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { openFraming } from '../../lib/engine/builtin/proto/framing.ts';
import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipMessage } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { parseUri } from '../../lib/sip/uri.ts';
import type { Issued } from './certificates.ts';
import { until } from './until.ts';

/** A connection of a test to the node, in whatever pieces it likes to write. */
export type TcpLine = {
  readonly socket: Socket;
  readonly heard: readonly SipMessage[];
  isClosed(): boolean;
  /** Whole, or each piece a write of its own. */
  say(text: string, pieceBytes?: number): Promise<void>;
  /** The first message that is wanted, also one that is here already. */
  hears(what: string, isWanted: (message: SipMessage) => boolean): Promise<SipMessage>;
};

type Hear = (message: SipMessage) => void;

export async function tcpLine(from: string, to: Address, hear?: Hear): Promise<TcpLine> {
  const socket = dial(from, to);
  await once(socket, 'connect');
  return lineOn(socket, hear);
}

export type TlsLine = TcpLine & {
  /** Whom the far end says it is. */
  readonly certifiedFor: string | undefined;
};

/** `authorities` are in PEM; the far end must be certified for its address, and may ask who we are. */
export async function tlsLine(
  from: string,
  to: Address,
  authorities: string,
  shown?: Issued,
  hear?: Hear,
): Promise<TlsLine> {
  const own =
    shown === undefined
      ? {}
      : { cert: readFileSync(shown.certificate), key: readFileSync(shown.key) };
  const socket = connectTls({ socket: dial(from, to), ca: authorities, host: to.address, ...own });
  await once(socket, 'secureConnect');
  const certifiedFor = socket.getPeerCertificate().subjectaltname;
  return { ...lineOn(socket, hear), certifiedFor };
}

function dial(from: string, to: Address): Socket {
  return connect({ host: to.address, port: to.port, localAddress: from, noDelay: true });
}

function lineOn(socket: Socket, hear: Hear = () => undefined): TcpLine {
  const heard: SipMessage[] = [];
  const framing = openFraming();
  let isClosed = false;
  socket.on('data', (bytes: Buffer) => {
    for (const framed of framing.push(bytes)) {
      if (framed.what !== 'message') continue;
      const message = parse(framed.bytes);
      if (message.kind === 'fault') continue;
      heard.push(message);
      hear(message);
    }
  });
  socket.on('close', () => {
    isClosed = true;
  });
  socket.on('error', () => undefined);
  return {
    socket,
    heard,
    isClosed: () => isClosed,
    async say(text, pieceBytes = text.length) {
      const bytes = Buffer.from(text, 'latin1');
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes);
        await new Promise<void>((resolve) => {
          socket.write(piece, () => resolve());
        });
      }
    },
    hears: (what, isWanted) => until(what, () => heard.find(isWanted)),
  };
}

export type Said = {
  readonly callId: string;
  readonly from: Address;
  readonly to: Address;
  readonly cseq: number;
  /** Absent: TCP. */
  readonly transport?: Transport;
  /** Of the request that this one is about, for CANCEL and the ACK of a refusal. */
  readonly branchOf?: string;
  readonly uri?: string;
  readonly toTag?: string | undefined;
  readonly body?: string;
};

export function request(method: string, said: Said): string {
  const { callId, from, to, cseq, toTag, body = '', transport = 'tcp' } = said;
  const { branchOf = `${method}${cseq}` } = said;
  const { uri = `sip:112@${writeAddress(to)};transport=${transport}` } = said;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport.toUpperCase()} ${writeAddress(from)};branch=z9hG4bK${callId}${branchOf};rport`,
    'Max-Forwards: 70',
    `From: <sip:caller@${hostOf(from)}>;tag=f${callId}`,
    `To: <sip:112@${hostOf(to)}>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:caller@${writeAddress(from)};transport=${transport}>`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

const hostOf = ({ address }: Address) => (address.includes(':') ? `[${address}]` : address);

export const isFinal = (method: string) => (message: SipMessage) =>
  message.kind === 'response' && message.status >= 200 && message.cseq.method === method;

/** Where the answer says that the call goes on. */
export function contactOf(message: SipMessage): { readonly uri: string; readonly at: Address } {
  const text = contactUri(headerValue(message.headers, 'contact') ?? '') ?? '';
  const uri = parseUri(text);
  if (uri.kind !== 'sip') throw new Error(`no Contact: ${text}`);
  return { uri: text, at: { address: uri.host, port: uri.port ?? 5060 } };
}
