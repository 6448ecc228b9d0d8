import { type Octets, octetsOf } from '../../../lib/base/brands.ts';

/** What a connection of an application turned out to carry. */
export type AdminFramed =
  | { readonly what: 'message'; readonly text: Octets }
  /** The length of the next message cannot be known: the server hangs up. */
  | { readonly what: 'broken' };

export type AdminFraming = { push(chunk: Buffer): readonly AdminFramed[] };

/** The server's ring buffer, and how much it reads into it at once. */
export const RING_BYTES = 12_228;
const READ_BYTES = 8192;
const DIGITS_MAX = 5;
const NOTHING = Buffer.alloc(0);

/**
 * Takes `<bytes>#<payload>` apart as drachtio-server does: in a ring that overwrites its oldest
 * bytes when it is full. A message that does not fit never becomes whole, and no message after it
 * is ever read.
 */
export function openAdminFraming(): AdminFraming {
  let kept: Buffer = NOTHING;
  let length = 0;

  /** Answers whether there is more to look at; undefined: this is no length. */
  function readLength(): boolean | undefined {
    const sharp = kept.subarray(0, DIGITS_MAX + 1).indexOf('#');
    const digits = kept.toString('latin1', 0, sharp < 0 ? kept.length : sharp);
    if (sharp < 0 && kept.length <= DIGITS_MAX && /^\d*$/.test(digits)) {
      length = 0;
      return false;
    }
    if (!/^\d{1,5}$/.test(digits) || sharp < 0) return undefined;
    length = Number(digits);
    kept = kept.subarray(sharp + 1);
    return kept.length > 0;
  }

  function read(piece: Buffer, found: AdminFramed[]): void {
    kept = Buffer.concat([kept, piece]).subarray(-RING_BYTES);
    let goesOn = length > 0 ? true : readLength();
    while (goesOn === true && length > 0 && kept.length >= length) {
      found.push({ what: 'message', text: octetsOf(kept.subarray(0, length)) });
      kept = kept.subarray(length);
      length = 0;
      goesOn = kept.length > 0 ? readLength() : false;
    }
    if (goesOn === undefined) found.push({ what: 'broken' });
  }

  return {
    push(chunk) {
      const found: AdminFramed[] = [];
      for (let at = 0; at < chunk.length; at += READ_BYTES) {
        read(chunk.subarray(at, at + READ_BYTES), found);
      }
      return found;
    },
  };
}
