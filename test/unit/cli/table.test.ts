import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Column, layOut, plainRow, rowOf } from '../../../src/cli/output/table.ts';
import { cutTo, printable } from '../../../src/cli/output/width.ts';

type Row = { readonly id: string; readonly key: string; readonly note: string };

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'KEY', of: ({ key }) => key, cut: 'middle' },
  { title: 'NOTE', of: ({ note }) => note, cut: 'end', giveUp: 1 },
];
const WIDE: Row = {
  id: 'lnk_1',
  key: '報告書/二〇二六年/最終版.pdf',
  note: '👩‍👩‍👧 for the family',
};
const PLAIN: Row = { id: 'lnk_2', key: 'reports/2026/q3.pdf', note: 'x' };
const asIs = (_format: unknown, text: string) => text;

const linesAt = (columns: number, rows: readonly Row[] = [WIDE, PLAIN]) => {
  const layout = layOut(COLUMNS, rows, columns);
  return rows.map((row) => rowOf(layout, row, asIs));
};

describe('a table', () => {
  it.each([200, 80, 60, 40, 25, 18, 10, 5])('fits %i columns', (columns) => {
    for (const line of linesAt(columns)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('is whole where there is room', () => {
    expect(linesAt(200)[0]).toContain(WIDE.key);
    expect(linesAt(200)[0]).toContain(WIDE.note);
  });

  it('aligns its columns by their width on the terminal, not by characters', () => {
    const [wide = '', plain = ''] = linesAt(200);
    const startOf = (line: string, note: string) => stringWidth(line.slice(0, line.indexOf(note)));
    expect(startOf(wide, WIDE.note)).toBe(startOf(plain, PLAIN.note));
  });

  it('gives up what matters least, and keeps the id whole', () => {
    const [line = ''] = linesAt(20);
    expect(line).toContain('lnk_1');
    expect(line).not.toContain('family');
  });

  it('keeps both ends of a key', () => {
    expect(cutTo('reports/2026/q3.pdf', 11, 'middle')).toBe('repor…3.pdf');
  });

  it('cuts no character in two', () => {
    expect(cutTo('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  });

  it('lets nothing steer the terminal', () => {
    expect(printable('a\u001b[31mb\tc\u202e')).toBe('a�[31mb�c�');
  });

  it('is whole and in tabs for programs', () => {
    expect(plainRow(COLUMNS, PLAIN)).toBe('lnk_2\treports/2026/q3.pdf\tx');
  });
});
