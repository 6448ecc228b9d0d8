const WORD_LENGTH_MAX = 64;

/** Finds the candidate that a mistyped word most likely stood for; absent when none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance > distanceMax(candidate)) continue;
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate;
}

/** A third of the word may be wrong, in a short word one letter. */
function distanceMax(candidate: string): number {
  return Math.max(1, Math.floor(candidate.length / 3));
}

/** Counts letters added, left out, replaced, or swapped with their neighbour. */
export function editDistance(one: string, other: string): number {
  const a = one.slice(0, WORD_LENGTH_MAX);
  const b = other.slice(0, WORD_LENGTH_MAX);
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const added = at(line, column - 1) + 1;
      const leftOut = at(last, column) + 1;
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = row > 1 && column > 1 && isSwap ? at(beforeLast, column - 2) + 1 : replaced;
      line.push(Math.min(replaced, added, leftOut, swapped));
    }
    beforeLast = last;
    last = line;
  }
  return at(last, b.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY;
}
