// Tables that fit the terminal: what matters least gives way first.

import type { Format, Style } from './style.ts';
import { type Cut, cutTo, padTo, printable, widthOf } from './width.ts';

export type Column<Row> = {
  readonly title: string;
  /** For people; `plain` for programs, where it differs. */
  readonly of: (row: Row) => string;
  readonly plain?: (row: Row) => string;
  readonly format?: (row: Row) => Format | undefined;
  /** Given up where there is no room, the highest first. Without it a column stays. */
  readonly giveUp?: number;
  /** May be cut, down to MIN_CUT columns. */
  readonly cut?: Cut;
};

export type Layout<Row> = readonly { readonly column: Column<Row>; readonly width: number }[];

const GAP = '  ';
const MIN_CUT = 8;

/** Chooses the columns and their widths by these rows. */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  available: number,
): Layout<Row> {
  const wanted = columns.map((column) => ({ column, width: naturalWidth(column, rows) }));
  const kept = keepWhatFits(wanted, available);
  return shrink(kept, available);
}

export function headerOf<Row>(layout: Layout<Row>, style: Style): string {
  return lineOf(layout.map(({ column, width }) => style('dim', padTo(column.title, width))));
}

export function rowOf<Row>(layout: Layout<Row>, row: Row, style: Style): string {
  const cells = layout.map(({ column, width }) => {
    const text = padTo(cutTo(printable(column.of(row)), width, column.cut), width);
    return style(column.format?.(row), text);
  });
  return lineOf(cells);
}

/** Whole and in tabs, as programs take it. */
export function plainRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  return columns.map((column) => printable((column.plain ?? column.of)(row))).join('\t');
}

function lineOf(cells: readonly string[]): string {
  return cells.join(GAP).trimEnd();
}

function naturalWidth<Row>({ title, of }: Column<Row>, rows: readonly Row[]): number {
  return rows.reduce((most, row) => Math.max(most, widthOf(printable(of(row)))), widthOf(title));
}

function keepWhatFits<Row>(wanted: Layout<Row>, available: number): Layout<Row> {
  const least = wanted.map(({ column, width }) => ({ column, width: leastWidth(column, width) }));
  if (totalOf(least) <= available) return wanted;
  const [first] = wanted
    .filter(({ column }) => column.giveUp !== undefined)
    .sort((a, b) => (b.column.giveUp ?? 0) - (a.column.giveUp ?? 0));
  if (!first) return wanted;
  return keepWhatFits(
    wanted.filter((entry) => entry !== first),
    available,
  );
}

/** The widest that may be cut gives first; on the narrowest terminals every column does. */
function shrink<Row>(kept: Layout<Row>, available: number): Layout<Row> {
  const layout = kept.map((entry) => ({ ...entry }));
  while (totalOf(layout) > available) {
    const cuttable = layout.filter(({ column, width }) => width > leastWidth(column, width));
    const pool = cuttable.length > 0 ? cuttable : layout.filter(({ width }) => width > 1);
    const widest = pool.sort((a, b) => b.width - a.width)[0];
    if (!widest) break;
    widest.width -= 1;
  }
  return layout;
}

function leastWidth<Row>({ cut }: Column<Row>, width: number): number {
  return cut ? Math.min(width, MIN_CUT) : width;
}

function totalOf<Row>(layout: Layout<Row>): number {
  const widths = layout.reduce((sum, { width }) => sum + width, 0);
  return widths + GAP.length * Math.max(0, layout.length - 1);
}
