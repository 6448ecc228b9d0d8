import { type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { NameAnswer, NameQuestion } from '../../../ports/name-service.ts';
import { plainName } from '../dns-name.ts';
import { readAnswer } from './read-answer.ts';

export type Reply = {
  /** Whether there was no room for the whole of it. */
  readonly isTruncated: boolean;
  readonly answer: NameAnswer;
};

/** A query with one question, for a server that goes and finds out. */
export function writeQuery(id: number, { name, type }: NameQuestion): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type, class: 'IN' }],
  });
}

/** The reply to a query; undefined: this is not it, and it may still come. [5452-9.1] */
export function readReply(bytes: Buffer, id: number, asked: NameQuestion): Reply | undefined {
  const packet = decoded(bytes);
  if (packet === undefined || !packet.flag_qr || packet.id !== id) return undefined;
  const { questions = [] } = packet;
  const [question] = questions;
  // Some servers that cannot read a query send its header back alone, with a reason.
  const isOurs =
    question === undefined
      ? ((packet.flags ?? 0) & 15) !== 0
      : questions.length === 1 &&
        question.type === asked.type &&
        question.class === 'IN' &&
        plainName(question.name) === asked.name;
  if (!isOurs) return undefined;
  return { isTruncated: packet.flag_tc, answer: readAnswer(packet, asked) };
}

function decoded(bytes: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(bytes);
    // The decoder reads on beyond the end of an address that was cut short.
    return decode.bytes <= bytes.length ? packet : undefined;
  } catch {
    // Whatever this is, it is no DNS message.
    return undefined;
  }
}
