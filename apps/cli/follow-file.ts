import { type FileHandle, open, stat } from 'node:fs/promises';

const READ_BYTES = 65_536;
const LINE_END = Uint8Array.of(0x0a);

export type Following = {
  /** Waits a moment; answers whether to go on. */
  readonly pause: () => Promise<boolean>;
  /** Called once, when all that was there at first has been handed out. */
  readonly onCaughtUp: () => void;
};

/**
 * Hands out the bytes of a file and then what is appended to it. A file that was cut short or was
 * replaced by another one of its name begins anew; a line end then ends the torn line.
 */
export async function* followFile(
  path: string,
  { pause, onCaughtUp }: Following,
): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined = await open(path, 'r');
  let position = 0;
  let hasCaughtUp = false;
  try {
    for (;;) {
      if (file !== undefined) {
        for await (const chunk of readFrom(file, position)) {
          position += chunk.length;
          yield chunk;
        }
      }
      if (!hasCaughtUp) onCaughtUp();
      hasCaughtUp = true;
      if (!(await pause())) return;
      const fate: Fate = file === undefined ? 'replaced' : await fateOf(path, file, position);
      switch (fate) {
        case 'same':
          break;
        case 'cut-short':
          position = 0;
          yield LINE_END;
          break;
        case 'replaced':
          // What was written to the old file after the last look is still to be had.
          if (file !== undefined) yield* readFrom(file, position);
          await file?.close();
          file = await openIfThere(path);
          position = 0;
          yield LINE_END;
      }
    }
  } finally {
    await file?.close();
  }
}

type Fate = 'same' | 'cut-short' | 'replaced';

async function fateOf(path: string, file: FileHandle, position: number): Promise<Fate> {
  const [ours, now] = [await file.stat(), await statIfThere(path)];
  if (now === undefined || now.ino !== ours.ino || now.dev !== ours.dev) return 'replaced';
  return ours.size < position ? 'cut-short' : 'same';
}

async function* readFrom(file: FileHandle, start: number): AsyncGenerator<Uint8Array> {
  let position = start;
  for (;;) {
    // A fresh buffer each time: the reader keeps the end of a line.
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(READ_BYTES),
      0,
      READ_BYTES,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Between the two halves of a rotation there is no file of that name. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(() => undefined);
}

async function statIfThere(path: string) {
  return stat(path).catch(() => undefined);
}
