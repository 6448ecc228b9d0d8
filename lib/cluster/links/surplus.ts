/** What tells two lines to one site apart. */
export type LineMarks = { readonly isDialledHere: boolean; readonly epoch: number | undefined };

/**
 * Which of two lines to one site stays; both ends come to the same. A younger start of the far
 * node takes the place of an older one. Who dials again knows that its former line is gone. Of two
 * that were dialled from both ends at once the one of the lower site number stays.
 */
export function whichStays(
  old: LineMarks | undefined,
  young: LineMarks,
  own: number,
  peer: number,
): 'young' | 'old' | 'neither' {
  if (old === undefined) return 'young';
  const { epoch: former = 0 } = old;
  const { epoch = 0 } = young;
  if (epoch < former) return 'neither';
  if (epoch > former || old.isDialledHere === young.isDialledHere) return 'young';
  const isDialledByLower = young.isDialledHere === own < peer;
  return isDialledByLower ? 'young' : 'old';
}
