import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import type { SipMessage, SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { answerTo } from './answering-gateway.ts';
import type { Issued } from './certificates.ts';
import { openStreamGateway } from './stream-gateway.ts';
import { type TcpLine, tcpLine, tlsLine } from './tcp-caller.ts';
import { openUdpSink } from './udp-sink.ts';
import { until } from './until.ts';

/** A message, and the way back to who sent it. */
export type Letter<Kind extends SipMessage = SipMessage> = {
  readonly message: Kind;
  readonly say: (text: string) => void;
};

/** A far end of a test, by any transport: it says what it is told, and keeps what it hears. */
export type End = {
  readonly local: Address;
  readonly transport: Transport;
  /** On a stream: by the connection that it has opened to there, or a new one. */
  send(text: string, to: Address): Promise<void>;
  /** The first request of its kind that is wanted, also one that is here already. */
  asked(what: string, isWanted: (request: SipRequest) => boolean): Promise<Letter<SipRequest>>;
  told(what: string, isWanted: (message: SipMessage) => boolean): Promise<SipMessage>;
  /** Answers with a Contact of its own. */
  answer(letter: Letter<SipRequest>, says: string, body?: string): void;
  close(): Promise<void>;
};

export type Identity = { readonly issued: Issued; readonly authorities: string };

export async function openEnd(
  transport: Transport,
  local: Address,
  /** Absent: it speaks no TLS. */
  identity: Identity | undefined,
): Promise<End> {
  const letters: Letter[] = [];
  const hear = (message: SipMessage, say: Letter['say']) => void letters.push({ message, say });
  const post =
    transport === 'udp'
      ? await datagramsAt(local, hear)
      : await streamsAt(local, hear, transport === 'tls' ? identity : undefined);
  return {
    local,
    transport,
    ...post,
    asked: (what, isWanted) =>
      until(what, () => letters.filter(isAsking).find(({ message }) => isWanted(message))),
    told: (what, isWanted) =>
      until(what, () => letters.map(({ message }) => message).find(isWanted)),
    answer({ message, say }, says, body = '') {
      say(answerTo(message, says, local, { transport, body }));
    },
  };
}

type Post = Pick<End, 'send' | 'close'>;
type Hear = (message: SipMessage, say: Letter['say']) => void;

async function datagramsAt(local: Address, hear: Hear): Promise<Post> {
  const sink = await openUdpSink(local, (bytes, from) => {
    const message = parse(bytes);
    if (message.kind !== 'fault') hear(message, (text) => sink.send(text, from));
  });
  return { send: async (text, to) => sink.send(text, to), close: () => sink.close() };
}

async function streamsAt(
  local: Address,
  hear: Hear,
  identity: Identity | undefined,
): Promise<Post> {
  const server = await openStreamGateway(local, identity?.issued, hear);
  const lines = new Map<string, Promise<TcpLine>>();
  const dial = async (to: Address) => {
    const onMessage = (message: SipMessage) => hear(message, (text) => void opened.say(text));
    const opened: TcpLine = await (identity === undefined
      ? tcpLine(local.address, to, onMessage)
      : tlsLine(local.address, to, identity.authorities, identity.issued, onMessage));
    return opened;
  };
  return {
    async send(text, to) {
      const known = lines.get(writeAddress(to));
      const line = known ?? dial(to);
      lines.set(writeAddress(to), line);
      await (await line).say(text);
    },
    async close() {
      for (const line of lines.values()) (await line).socket.destroy();
      server.close();
    },
  };
}

function isAsking(letter: Letter): letter is Letter<SipRequest> {
  return letter.message.kind === 'request';
}
