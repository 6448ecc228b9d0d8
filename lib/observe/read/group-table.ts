import { answeredShare, type Figures, type GroupFigures, type Grouping } from './call-groups.ts';
import { csvLine } from './csv.ts';
import { spanOf } from './moments.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

const COLUMNS = ['calls', 'emergency', 'failed', 'answered', 'median ring'] as const;

/** A row a group and one for the total, the figures right under their names. */
export function groupTable(
  by: Grouping,
  groups: readonly GroupFigures[],
  total: Figures,
  paint: Paint,
): string {
  const rows = [...groups, { name: 'total', ...total }].map((row) => ({
    name: plainText(row.name),
    cells: cellsOf(row),
    isBad: row.failed > 0,
  }));
  const nameWidth = Math.max(by.length, ...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(nameWidth), ...cells.map((cell, at) => cell.padStart(widthOf(at)))].join('  ');
  return [
    paint('bold', line(by, COLUMNS)),
    ...rows.map(({ name, cells, isBad }, at) => {
      const text = line(name, cells);
      if (at === rows.length - 1) return paint('bold', text);
      return isBad ? paint('red', text) : text;
    }),
  ].join('\n');
}

/** `1204 calls, 88 emergency, 12 failed, 97.1 % answered, median ring 2.1 s`. */
export function totalsLine(total: Figures): string {
  const [calls, emergency, failed, answered, ring] = cellsOf(total);
  return (
    `${calls} calls, ${emergency} emergency, ${failed} failed, ` +
    `${answered} answered, median ring ${ring}`
  );
}

export function groupCsv(
  by: Grouping,
  groups: readonly GroupFigures[],
  total: Figures,
): readonly string[] {
  const row = (name: string, figures: Figures) => {
    const { calls, emergency, failed, answered, ringMsMedian } = figures;
    const share = answeredShare(figures)?.toFixed(4);
    return csvLine([name, calls, emergency, failed, answered, share, ringMsMedian]);
  };
  return [
    csvLine([by, 'calls', 'emergency', 'failed', 'answered', 'answeredShare', 'ringMsMedian']),
    ...groups.map(({ name, ...figures }) => row(name, figures)),
    row('total', total),
  ];
}

function widthOf(column: number): number {
  return Math.max(COLUMNS[column]?.length ?? 0, 8);
}

function cellsOf(figures: Figures): readonly string[] {
  const share = answeredShare(figures);
  return [
    String(figures.calls),
    String(figures.emergency),
    String(figures.failed),
    share === undefined ? '-' : `${(share * 100).toFixed(1)} %`,
    figures.ringMsMedian === undefined ? '-' : spanOf(figures.ringMsMedian),
  ];
}
