import { bytesOf } from '../../../lib/base/brands.ts';
import { tcpStreams } from '../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import { type Address, type Transport, writeAddress } from '../../../lib/sip/address.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../lib/sip/message.ts';
import { contactUri } from '../../../lib/sip/name-addr.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { type Door, type DoorEars, openTcpDoor, openUdpDoor } from '../../ladder/doors.ts';
import { Tape } from '../../support/tape.ts';
import {
  freshBranch,
  gatewaySays,
  type RequestParts,
  type ResponseParts,
  responds,
} from '../../unit/engine/builtin/peers.ts';

/** The user of an OPTIONS that only asks whether all before it has come. */
export const SETTLE = 'settle';
const INVITE_LINE = /^INVITE /;

export type Heard<Message extends SipMessage = SipMessage> = {
  /** The method, or the status with the method that it is for. */
  readonly what: string;
  readonly message: Message;
  /** As it came, one character a byte. */
  readonly text: string;
  readonly from: Address;
};

/** A request of the far end, as it will have to be named again. */
export type Asked = { readonly cseq: number; readonly branch: string };

type AskParts = Pick<RequestParts, 'headers' | 'body'> & {
  readonly cseq?: number;
  readonly branch?: string;
  readonly tag?: string;
  readonly hops?: number;
  readonly contact?: string;
};

/** A gateway on a socket of its own that says what the test says. */
export class FarEnd {
  readonly at: Address;
  readonly transport: Transport;
  /** Everything that came for the first time, and what came again. */
  readonly #fresh = new Tape<Heard>();
  readonly #again = new Tape<Heard>();
  readonly #known = new Set<string>();
  /** The branches of the INVITEs that came. */
  readonly #invited = new Set<string>();
  readonly #said = new Map<string, string>();
  readonly #engineAt: Address;
  #door: Door | undefined;
  #lastSeq = 0;

  private constructor(at: Address, transport: Transport, engineAt: Address) {
    this.at = at;
    this.transport = transport;
    this.#engineAt = engineAt;
  }

  static async open(at: Address, transport: Transport, engineAt: Address): Promise<FarEnd> {
    const farEnd = new FarEnd(at, transport, engineAt);
    const ears: DoorEars = {
      onMessage: (bytes, from) => farEnd.#hear(bytes, from),
      onConnected: () => undefined,
      onEnded: () => undefined,
    };
    farEnd.#door =
      transport === 'udp'
        ? await openUdpDoor(udpDatagrams(), at, ears)
        : await openTcpDoor(tcpStreams(), at, ears);
    return farEnd;
  }

  get uri(): string {
    const more = this.transport === 'udp' ? '' : `;transport=${this.transport}`;
    return `sip:gw@${writeAddress(this.at)}${more}`;
  }

  /** The next message, whatever it is. */
  hearsAny(what = 'anything', withinMs?: number): Promise<Heard> {
    return this.#fresh.next(`${what} at the gateway`, withinMs);
  }

  /** The next message must be a request of that method. */
  async hears(method: string, withinMs?: number): Promise<Heard<SipRequest>> {
    const heard = await this.hearsAny(method, withinMs);
    const { message } = heard;
    if (message.kind !== 'request' || heard.what !== method) {
      throw new Error(`${heard.what} came to the gateway instead of ${method}`);
    }
    return { ...heard, message };
  }

  /** The next message must be that response, as `200 BYE`. */
  async isTold(what: string, withinMs?: number): Promise<Heard<SipResponse>> {
    const heard = await this.hearsAny(what, withinMs);
    const { message } = heard;
    if (message.kind !== 'response' || heard.what !== what) {
      throw new Error(`${heard.what} came to the gateway instead of ${what}`);
    }
    return { ...heard, message };
  }

  /** Some message of that kind must come once more. */
  async hearsAgain(what: string): Promise<Heard> {
    for (;;) {
      const heard = await this.#again.next(`${what} at the gateway once more`);
      if (heard.what === what) return heard;
    }
  }

  /** How often that has come once more and was not spoken of. */
  repetitions(what: string): number {
    return this.#again.untaken.filter((heard) => heard.what === what).length;
  }

  /** What came for the first time and was not spoken of. */
  get unheard(): readonly string[] {
    return this.#fresh.untaken.map(({ what }) => what);
  }

  /** What has come until now need not be spoken of. */
  shrugsOff(): void {
    this.#fresh.clear();
  }

  say(text: string): void {
    this.#door?.send(bytesOf(text), this.#engineAt);
  }

  /** Ends the connection with the engine. */
  cut(): void {
    this.#door?.cut(this.#engineAt);
  }

  /** A response as text, for a test that says it in its own way. */
  response({ message }: Heard<SipRequest>, status: number, parts: ResponseParts = {}): string {
    return responds(message, status, { contact: this.uri, tag: 'gw', ...parts });
  }

  answers(heard: Heard<SipRequest>, status: number, parts: ResponseParts = {}): void {
    this.say(this.response(heard, status, parts));
  }

  /** Says a request in the dialog that our INVITE has made. */
  asks({ message }: Heard<SipRequest>, method: string, parts: AskParts = {}): Asked {
    const { headers = [], body = '', tag = 'gw', hops = 70, contact = this.uri } = parts;
    const { branch = freshBranch(), cseq = this.#lastSeq + 1 } = parts;
    this.#lastSeq = Math.max(this.#lastSeq, cseq);
    const text = gatewaySays(message, method, {
      branch,
      cseq,
      tag,
      body,
      uri: contactUri(headerValue(message.headers, 'contact') ?? '') ?? '',
      via: `SIP/2.0/${this.transport.toUpperCase()} ${writeAddress(this.at)};branch=${branch};rport`,
      headers: [
        `Max-Forwards: ${hops}`,
        ...(/INVITE|UPDATE/.test(method) ? [`Contact: <${contact}>`] : []),
        ...headers,
      ],
    });
    this.#said.set(branch, text);
    this.say(text);
    return { cseq, branch };
  }

  asksAgain({ branch }: Asked): void {
    this.say(this.#said.get(branch) ?? '');
  }

  async close(): Promise<void> {
    await this.#door?.close();
    this.#door = undefined;
  }

  #hear(bytes: Buffer, from: Address): void {
    const message = parse(bytes);
    const text = bytes.toString('latin1');
    if (message.kind === 'fault') throw new Error(`no SIP came to the gateway: ${text}`);
    if (message.kind === 'request' && message.uri.includes(`${SETTLE}@`)) {
      this.say(responds(message, 200, { tag: SETTLE }));
      return;
    }
    if (message.kind === 'response') this.#acknowledge(message);
    const what =
      message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`;
    const { branch = '' } = message.via;
    if (what === 'INVITE') this.#invited.add(branch);
    // The ACK of a refusal has the branch of its INVITE, that of a 2xx may have any.
    const isFree = what === 'ACK' && !this.#invited.has(branch);
    const key = keyOf(what, message, isFree ? '' : branch);
    const tape = this.#known.has(key) ? this.#again : this.#fresh;
    this.#known.add(key);
    tape.push({ what, message, text, from });
  }

  /** As the transaction of any INVITE does with a refusal. [3261-17.1.1.3] */
  #acknowledge({ status, via, cseq, headers }: SipResponse): void {
    const invite = this.#said.get(via.branch ?? '');
    if (status < 300 || cseq.method !== 'INVITE' || invite === undefined) return;
    this.say(
      invite
        .slice(0, invite.indexOf('\r\n\r\n'))
        .replace(INVITE_LINE, 'ACK ')
        .replace(/CSeq: (\d+) INVITE/, 'CSeq: $1 ACK')
        .replace(/To: .*/, `To: ${headerValue(headers, 'to')}`)
        .replace(/Content-Length: \d+/, 'Content-Length: 0')
        .concat('\r\n\r\n'),
    );
  }
}

/** What a message has in common with its repetitions. */
function keyOf(what: string, { cseq, callId, to }: SipMessage, branch: string): string {
  return [what, cseq.number, callId, to.tag, branch].join(' ');
}
