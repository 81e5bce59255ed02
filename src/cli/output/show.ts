// Output in its three forms: JSON where --json asks for it, for people on a terminal, and lines for
// programs in a pipe.

import { columnsOf, type Session, tell } from '../session.ts';
import { type Style, styleFor } from './style.ts';
import { type Column, headerOf, layOut, plainRow, rowOf } from './table.ts';
import { cutTo, padTo, printable, widthOf } from './width.ts';

/** How many rows are awaited before the widths are chosen. */
const ROWS_LOOKED_AT = 200;

/** An object: as JSON, or however a person is told. */
export function show(session: Session, value: unknown, lines: () => readonly string[]): void {
  const text = session.isJson ? JSON.stringify(value, null, 2) : lines().join('\n');
  if (text !== '') session.stdout.write(`${text}\n`);
}

export type List<Row> = {
  readonly rows: AsyncIterable<Row>;
  readonly columns: readonly Column<Row>[];
  /** Said when there is nothing to show. */
  readonly empty: string;
  /** How many at most. */
  readonly limit?: number | undefined;
};

/** A list, as it comes: one JSON array, a table that fits, or lines of tabs. */
export async function showList<Row>(session: Session, list: List<Row>): Promise<void> {
  const rows = upTo(list.rows, list.limit);
  if (session.isJson) return writeJson(session, rows);
  const count = session.stdout.isTTY
    ? await writeTable(session, list.columns, rows)
    : await writeLines(session, list.columns, rows);
  if (count === 0) tell(session, list.empty);
}

/** What goes on without end, each row at once: JSON on one line, or columns of fixed widths. */
export async function showStream<Row>(
  session: Session,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
): Promise<void> {
  const { stdout, isJson } = session;
  const style = styleOf(session);
  for await (const row of rows) {
    const line = () =>
      stdout.isTTY
        ? rowOf(layOut(columns, [row], columnsOf(stdout)), row, style)
        : plainRow(columns, row);
    stdout.write(`${isJson ? JSON.stringify(row) : line()}\n`);
  }
}

/** What is known of one thing, one line each, without what is absent. */
export function details(
  session: Session,
  entries: readonly (readonly [label: string, value: string | null | undefined])[],
): string[] {
  const style = styleOf(session);
  const known = entries.flatMap(([label, value]) =>
    value === undefined || value === null || value === '' ? [] : [{ label, value }],
  );
  const widest = Math.max(...known.map(({ label }) => widthOf(label)));
  return known.map(
    ({ label, value }) => `${style('dim', padTo(label, widest))}  ${printable(value)}`,
  );
}

export function styleOf({ stdout, env }: Session): Style {
  return styleFor(stdout, env);
}

async function writeJson<Row>({ stdout }: Session, rows: AsyncIterable<Row>): Promise<void> {
  let separator = '[';
  for await (const row of rows) {
    stdout.write(`${separator}\n  ${JSON.stringify(row)}`);
    separator = ',';
  }
  stdout.write(separator === '[' ? '[]\n' : '\n]\n');
}

async function writeLines<Row>(
  { stdout }: Session,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
): Promise<number> {
  let count = 0;
  for await (const row of rows) {
    stdout.write(`${plainRow(columns, row)}\n`);
    count += 1;
  }
  return count;
}

async function writeTable<Row>(
  session: Session,
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
): Promise<number> {
  const { stdout } = session;
  const available = columnsOf(stdout);
  const style = styleOf(session);
  const iterator = rows[Symbol.asyncIterator]();
  const first: Row[] = [];
  let next = await iterator.next();
  for (; !next.done && first.length < ROWS_LOOKED_AT; next = await iterator.next()) {
    first.push(next.value);
  }
  if (first.length === 0) return 0;
  const layout = layOut(columns, first, available);
  stdout.write(`${headerOf(layout, style)}\n`);
  for (const row of first) stdout.write(`${rowOf(layout, row, style)}\n`);
  let count = first.length;
  for (; !next.done; next = await iterator.next()) {
    stdout.write(`${rowOf(layout, next.value, style)}\n`);
    count += 1;
  }
  return count;
}

async function* upTo<Row>(rows: AsyncIterable<Row>, limit = Number.POSITIVE_INFINITY) {
  let count = 0;
  if (limit <= 0) return;
  for await (const row of rows) {
    yield row;
    count += 1;
    if (count >= limit) return;
  }
}

/** One line for a terminal, cut to its width. */
export function fitted(text: string, stream: NodeJS.WriteStream): string {
  return cutTo(text, columnsOf(stream) - 1);
}
