import type { Paint } from '../../lib/observe/read/paint.ts';

export type Row = { readonly cells: readonly string[]; readonly isUp: boolean };

/** Columns as wide as what is in them; a row that is not up is red. */
export function table(columns: readonly string[], rows: readonly Row[], paint: Paint): string {
  const widths = columns.map((name, at) =>
    Math.max(name.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    paint('bold', line(columns)),
    ...rows.map(({ cells, isUp }) => (isUp ? line(cells) : paint('red', line(cells)))),
  ].join('\n');
}
