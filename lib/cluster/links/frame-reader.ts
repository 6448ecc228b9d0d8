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
      let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (!isBroken && rest.length >= LENGTH_BYTES) {
        const length = rest.readUInt32BE(0);
        const isTooLong = length > FRAME_BYTES_MAX;
        if (!isTooLong && rest.length < LENGTH_BYTES + length) break;
        const read: Decoded = isTooLong
          ? { what: 'broken', why: 'too-long' }
          : decodeFrame(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length), own);
        found.push(read);
        isBroken = read.what === 'broken';
        rest = isTooLong ? NOTHING : rest.subarray(LENGTH_BYTES + length);
      }
      // Copied, so that a few bytes keep no large chunk in memory.
      held = isBroken || rest.length === 0 ? NOTHING : Buffer.from(rest);
      return found;
    },
  };
}
