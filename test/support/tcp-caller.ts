import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { openFraming } from '../../lib/engine/builtin/proto/framing.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipMessage } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { parseUri } from '../../lib/sip/uri.ts';
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

export async function tcpLine(from: string, to: Address): Promise<TcpLine> {
  const socket = connect({ host: to.address, port: to.port, localAddress: from, noDelay: true });
  const heard: SipMessage[] = [];
  const framing = openFraming();
  let isClosed = false;
  socket.on('data', (bytes: Buffer) => {
    for (const framed of framing.push(bytes)) {
      if (framed.what !== 'message') continue;
      const message = parse(framed.bytes);
      if (message.kind !== 'fault') heard.push(message);
    }
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await once(socket, 'connect');
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
  readonly uri?: string;
  readonly toTag?: string | undefined;
  readonly body?: string;
};

export function request(method: string, said: Said): string {
  const { callId, from, to, cseq, toTag, body = '' } = said;
  const { uri = `sip:112@${writeAddress(to)};transport=tcp` } = said;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/TCP ${writeAddress(from)};branch=z9hG4bK${callId}${method}${cseq};rport`,
    'Max-Forwards: 70',
    `From: <sip:caller@${from.address}>;tag=f${callId}`,
    `To: <sip:112@${to.address}>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:caller@${writeAddress(from)};transport=tcp>`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

export const isFinal = (method: string) => (message: SipMessage) =>
  message.kind === 'response' && message.status >= 200 && message.cseq.method === method;

/** Where the answer says that the call goes on. */
export function contactOf(message: SipMessage): { readonly uri: string; readonly at: Address } {
  const text = contactUri(headerValue(message.headers, 'contact') ?? '') ?? '';
  const uri = parseUri(text);
  if (uri.kind !== 'sip') throw new Error(`no Contact: ${text}`);
  return { uri: text, at: { address: uri.host, port: uri.port ?? 5060 } };
}
