import { parseStory, type Told } from './parse-story.ts';

/** A longer line is no line of ours. */
const LINE_BYTES_MAX = 1024 * 1024;
const LINE_END = 0x0a;

/** What was met on the way; the caller makes it and reads it afterwards. */
export type Tally = { junk: number };

export type LineFilter = (line: string) => boolean;

/**
 * Reads step lines and records, mixed, from the bytes of a log. Lines that are neither are skipped
 * and counted; blank ones are not. `worthParsing` sees each line first: most of a large log is not.
 */
export async function* readStory(
  chunks: AsyncIterable<Uint8Array>,
  tally: Tally,
  worthParsing: LineFilter,
): AsyncGenerator<Told> {
  for await (const line of readLines(chunks, tally)) {
    if (line.trim() === '' || !worthParsing(line)) continue;
    const told = parseStory(line);
    if (told === undefined) tally.junk += 1;
    else if (told.kind !== 'notice') yield told;
  }
}

/** Cuts bytes into lines; a last line without its end counts, since a crash may have cut it. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  tally: Tally,
): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      const line = textOf(rest, restBytes, chunk.subarray(start, end));
      if (line === undefined) tally.junk += 1;
      else yield line;
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    restBytes += chunk.length - start;
    // The bytes of a line that is too long are only counted, not kept.
    if (restBytes <= LINE_BYTES_MAX) rest.push(chunk.subarray(start));
    else rest = [];
  }
  if (restBytes === 0) return;
  const line = textOf(rest, restBytes, new Uint8Array(0));
  if (line === undefined) tally.junk += 1;
  else yield line;
}

function textOf(rest: Uint8Array[], restBytes: number, end: Uint8Array): string | undefined {
  if (restBytes + end.length > LINE_BYTES_MAX) return undefined;
  if (restBytes > 0) return Buffer.concat([...rest, end]).toString('utf8');
  return Buffer.from(end.buffer, end.byteOffset, end.length).toString('utf8');
}
