import { branchOf, cseqOf, responseTo, type SipText } from '../../../apps/lab/sip-text.ts';
import { awaited, type Heard, isCalled } from './heard.ts';

const T1_MS = 500;
const T2_MS = 4000;

/** What a message has besides what every one has. */
export type More = { readonly lines?: readonly string[]; readonly body?: string };

/** Answers one request. */
export type Reply = (status: string, more?: More) => void;
export type Serve = (request: SipText, reply: Reply) => void;

/** A body is SDP unless its type is told. */
export function typed(lines: readonly string[], body: string): readonly string[] {
  const isTyped = body === '' || lines.some((line) => line.startsWith('Content-Type:'));
  return isTyped ? lines : [...lines, 'Content-Type: application/sdp'];
}

export type AnsweringStart = {
  readonly tag: string | undefined;
  readonly contact: string;
  readonly heard: Heard;
  readonly offer: () => string;
};

/**
 * Requests that came to one end. It takes whatever it is asked with 200, unless a scenario serves
 * that method otherwise; a repetition gets what the first one got.
 */
export class Answering {
  readonly #start: AnsweringStart;
  /** By branch and method: how to say the answer again. */
  readonly #answers = new Map<string, () => void>();
  readonly #serves = new Map<string, Serve>();
  readonly #owed: Promise<unknown>[] = [];
  #always: readonly string[] = [];
  readonly #leftOpen = new Set<string>();
  /** An INVITE, or what is left open, that has no final answer yet. */
  #open: { readonly request: SipText; readonly reply: Reply } | undefined;

  constructor(start: AnsweringStart) {
    this.#start = start;
  }

  serve(method: string, how: Serve): void {
    this.#serves.set(method, how);
  }

  /** The next request of that method is for the scenario to answer. */
  leaveOpen(method: string): void {
    this.#leftOpen.add(method);
  }

  /** From now on its 2xx say this, too. */
  always(lines: readonly string[]): void {
    this.#always = lines;
  }

  hear(request: SipText, answer: (text: string) => void): void {
    const key = keyOf(request);
    const known = this.#answers.get(key);
    if (known !== undefined) {
      known();
      return;
    }
    this.#answers.set(key, () => undefined);
    const reply = this.#replyTo(request, answer);
    const method = request.method ?? '';
    const isLeftOpen = this.#leftOpen.delete(method);
    if (isLeftOpen || method === 'INVITE') this.#open = { request, reply };
    this.#start.heard.note(request);
    if (isLeftOpen) return;
    const serve = this.#serves.get(method) ?? this.#take;
    serve(request, reply);
  }

  /** Says something to the open request. */
  reply(status: string, more: More = {}): void {
    this.#opened().reply(status, more);
  }

  /**
   * Takes the open INVITE and waits for its ACK; the 200 is said again until then, whatever carries
   * it.
   */
  accept(more: More = {}): Promise<SipText> {
    return awaited(this.#accept(more));
  }

  async #accept(more: More): Promise<SipText> {
    const { request, reply } = this.#opened();
    const acknowledged = this.#ackOf(request);
    reply('200 OK', more);
    let waitMs = T1_MS;
    const again = () => {
      this.#answers.get(keyOf(request))?.();
      waitMs = Math.min(2 * waitMs, T2_MS);
      alarm = setTimeout(again, waitMs);
    };
    let alarm = setTimeout(again, waitMs);
    try {
      return await acknowledged;
    } finally {
      clearTimeout(alarm);
    }
  }

  /** Refuses the open INVITE and waits for its ACK. */
  refuse(status: string, more: More = {}): Promise<SipText> {
    const { request, reply } = this.#opened();
    const acknowledged = this.#ackOf(request);
    reply(status, more);
    return acknowledged;
  }

  /** All that it took by itself must have been acknowledged. */
  async settle(): Promise<void> {
    await Promise.all(this.#owed);
  }

  readonly #take: Serve = ({ method, body }, reply) => {
    switch (method) {
      case 'ACK':
        return;
      case 'INVITE':
        this.#owed.push(this.accept({ body: this.#start.offer() }));
        return;
      case 'CANCEL':
        reply('200 OK');
        this.#open?.reply('487 Request Terminated');
        return;
      case 'UPDATE':
        reply('200 OK', body === '' ? {} : { body: this.#start.offer() });
        return;
      default:
        reply('200 OK');
    }
  };

  #replyTo(request: SipText, answer: (text: string) => void): Reply {
    const { contact, tag } = this.#start;
    return (status, { lines = [], body = '' } = {}) => {
      const always = status.startsWith('2') ? this.#always : [];
      const more = [`Contact: <${contact}>`, ...always, ...typed(lines, body)];
      const tagged = tag === undefined || status.startsWith('100') ? {} : { tag };
      const text = responseTo(request, status, { ...tagged, lines: more, body });
      this.#answers.set(keyOf(request), () => answer(text));
      if (!status.startsWith('1') && this.#open?.request === request) this.#open = undefined;
      answer(text);
    };
  }

  #ackOf(request: SipText): Promise<SipText> {
    const number = Number.parseInt(cseqOf(request), 10);
    const isAck = isCalled('ACK');
    return this.#start.heard.next(
      `the ACK of ${number} INVITE`,
      (one) => isAck(one) && Number.parseInt(cseqOf(one), 10) === number,
    );
  }

  #opened() {
    if (this.#open === undefined) throw new Error('no INVITE is open');
    return this.#open;
  }
}

const keyOf = (request: SipText) => `${branchOf(request)} ${request.method}`;
