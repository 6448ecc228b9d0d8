import * as fs from 'node:fs';
import type { Alarm, World } from '../base/time.ts';

/** A batch this long is written at once instead of at the next tick of the flush timer. */
const BATCH_CHARS = 65_536;
const RETRY_MS = 1000;
/** A full pipe is no failure, only a slow reader. */
const RETRY_BUSY_MS = 50;
/** How often a path is looked at: it may have been renamed by a log rotation. */
const LOOK_MS = 5000;
const CLOSE_MS_MAX = 2000;

export type LineFileOptions = {
  /** A path, or the descriptor of standard output or standard error. */
  readonly target: string | 1 | 2;
  /** The mode that a file gets, also one that existed with another. */
  readonly mode: number;
  /** Characters that may wait to be written; a line beyond them is lost. */
  readonly waitingMax: number;
  /** The longest time that a line waits before it is written. */
  readonly flushMs: number;
  readonly world: World;
  readonly onLost: (lines: number) => void;
  readonly onTrouble: (why: string) => void;
};

type Batch = { readonly bytes: Buffer; readonly lines: number; offset: number };

/** Appends lines to a file in the background: never throws, never blocks, holds a bounded lot. */
export class LineFile {
  readonly #options: LineFileOptions;
  #waiting = '';
  #waitingLines = 0;
  #batch: Batch | undefined;
  #fd: number | undefined;
  #inode = '';
  #lookedAt = 0;
  #alarm: Alarm | undefined;
  #draining: Promise<void> | undefined;
  /** The reader has gone away for good, or the file was closed. */
  #over = false;

  constructor(options: LineFileOptions) {
    this.#options = options;
    if (typeof options.target === 'number') this.#fd = options.target;
    else this.#open(options.target);
  }

  write(line: string): void {
    if (this.#over || this.#waiting.length + line.length > this.#options.waitingMax) {
      this.#options.onLost(1);
      return;
    }
    this.#waiting += line;
    this.#waitingLines += 1;
    const isHeldUp = this.#fd === undefined || this.#batch !== undefined;
    if (this.#waiting.length >= BATCH_CHARS && !isHeldUp) this.#start(BATCH_CHARS);
    else this.#arm(this.#options.flushMs);
  }

  /** Settles when all that was written so far is in the file, or cannot be written now. */
  async flush(): Promise<void> {
    if (this.#draining !== undefined) await this.#draining;
    this.#start(1);
    await this.#draining;
  }

  /** Writes what waits before the process dies; what is being written is left to finish. */
  flushNow(): void {
    if (this.#fd === undefined || this.#waitingLines === 0) return;
    try {
      fs.writeSync(this.#fd, this.#waiting);
      this.#forget();
    } catch (error) {
      this.#options.onTrouble(whyOf(error));
    }
  }

  async close(): Promise<void> {
    if (this.#over) return;
    const { timers } = this.#options.world;
    let deadline: Alarm | undefined;
    const patience = new Promise<void>((resolve) => {
      deadline = timers.set(CLOSE_MS_MAX, resolve);
    });
    await Promise.race([this.flush(), patience]);
    if (deadline !== undefined) timers.clear(deadline);
    this.#end();
    if (typeof this.#options.target === 'string') this.#release();
  }

  /** Writes after `delayMs` at the latest; a writing that is under way takes it along. */
  #arm(delayMs: number): void {
    if (this.#alarm !== undefined || this.#draining !== undefined || this.#over) return;
    this.#alarm = this.#options.world.timers.set(delayMs, () => this.#start(BATCH_CHARS));
  }

  /** Writes what waits, and goes on as long as at least `enough` characters wait again. */
  #start(enough: number): void {
    if (this.#alarm !== undefined) this.#options.world.timers.clear(this.#alarm);
    this.#alarm = undefined;
    if (this.#over || this.#draining !== undefined) return;
    this.#draining = this.#drain(enough).then((retryMs) => {
      this.#draining = undefined;
      if (this.#batch !== undefined || this.#waitingLines > 0) this.#arm(retryMs);
    });
  }

  /** Answers after how long to look again, if anything waits. */
  async #drain(enough: number): Promise<number> {
    const { target, onTrouble, flushMs } = this.#options;
    if (typeof target === 'string') await this.#look(target);
    while (this.#batch !== undefined || this.#waitingLines > 0) {
      if (this.#fd === undefined) return RETRY_MS;
      const batch = this.#batch ?? this.#take();
      this.#batch = batch;
      const failure = await writeSome(this.#fd, batch);
      if (batch.offset === batch.bytes.length) this.#batch = undefined;
      switch (failure?.code) {
        case undefined:
          // Few lines at a time would cost more than they are worth.
          if (this.#batch === undefined && this.#waiting.length < enough) return flushMs;
          break;
        case 'EAGAIN':
          return RETRY_BUSY_MS;
        case 'EPIPE':
          onTrouble(whyOf(failure));
          this.#end();
          return flushMs;
        default:
          onTrouble(whyOf(failure));
          return RETRY_MS;
      }
    }
    return flushMs;
  }

  #take(): Batch {
    const batch = { bytes: Buffer.from(this.#waiting), lines: this.#waitingLines, offset: 0 };
    this.#forget();
    return batch;
  }

  #forget(): void {
    this.#waiting = '';
    this.#waitingLines = 0;
  }

  /** Opens the path anew when it is not, or no longer, the file that is written to. */
  async #look(path: string): Promise<void> {
    const now = this.#options.world.clock.mono();
    if (this.#fd !== undefined && now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const inode = await inodeOf(path);
    if (this.#over || (this.#fd !== undefined && inode === this.#inode)) return;
    this.#release();
    this.#open(path);
  }

  #open(path: string): void {
    this.#lookedAt = this.#options.world.clock.mono();
    let fd: number | undefined;
    try {
      fd = fs.openSync(path, 'a', this.#options.mode);
      const stat = fs.fstatSync(fd);
      // Only of a file of ours: the mode of a device is everybody's.
      if (stat.isFile()) fs.fchmodSync(fd, this.#options.mode);
      this.#inode = `${stat.dev}/${stat.ino}`;
      this.#fd = fd;
    } catch (error) {
      if (fd !== undefined) fs.closeSync(fd);
      this.#options.onTrouble(whyOf(error));
    }
  }

  #release(): void {
    if (this.#fd !== undefined) fs.close(this.#fd, () => undefined);
    this.#fd = undefined;
  }

  #end(): void {
    this.#over = true;
    if (this.#alarm !== undefined) this.#options.world.timers.clear(this.#alarm);
    const lost = this.#waitingLines + (this.#batch?.lines ?? 0);
    this.#batch = undefined;
    this.#forget();
    if (lost > 0) this.#options.onLost(lost);
  }
}

/** Writes a part of the batch, often all of it. */
function writeSome(fd: number, batch: Batch): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const { bytes, offset } = batch;
    fs.write(fd, bytes, offset, bytes.length - offset, null, (error, count) => {
      if (error === null) batch.offset += count;
      resolve(error ?? undefined);
    });
  });
}

function inodeOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    fs.stat(path, (error, stat) => resolve(error === null ? `${stat.dev}/${stat.ino}` : 'none'));
  });
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
