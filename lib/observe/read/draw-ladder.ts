import { offsetOf } from './moments.ts';

/** One lifeline. */
export type Column = { readonly title: string; readonly address: string };

export type Row = {
  /** Since the first row. */
  readonly offsetMs: number;
  /** Columns by their index; absent where nothing crossed the wire. */
  readonly arrow: { readonly from: number; readonly to: number } | undefined;
  readonly label: string;
  /** Stands at the right, beside the lifelines. */
  readonly note: string;
};

const LABEL_MAX = 26;
const OFFSET_WIDTH = 9;
/** `─ ` before and ` ─>` after a label, and the lifeline. */
const ARROW_ROOM = 6;

/** Draws lifelines with arrows between them, a row a line, the titles above. */
export function drawLadder(columns: readonly Column[], rows: readonly Row[]): string[] {
  const width = columnWidth(columns, rows);
  const half = Math.ceil(longestHead(columns.slice(0, 1)) / 2);
  const places = columns.map((_, index) => OFFSET_WIDTH + half + 1 + index * width);
  return [
    heads(columns, places, ({ title }) => title),
    heads(columns, places, ({ address }) => address),
    ...rows.map((row) => drawRow(row, places)),
  ];
}

/** The same in ASCII, for a terminal that knows nothing else. */
export function inAscii(text: string): string {
  return text.replaceAll('│', '|').replaceAll('─', '-').replaceAll('┼', '+').replaceAll('…', '~');
}

/** Wide enough for what stands above it and for each arrow between neighbours. */
function columnWidth(columns: readonly Column[], rows: readonly Row[]): number {
  let width = longestHead(columns) + 2;
  for (const { arrow, label } of rows) {
    if (arrow === undefined) continue;
    const spans = Math.max(Math.abs(arrow.to - arrow.from), 1);
    width = Math.max(width, Math.ceil((clipped(label).length + ARROW_ROOM) / spans));
  }
  return width;
}

function longestHead(columns: readonly Column[]): number {
  return Math.max(
    0,
    ...columns.map(({ title, address }) => Math.max(title.length, address.length)),
  );
}

function heads(
  columns: readonly Column[],
  places: readonly number[],
  textOf: (column: Column) => string,
): string {
  let line = '';
  columns.forEach((column, index) => {
    const text = textOf(column);
    const start = (places[index] ?? 0) - Math.floor(text.length / 2);
    line = `${line.padEnd(start)}${text}`;
  });
  return line.trimEnd();
}

function drawRow({ offsetMs, arrow, label, note }: Row, places: readonly number[]): string {
  const cells = Array.from({ length: (places.at(-1) ?? 0) + 1 }, () => ' ');
  for (const place of places) cells[place] = '│';
  if (arrow !== undefined) drawArrow(cells, arrow, places, clipped(label));
  cells.splice(0, OFFSET_WIDTH, offsetOf(offsetMs).padStart(OFFSET_WIDTH));
  const besides = arrow === undefined ? [label, note] : [note];
  return [cells.join(''), ...besides.filter((text) => text !== '')].join('  ').trimEnd();
}

function drawArrow(
  cells: string[],
  { from, to }: { readonly from: number; readonly to: number },
  places: readonly number[],
  label: string,
): void {
  const [left, right] = [places[Math.min(from, to)] ?? 0, places[Math.max(from, to)] ?? 0];
  for (let at = left + 1; at < right; at += 1) cells[at] = cells[at] === '│' ? '┼' : '─';
  if (to > from) cells[right - 1] = '>';
  else cells[left + 1] = '<';
  const text = ` ${label} `;
  const start = left + 1 + Math.floor((right - left - 1 - text.length) / 2);
  for (let index = 0; index < text.length; index += 1) cells[start + index] = text[index] ?? ' ';
}

function clipped(label: string): string {
  return label.length <= LABEL_MAX ? label : `${label.slice(0, LABEL_MAX - 1)}…`;
}
