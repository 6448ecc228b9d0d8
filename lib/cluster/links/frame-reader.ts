import { type Decoded, decodeFrame, FRAME_BYTES_MAX, VERSION } from './frame.ts';

export type FrameReader = {
  /** Bodies are good for as long as they are wanted. Nothing comes after `broken`. */
  push(chunk: Buffer): readonly Decoded[];
};

const LENGTH_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/** Takes a stream of frames apart, whatever pieces it comes in. It never holds more than one. */
export function openFrameReader(own = VERSION): FrameReader {
  let held: Buffer = NOTHING;
  let isBroken = false;

  return {
    push(chunk) {
      if (isBroken) return [];
      const found: Decoded[] = [];
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      let at = 0;
      while (!isBroken && all.length - at >= LENGTH_BYTES) {
        const begins = at + LENGTH_BYTES;
        const length = all.readUInt32BE(at);
        const isTooLong = length > FRAME_BYTES_MAX;
        if (!isTooLong && all.length - begins < length) break;
        const read: Decoded = isTooLong
          ? { what: 'broken', why: 'too-long' }
          : decodeFrame(all.subarray(begins, begins + length), own);
        found.push(read);
        isBroken = read.what === 'broken';
        at = begins + length;
      }
      // Copied, so that a few bytes keep no large chunk in memory.
      held = isBroken || at === all.length ? NOTHING : Buffer.from(all.subarray(at));
      return found;
    },
  };
}
