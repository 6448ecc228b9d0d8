import { MESSAGE_BYTES_MAX } from '../../../sip/parse.ts';

/** What a stream turned out to carry. */
export type Framed =
  /** The bytes are good until the next push. */
  | { readonly what: 'message'; readonly bytes: Buffer }
  /** Asks for a line break in return. [5626-4.4.1] */
  | { readonly what: 'ping' }
  /** Where the next message begins cannot be known any more. */
  | {
      readonly what: 'broken';
      readonly why: 'too-large' | 'content-length';
      /** The headers of the message that broke it; absent: not even they have come whole. */
      readonly head: Buffer | undefined;
    };

export type Framing = {
  /** Whether nothing of a message waits for its rest. */
  readonly isBetweenMessages: boolean;
  /** What is kept in memory of a message whose rest has not come. */
  readonly keptBytes: number;
  push(chunk: Buffer): readonly Framed[];
};

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const NOTHING = Buffer.alloc(0);
const GROWTH_BYTES_MIN = 1024;
const LINE_BREAKS_OF_PING = 2;

/** Takes a stream apart, whatever pieces it comes in. Nothing comes after `broken`. [3261-18.3] */
export function openFraming(bytesMax: number = MESSAGE_BYTES_MAX): Framing {
  const pending = pendingBytes();
  let lineBreaks = 0;
  /** Up to where no empty line was found. */
  let searched = 0;
  /** Of the message that is on its way, once its headers are here. */
  let length: number | undefined;
  let isBroken = false;

  /** Undefined: more bytes are needed. */
  function next(): Framed | undefined {
    if (length === undefined) {
      if (skipsToPing()) return { what: 'ping' };
      const bytes = pending.bytes();
      if (bytes.length === 0) return undefined;
      const bodyAt = emptyLineEnd(bytes, searched);
      if (bodyAt === undefined || bodyAt > bytesMax) {
        // The two bytes before may be the beginning of the empty line.
        searched = Math.max(0, bytes.length - 2);
        return bytes.length > bytesMax ? broken('too-large', undefined) : undefined;
      }
      const head = bytes.subarray(0, bodyAt);
      const declared = contentLength(head);
      if (declared === undefined) return broken('content-length', head);
      if (bodyAt + declared > bytesMax) return broken('too-large', head);
      length = bodyAt + declared;
    }
    if (pending.bytes().length < length) return undefined;
    const bytes = pending.take(length);
    length = undefined;
    searched = 0;
    return { what: 'message', bytes };
  }

  function skipsToPing(): boolean {
    const blank = readBlank(pending.bytes(), lineBreaks);
    pending.take(blank.end);
    lineBreaks = blank.lineBreaks % LINE_BREAKS_OF_PING;
    return blank.lineBreaks === LINE_BREAKS_OF_PING;
  }

  function broken(why: 'too-large' | 'content-length', head: Buffer | undefined): Framed {
    isBroken = true;
    return { what: 'broken', why, head };
  }

  return {
    get isBetweenMessages() {
      return pending.bytes().length === 0;
    },
    get keptBytes() {
      return pending.room();
    },
    push(chunk) {
      if (isBroken) return [];
      pending.add(chunk);
      const found: Framed[] = [];
      for (let framed = next(); framed !== undefined; framed = next()) {
        found.push(framed);
        if (framed.what === 'broken') break;
      }
      pending.keep();
      return found;
    },
  };
}

/** Reads over what may stand between messages, as far as the line break that makes a ping. */
function readBlank(bytes: Buffer, lineBreaksBefore: number) {
  let lineBreaks = lineBreaksBefore;
  let end = 0;
  while (end < bytes.length && lineBreaks < LINE_BREAKS_OF_PING) {
    const code = bytes[end] ?? 0;
    if (code > SPACE) return { end, lineBreaks: 0 };
    if (code === LF) lineBreaks += 1;
    end += 1;
  }
  return { end, lineBreaks };
}

/** Where the headers end: behind the first empty line. */
function emptyLineEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/** Absent counts as 0: a stream has no end to read to. Undefined: not a number. [3261-20.14] */
function contentLength(head: Buffer): number | undefined {
  const match = CONTENT_LENGTH.exec(head.toString('latin1'));
  if (match === null) return 0;
  const text = match[1]?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:([^\r\n]*)/im;

/** Bytes of a message that has not come whole; room doubles, so that no byte is copied often. */
function pendingBytes() {
  let room: Buffer = NOTHING;
  let from = 0;
  let to = 0;
  /** Room is the chunk that came last, and not ours to write into. */
  let isBorrowed = false;
  return {
    bytes: () => room.subarray(from, to),
    room: () => room.length,
    add(chunk: Buffer): void {
      if (from === to) {
        room = chunk;
        from = 0;
        to = chunk.length;
        isBorrowed = true;
        return;
      }
      const have = to - from;
      if (room.length - to < chunk.length) {
        const grown = Buffer.allocUnsafe(Math.max(GROWTH_BYTES_MIN, 2 * have, have + chunk.length));
        room.copy(grown, 0, from, to);
        room = grown;
        from = 0;
        to = have;
      }
      chunk.copy(room, to);
      to += chunk.length;
    },
    take(count: number): Buffer {
      const taken = room.subarray(from, from + count);
      from += count;
      return taken;
    },
    /** What is left of a chunk becomes ours; a message's few bytes would keep its whole slab. */
    keep(): void {
      if (from === to) {
        room = NOTHING;
        from = 0;
        to = 0;
      } else if (isBorrowed) {
        room = Buffer.from(room.subarray(from, to));
        to -= from;
        from = 0;
      }
      isBorrowed = false;
    },
  };
}

/** What a message of ours is, by its first bytes. */
export function isResponse(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'SIP/';
}
