import * as fs from 'node:fs';
import type { Alarm } from '../base/time.ts';
import { whyOf } from '../base/why-of.ts';
import { inodeOf, statOf } from './file-identity.ts';
import {
  afterLineEnd,
  batchOf,
  isTorn,
  type LineBatch,
  linesLeft,
  resume,
  takeBack,
  writeSome,
} from './line-batch.ts';
import type { LineFileOptions } from './line-file-options.ts';
import { isDue, turnFiles } from './rotation.ts';

/** A batch this long is written at once instead of at the next tick of the flush timer. */
const BATCH_CHARS = 65_536;
const RETRY_MS = 1000;
/** A full pipe is no failure, only a slow reader. */
const RETRY_BUSY_MS = 50;
/** How often a path is looked at: it may have been renamed by a log rotation. */
const LOOK_MS = 5000;
const CLOSE_MS_MAX = 2000;

/** Appends lines to a file in the background: never throws, never blocks, holds a bounded lot. */
export class LineFile {
  readonly #options: LineFileOptions;
  #waiting = '';
  #waitingLines = 0;
  #batch: LineBatch | undefined;
  #fd: number | undefined;
  #inode = '';
  #bytes = 0;
  #writtenAt = 0;
  #lookedAt = 0;
  #mustReopen = false;
  #isWriting = false;
  #isTroubled = false;
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
      this.#isTroubled = true;
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

  /** Opens the path anew as soon as no line is half written: the file may have been renamed. */
  reopen(): void {
    if (typeof this.#options.target === 'number' || this.#over) return;
    this.#mustReopen = true;
    this.#start(1);
  }

  /** Writes what waits before the process dies; what is being written is left to finish. */
  flushNow(): void {
    const fd = this.#fd;
    if (fd === undefined || this.#over) return;
    if (this.#batch !== undefined && !this.#isWriting && !this.#writeNow(fd, this.#batch)) return;
    if (!this.#isWriting) this.#batch = undefined;
    if (this.#waitingLines > 0 && this.#writeNow(fd, batchOf(this.#waiting))) this.#forget();
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
      const isOwed = this.#batch !== undefined || this.#waitingLines > 0;
      if (isOwed || this.#mustReopen) this.#arm(retryMs);
    });
  }

  /** Answers after how long to look again, if anything waits. */
  async #drain(enough: number): Promise<number> {
    const { target, flushMs } = this.#options;
    if (typeof target === 'string') await this.#look(target);
    while (this.#batch !== undefined || this.#waitingLines > 0) {
      if (this.#fd === undefined) return RETRY_MS;
      const batch = this.#batch ?? this.#take();
      this.#batch = batch;
      if (typeof target === 'string') await this.#turnIfDue(target, batch);
      // Turning may have put a line end before the batch, or found no file to open.
      if (this.#fd === undefined || this.#over || this.#batch !== batch) continue;
      const waitMs = await this.#write(this.#fd, batch);
      if (waitMs !== undefined) return waitMs;
      // Few lines at a time would cost more than they are worth.
      if (this.#batch === undefined && this.#waiting.length < enough) return flushMs;
    }
    return flushMs;
  }

  /** Writes a part of the batch; answers how long to wait before the next try if there must be. */
  async #write(fd: number, batch: LineBatch): Promise<number | undefined> {
    const { flushMs, world } = this.#options;
    const before = batch.offset;
    this.#isWriting = true;
    const failure = await writeSome(fd, batch);
    this.#isWriting = false;
    this.#bytes += batch.offset - before;
    this.#writtenAt = world.clock.unix();
    if (batch.offset === batch.bytes.length) {
      this.#batch = undefined;
      this.#tellIfWhole();
    }
    switch (failure?.code) {
      case undefined:
        return undefined;
      case 'EAGAIN':
        return RETRY_BUSY_MS;
      case 'EPIPE':
        this.#complain(failure);
        this.#end();
        return flushMs;
      default:
        this.#complain(failure);
        return RETRY_MS;
    }
  }

  /** Not before there is room again: what is told may go into this very file. */
  #tellIfWhole(): void {
    const roomMin = Math.min(BATCH_CHARS, this.#options.waitingMax / 2);
    if (!this.#isTroubled || this.#waiting.length >= roomMin) return;
    this.#isTroubled = false;
    this.#options.onWhole();
  }

  /** Whether all of the batch got into the file; half a line does not stay in it. */
  #writeNow(fd: number, batch: LineBatch): boolean {
    try {
      while (batch.offset < batch.bytes.length) {
        batch.offset += fs.writeSync(fd, batch.bytes, batch.offset);
      }
      return true;
    } catch (error) {
      this.#complain(error);
      takeBack(fd, batch);
      return false;
    }
  }

  async #turnIfDue(path: string, batch: LineBatch): Promise<void> {
    const { rotation, world } = this.#options;
    if (rotation === undefined || batch.offset > 0) return;
    const filled = { bytes: this.#bytes, writtenAt: this.#writtenAt };
    if (!isDue(rotation, filled, batch.bytes.length, world.clock.unix())) return;
    // Somebody else may have turned it in this moment.
    const found = await statOf(path);
    const why =
      found?.inode === this.#inode ? await turnFiles(path, rotation.keepFiles) : undefined;
    if (this.#over) return;
    // It grows on, and nothing of it is lost.
    if (why !== undefined) this.#options.onTrouble(why);
    else this.#openAnew(path);
  }

  #take(): LineBatch {
    const batch = batchOf(this.#waiting);
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
    const isSoon = now - this.#lookedAt < LOOK_MS && !this.#mustReopen && !this.#isTroubled;
    if (this.#fd !== undefined && isSoon) return;
    this.#lookedAt = now;
    const mustReopen = this.#mustReopen;
    this.#mustReopen = false;
    const found = await statOf(path);
    if (this.#over) return;
    if (this.#fd === undefined || mustReopen || found?.inode !== this.#inode) {
      this.#openAnew(path);
      return;
    }
    // Smaller than it was: truncated by a rotation that copies.
    this.#bytes = found.size;
    if (this.#batch !== undefined) this.#guarded(this.#fd, this.#batch, resume);
  }

  #openAnew(path: string): void {
    if (this.#fd !== undefined && this.#batch !== undefined) {
      this.#guarded(this.#fd, this.#batch, takeBack);
    }
    this.#release();
    this.#open(path);
  }

  #guarded(fd: number, batch: LineBatch, act: (fd: number, batch: LineBatch) => void): void {
    try {
      act(fd, batch);
    } catch (error) {
      this.#complain(error);
    }
  }

  #open(path: string): void {
    this.#lookedAt = this.#options.world.clock.mono();
    let fd: number | undefined;
    try {
      fd = fs.openSync(path, 'a+', this.#options.mode);
      const stat = fs.fstatSync(fd);
      // Only of a file of ours: the mode of a device is everybody's.
      if (stat.isFile()) fs.fchmodSync(fd, this.#options.mode);
      this.#inode = inodeOf(stat);
      this.#bytes = stat.isFile() ? stat.size : 0;
      this.#writtenAt = stat.mtimeMs;
      if (stat.isFile() && isTorn(fd)) this.#batch = afterLineEnd(this.#batch);
      this.#fd = fd;
    } catch (error) {
      if (fd !== undefined) fs.closeSync(fd);
      this.#complain(error);
    }
  }

  #complain(why: unknown): void {
    this.#isTroubled = true;
    this.#options.onTrouble(whyOf(why));
  }

  #release(): void {
    if (this.#fd !== undefined) fs.close(this.#fd, () => undefined);
    this.#fd = undefined;
  }

  #end(): void {
    this.#over = true;
    if (this.#alarm !== undefined) this.#options.world.timers.clear(this.#alarm);
    const batch = this.#batch;
    if (this.#fd !== undefined && batch !== undefined && !this.#isWriting) {
      this.#guarded(this.#fd, batch, takeBack);
    }
    const lost = this.#waitingLines + (batch === undefined ? 0 : linesLeft(batch));
    this.#batch = undefined;
    this.#forget();
    if (lost > 0) this.#options.onLost(lost);
  }
}
