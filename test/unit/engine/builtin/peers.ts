import type { Address } from '../../../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../../../lib/sip/headers.ts';
import type { SipMessage, SipRequest } from '../../../../lib/sip/message.ts';
import { parse } from '../../../../lib/sip/parse.ts';
import type { VirtualNetwork } from '../../../support/virtual-network.ts';
import type { VirtualWorld } from '../../../support/virtual-world.ts';

export const A: Address = { address: '192.0.2.112', port: 5060 };
export const U: Address = { address: '198.51.100.11', port: 5060 };
export const B: Address = { address: '10.0.0.11', port: 5060 };
export const CALLER: Address = { address: '203.0.113.7', port: 5060 };
export const GATEWAY: Address = { address: '10.0.1.31', port: 5080 };

export type Heard = {
  readonly atMs: number;
  readonly from: Address;
  readonly message: SipMessage;
  readonly text: string;
};

/** Somebody on the network who says what the test says. */
export class Peer {
  readonly at: Address;
  readonly heard: Heard[] = [];
  /** Everything, also what is no full message: 400 repeats only what there was. */
  readonly texts: string[] = [];
  /** What it does by itself. */
  react: (heard: Heard) => void = () => undefined;
  readonly #send: (bytes: Buffer, to: Address) => void;

  constructor(at: Address, network: VirtualNetwork, time: VirtualWorld) {
    this.at = at;
    const socket = network.attach(at, {
      onDatagram: (bytes, from) => {
        const message = parse(bytes);
        const text = bytes.toString('latin1');
        this.texts.push(text);
        if (message.kind === 'fault') return;
        const heard = { atMs: time.nowMs, from, message, text };
        this.heard.push(heard);
        this.react(heard);
      },
      onSendFailure: () => undefined,
    });
    this.#send = (bytes, to) => socket.send(bytes, to);
  }

  say(text: string, to: Address): void {
    this.#send(Buffer.from(text, 'latin1'), to);
  }

  /** Methods and statuses in the order they came, with the method a status is for. */
  get summary(): string[] {
    return this.heard.map(({ message }) =>
      message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`,
    );
  }

  last(): Heard {
    const heard = this.heard.at(-1);
    if (heard === undefined) throw new Error('nothing was heard');
    return heard;
  }

  /** The last request of that method. */
  request(method: string): SipRequest {
    const found = this.heard.findLast(
      ({ message }) => message.kind === 'request' && message.method === method,
    );
    if (found?.message.kind !== 'request') throw new Error(`no ${method} was heard`);
    return found.message;
  }
}

export type RequestParts = {
  readonly branch?: string;
  readonly cseq?: number;
  readonly callId?: string;
  readonly uri?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly via?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
};

let branches = 0;
export const freshBranch = () => {
  branches += 1;
  return `z9hG4bKpeer${branches}`;
};

/** A request of the caller; without a branch it is a new one. */
export function callerSays(method: string, parts: RequestParts = {}): string {
  const { cseq = 1, callId = 'call-a', uri = 'sip:112@192.0.2.112', fromTag = 'caller' } = parts;
  const { branch = freshBranch(), toTag, headers = [], body = '' } = parts;
  const via = parts.via ?? `SIP/2.0/UDP 203.0.113.7:5060;branch=${branch};rport`;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    'Max-Forwards: 70',
    `From: "A" <sip:+4670@op.example>;tag=${fromTag}`,
    `To: <sip:112@192.0.2.112>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:phone@203.0.113.7:5060>',
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

export type ResponseParts = {
  readonly tag?: string;
  readonly contact?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
};

/** A far end's response to a request of ours. */
export function responds(request: SipRequest, status: number, parts: ResponseParts = {}): string {
  const { tag, contact = `sip:gw@${GATEWAY.address}:${GATEWAY.port}`, headers = [] } = parts;
  const { body = '' } = parts;
  const to = headerValue(request.headers, 'to') ?? '';
  return [
    `SIP/2.0 ${status} As Said`,
    ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(request.headers, 'from')}`,
    `To: ${tag === undefined || request.to.tag !== undefined ? to : `${to};tag=${tag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    `Contact: <${contact}>`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** A request of the gateway in the dialog of our INVITE. */
export function gatewaySays(
  invite: SipRequest,
  method: string,
  parts: RequestParts & { readonly tag?: string } = {},
): string {
  const { branch = freshBranch(), cseq = 1, tag = 'gw', headers = [], body = '' } = parts;
  const { uri = 'sip:us@10.0.0.11' } = parts;
  const { via = `SIP/2.0/UDP ${GATEWAY.address}:${GATEWAY.port};branch=${branch}` } = parts;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    `From: ${headerValue(invite.headers, 'to')};tag=${tag}`,
    `To: ${headerValue(invite.headers, 'from')}`,
    `Call-ID: ${invite.callId}`,
    `CSeq: ${cseq} ${method}`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
