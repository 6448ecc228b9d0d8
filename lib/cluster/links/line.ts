import type { MonoMs } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Alarm, World } from '../../base/time.ts';
import { type Decoded, encodeFrame, type Frame, type Leaving, VERSION } from './frame.ts';
import { openFrameReader } from './frame-reader.ts';
import { echoed, firstBeat, type Heartbeat, judge, ticked } from './heartbeat.ts';
import type { LinkSettings } from './settings.ts';
import type { LinkEars, LinkSocket } from './wires.ts';

/** Why a line came to its end. */
export type LineEnd =
  | { readonly by: 'far'; readonly why: 'closed' | Leaving }
  | { readonly by: 'us'; readonly why: 'silent' | 'no-hello' | 'garbled' | 'untimely' | Leaving };

export type Hello = Extract<Frame, { readonly kind: 'hello' }>;
export type Talk = Extract<Frame, { readonly kind: 'ask' | 'answer' | 'pass' | 'tell' }>;

export type LineEars = {
  /** Who is there; the version is the newest of theirs. It begins to beat unless it is left. */
  onHello(line: Line, hello: Hello, version: number): void;
  /** The far end beats: it has taken the line. */
  onTaken(line: Line): void;
  onTalk(line: Line, frame: Talk): void;
  onSkipped(line: Line): void;
  onEnd(line: Line, end: LineEnd): void;
};

export type LineParts = {
  readonly world: World;
  readonly settings: LinkSettings;
  readonly isDialledHere: boolean;
  readonly version?: number;
  readonly hello: Omit<Hello, 'kind'>;
  readonly ears: LineEars;
};

/** What waits for the next frame leaves without it when there is so much. */
const HELD_BYTES_MAX = 16 * 1024;

/** One secured connection to a peer, from its first word to its end. */
export class Line {
  readonly isDialledHere: boolean;
  readonly #parts: LineParts;
  readonly #socket: LinkSocket;
  readonly #reader: ReturnType<typeof openFrameReader>;
  /** Spoken by both; the own one until the far end has said its. */
  #version: number;
  #beat: Heartbeat | undefined;
  #heardAt: MonoMs;
  #alarm: Alarm | undefined;
  #isTaken = false;
  #isOver = false;
  /** Frames that leave with the next one. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Since the last tick. */
  #hasSpoken = false;
  #epoch: number | undefined;

  constructor(parts: LineParts, socket: LinkSocket) {
    const { world, settings, version = VERSION, hello } = parts;
    this.isDialledHere = parts.isDialledHere;
    this.#parts = parts;
    this.#socket = socket;
    this.#version = version;
    this.#heardAt = world.clock.mono();
    this.#reader = openFrameReader(version);
    this.#alarm = world.timers.set(settings.helloMs, () =>
      this.#finish({ by: 'us', why: 'no-hello' }),
    );
    this.send({ kind: 'hello', ...hello });
  }

  /** What its socket tells it. */
  get ears(): LinkEars {
    return {
      onBytes: (bytes) => this.#hear(bytes),
      onClosed: () => this.#finish({ by: 'far', why: 'closed' }),
    };
  }

  /** The start of the far node; absent: it has not said. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  get version(): number {
    return this.#version;
  }

  get rttMs(): number | undefined {
    return this.#beat?.rttMs;
  }

  get waitingBytes(): number {
    return this.#socket.waitingBytes + this.#heldBytes;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  send(frame: Frame): void {
    if (this.#isOver) return;
    this.#held.push(encodeFrame(frame, this.#version));
    this.#flush();
  }

  /** It leaves with the next frame, in one piece and before it; at the next beat at the latest. */
  sendLater(frame: Frame): void {
    if (this.#isOver) return;
    const bytes = encodeFrame(frame, this.#version);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= HELD_BYTES_MAX) this.#flush();
  }

  #flush(): void {
    const [only, ...more] = this.#held;
    if (only === undefined) return;
    this.#socket.write(more.length === 0 ? only : Buffer.concat(this.#held));
    this.#held = [];
    this.#heldBytes = 0;
    this.#hasSpoken = true;
  }

  /** Ends it with a word to the far end. */
  leave(why: Leaving): void {
    this.send({ kind: 'leave', why });
    this.#finish({ by: 'us', why });
  }

  #hear(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#heardAt = this.#parts.world.clock.mono();
    for (const read of this.#reader.push(bytes)) {
      if (this.#isOver) return;
      this.#read(read);
    }
  }

  #read(read: Decoded): void {
    switch (read.what) {
      case 'frame':
        this.#understand(read.frame, read.version);
        return;
      case 'skipped':
        this.#parts.ears.onSkipped(this);
        return;
      case 'strange-ask':
        this.#parts.ears.onSkipped(this);
        this.send({ kind: 'pass', id: read.id });
        return;
      case 'broken':
        this.#finish({ by: 'us', why: 'garbled' });
        return;
      default:
        never(read);
    }
  }

  #understand(frame: Frame, version: number): void {
    const { ears } = this.#parts;
    if (frame.kind === 'leave') {
      this.#finish({ by: 'far', why: frame.why });
      return;
    }
    if ((frame.kind === 'hello') !== (this.#beat === undefined)) {
      this.#finish({ by: 'us', why: 'untimely' });
      return;
    }
    switch (frame.kind) {
      case 'hello':
        this.#greet(frame, version);
        return;
      case 'beat':
        // What is told to a line that is taken goes out first: an echo says that it is there.
        this.#take();
        this.send({ kind: 'echo', number: frame.number });
        return;
      case 'echo':
        this.#echo(frame.number);
        return;
      case 'ask':
      case 'answer':
      case 'pass':
      case 'tell':
        ears.onTalk(this, frame);
        return;
      default:
        never(frame);
    }
  }

  #greet(hello: Hello, version: number): void {
    const { world, ears } = this.#parts;
    this.#epoch = hello.epoch;
    this.#version = Math.min(version, this.#version);
    this.#beat = firstBeat(world.clock.mono());
    ears.onHello(this, hello, version);
    if (!this.#isOver) this.#tick();
  }

  #take(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#parts.ears.onTaken(this);
  }

  #echo(number: number): void {
    if (this.#beat !== undefined)
      this.#beat = echoed(this.#beat, number, this.#parts.world.clock.mono());
  }

  #tick(): void {
    const { world, settings } = this.#parts;
    const now = world.clock.mono();
    const beat = this.#beat;
    if (beat === undefined) return;
    const verdict = judge(beat, this.#heardAt, now, settings);
    if (verdict === 'dead') {
      this.#finish({ by: 'us', why: 'silent' });
      return;
    }
    if (verdict === 'stalled-here') this.#heardAt = now;
    this.#beat = ticked(beat, now, this.#hasSpoken);
    if (this.#beat.number === beat.number) this.#flush();
    else this.send({ kind: 'beat', number: this.#beat.number });
    this.#hasSpoken = false;
    this.#setAlarm(settings.beatEveryMs);
  }

  #setAlarm(delayMs: number): void {
    const { timers } = this.#parts.world;
    if (this.#alarm !== undefined) timers.clear(this.#alarm);
    this.#alarm = timers.set(delayMs, () => this.#tick());
  }

  #finish(end: LineEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#alarm !== undefined) this.#parts.world.timers.clear(this.#alarm);
    if (end.by === 'us' && end.why !== 'silent') this.#socket.end();
    else this.#socket.cut();
    this.#parts.ears.onEnd(this, end);
  }
}
