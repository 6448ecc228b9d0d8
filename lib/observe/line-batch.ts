import * as fs from 'node:fs';

const LINE_END = 0x0a;

/** Whole lines on their way into a file; what stands before `offset` is in it. */
export type LineBatch = { readonly bytes: Buffer; offset: number };

export function batchOf(lines: string): LineBatch {
  return { bytes: Buffer.from(lines), offset: 0 };
}

/** The same lines, behind the end of a line that somebody else left open. */
export function afterLineEnd(batch: LineBatch | undefined): LineBatch {
  const rest = batch?.bytes.subarray(batch.offset) ?? '';
  return { bytes: Buffer.concat([Buffer.from('\n'), Buffer.from(rest)]), offset: 0 };
}

/** How many lines are not in the file with their end. */
export function linesLeft({ bytes, offset }: LineBatch): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_END, offset); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) {
    // A line end alone closes the line of somebody else.
    if (at > 0) lines += 1;
  }
  return lines;
}

/** Writes a part of the batch, often all of it. */
export function writeSome(
  fd: number,
  batch: LineBatch,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const { bytes, offset } = batch;
    fs.write(fd, bytes, offset, bytes.length - offset, null, (error, count) => {
      if (error === null) batch.offset += count;
      resolve(error ?? undefined);
    });
  });
}

/**
 * Goes back to the beginning of a line whose half is no longer there: the file was truncated by a
 * rotation between the two halves.
 */
export function resume(fd: number, batch: LineBatch): void {
  const torn = tornPart(batch);
  if (torn.length > 0 && sizeIfEndsWith(fd, torn) === 'other') batch.offset -= torn.length;
}

/** Takes half a line out of a file that is left; the whole line goes elsewhere or is lost. */
export function takeBack(fd: number, batch: LineBatch): void {
  const torn = tornPart(batch);
  if (torn.length === 0) return;
  const size = sizeIfEndsWith(fd, torn);
  if (size === 'no file') return;
  if (size !== 'other') fs.ftruncateSync(fd, size - torn.length);
  batch.offset -= torn.length;
}

/** Whether a file ends in the middle of a line, as after a crash. */
export function isTorn(fd: number): boolean {
  const { size } = fs.fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  fs.readSync(fd, last, 0, 1, size - 1);
  return last[0] !== LINE_END;
}

function tornPart({ bytes, offset }: LineBatch): Buffer {
  if (offset === 0) return bytes.subarray(0, 0);
  return bytes.subarray(bytes.lastIndexOf(LINE_END, offset - 1) + 1, offset);
}

function sizeIfEndsWith(fd: number, tail: Buffer): number | 'other' | 'no file' {
  const stat = fs.fstatSync(fd);
  if (!stat.isFile()) return 'no file';
  if (stat.size < tail.length) return 'other';
  const end = Buffer.alloc(tail.length);
  fs.readSync(fd, end, 0, end.length, stat.size - end.length);
  return end.equals(tail) ? stat.size : 'other';
}
