import type {
  NameAnswer,
  NameFailure,
  NameQuestion,
  NameRecord,
  NameService,
} from '../../lib/ports/name-service.ts';

/** A name service that says what a test has written down, and keeps what it was asked. */
export type FakeNames = NameService & {
  /** `SRV _sip._udp.psap.example`, in the order asked. */
  readonly asked: string[];
  /** How many questions were out at once, at most. */
  readonly outMost: () => number;
  /** Writes down records, in the words of a zone file: `A gw1.psap.example`, 60, `10.0.1.31`. */
  has(question: string, ttlSec: number, ...records: readonly string[]): void;
  answers(question: string, answer: NameAnswer): void;
  /** Every question fails like this, until it is undefined. */
  fails(why: NameFailure | undefined): void;
  /** Answers to questions with this in them are held back, until it is undefined. */
  holds(text: string | undefined): void;
};

export function fakeNames(): FakeNames {
  const zone = new Map<string, NameAnswer>();
  const asked: string[] = [];
  const held: (() => void)[] = [];
  let failure: NameFailure | undefined;
  let holding: string | undefined;
  let out = 0;
  let outMost = 0;
  const isHeld = ({ type, name }: NameQuestion) =>
    holding !== undefined && `${type} ${name}`.includes(holding);
  const answerTo = (question: NameQuestion): NameAnswer => {
    if (failure !== undefined) return { kind: 'failed', why: failure };
    const found = zone.get(`${question.type} ${question.name}`);
    return found ?? { kind: 'nothing', why: 'NXDOMAIN', ttlSec: 60 };
  };
  return {
    asked,
    outMost: () => outMost,
    async ask(question) {
      asked.push(`${question.type} ${question.name}`);
      out += 1;
      outMost = Math.max(out, outMost);
      if (isHeld(question)) await new Promise<void>((go) => held.push(go));
      out -= 1;
      return answerTo(question);
    },
    close: () => undefined,
    has(question, ttlSec, ...records) {
      const [type = ''] = question.split(' ');
      const read = records.map((words) => recordOf(type, words));
      zone.set(question, { kind: 'records', records: read, beside: new Map(), ttlSec });
    },
    answers: (question, answer) => void zone.set(question, answer),
    fails(why) {
      failure = why;
    },
    holds(text) {
      holding = text;
      if (text === undefined) for (const go of held.splice(0)) go();
    },
  };
}

export function recordOf(type: string, words: string): NameRecord {
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] =
    words.split(' ');
  switch (type) {
    case 'A':
      return { type, address: first };
    case 'AAAA':
      return { type, address: first };
    case 'SRV':
      return {
        type,
        priority: Number(first),
        weight: Number(second),
        port: Number(third),
        target: fourth,
      };
    case 'NAPTR':
      return {
        type,
        order: Number(first),
        preference: Number(second),
        flags: third.replaceAll('"', ''),
        service: fourth.replaceAll('"', ''),
        regexp: fifth.replaceAll('"', ''),
        replacement: sixth,
      };
    default:
      throw new Error(`no records of type ${type} here`);
  }
}
