import { bytesOf } from '../../../lib/base/brands.ts';
import { tcpStreams } from '../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import { type Address, type Transport, writeAddress } from '../../../lib/sip/address.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { SipMessage, SipRequest } from '../../../lib/sip/message.ts';
import { contactUri } from '../../../lib/sip/name-addr.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { type Door, openTcpDoor, openUdpDoor } from '../../ladder/doors.ts';
import { until } from '../../support/until.ts';
import { type ResponseParts, responds } from '../../unit/engine/builtin/peers.ts';

export type Heard = {
  /** The method, or the status with the method that it is for. */
  readonly what: string;
  readonly message: SipMessage;
  /** As it came, one character a byte. */
  readonly text: string;
};

export type HeardRequest = Heard & { readonly message: SipRequest };

type AskParts = {
  readonly cseq: number;
  readonly tag?: string;
  readonly contact?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
};

/** A gateway on a socket of its own that says what the test says. */
export class Gateway {
  readonly at: Address;
  readonly transport: Transport;
  readonly heard: Heard[] = [];
  /** What it does by itself. */
  react: (heard: Heard) => void = () => undefined;
  readonly #server: Address;
  #door: Door | undefined;

  private constructor(at: Address, transport: Transport, server: Address) {
    this.at = at;
    this.transport = transport;
    this.#server = server;
  }

  static async open(at: Address, transport: Transport, server: Address): Promise<Gateway> {
    const gateway = new Gateway(at, transport, server);
    const ears = {
      onMessage: (bytes: Buffer) => gateway.#hear(bytes),
      onConnected: () => undefined,
      onEnded: () => undefined,
    };
    gateway.#door =
      transport === 'udp'
        ? await openUdpDoor(udpDatagrams(), at, ears)
        : await openTcpDoor(tcpStreams(), at, ears);
    return gateway;
  }

  get uri(): string {
    const more = this.transport === 'udp' ? '' : `;transport=${this.transport}`;
    return `sip:gw@${writeAddress(this.at)}${more}`;
  }

  /** The message of that kind that comes first, or that many times. */
  hears(what: string, count = 1): Promise<Heard> {
    return until(`${what} at the gateway, ${count}`, () => this.#all(what)[count - 1], 8000);
  }

  async asked(method: string, count = 1): Promise<HeardRequest> {
    const heard = await this.hears(method, count);
    const { message } = heard;
    if (message.kind !== 'request') throw new Error(`${method} is no request`);
    return { ...heard, message };
  }

  count(what: string): number {
    return this.#all(what).length;
  }

  say(text: string): void {
    this.#door?.send(bytesOf(text), this.#server);
  }

  answers({ message }: HeardRequest, status: number, parts: ResponseParts = {}): void {
    const tag = status === 100 ? {} : { tag: 'gw' };
    this.say(responds(message, status, { contact: this.uri, ...tag, ...parts }));
  }

  /** Says a request in the dialog of that INVITE, and answers its text, to be said again. */
  asks({ message }: HeardRequest, method: string, parts: AskParts): string {
    const { cseq, tag = 'gw', contact = this.uri, headers = [], body = '' } = parts;
    const { transport, at } = this;
    const text = [
      `${method} ${contactUri(headerValue(message.headers, 'contact') ?? '')} SIP/2.0`,
      `Via: SIP/2.0/${transport.toUpperCase()} ${writeAddress(at)};branch=z9hG4bK${method}${cseq}${message.callId};rport`,
      'Max-Forwards: 70',
      `From: ${headerValue(message.headers, 'to')};tag=${tag}`,
      `To: ${headerValue(message.headers, 'from')}`,
      `Call-ID: ${message.callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <${contact}>`,
      ...headers,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    this.say(text);
    return text;
  }

  async close(): Promise<void> {
    await this.#door?.close();
  }

  #all(what: string): readonly Heard[] {
    return this.heard.filter((one) => one.what === what);
  }

  #hear(bytes: Buffer): void {
    const message = parse(bytes);
    if (message.kind === 'fault') throw new Error(`no SIP: ${bytes.toString('latin1')}`);
    const what =
      message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`;
    const heard = { what, message, text: bytes.toString('latin1') };
    this.heard.push(heard);
    this.react(heard);
  }
}
