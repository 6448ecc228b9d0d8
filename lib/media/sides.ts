import type { Side } from '../ports/media-anchor.ts';

export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}
