// The bench's result as tables for people, which docs/COST.md takes as they are.

import type { ArmResult } from './results.ts';
import type { TargetResult } from './targets.ts';

type Report = {
  readonly machine: { readonly cpu: string; readonly cores: number };
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly arms: readonly ArmResult[];
  readonly targets: readonly TargetResult[];
};

export function printTable({ machine, date, rounds, seconds, arms, targets }: Report): void {
  console.log(
    `${date}, ${machine.cores} × ${machine.cpu}, medians of ${rounds} rounds of ${seconds} s\n`,
  );
  printRows(
    ['arm', 'requests/s', 'quartiles', 'p50 ms', 'p99 ms', 'CPU µs', 'ratio', 'CPU ratio'],
    arms.map((arm) => [
      arm.name,
      whole(arm.requestsPerSecond.median),
      `${whole(arm.requestsPerSecond.q1)}–${whole(arm.requestsPerSecond.q3)}`,
      arm.p50Ms.toFixed(1),
      arm.p99Ms.toFixed(1),
      whole(arm.cpuMicroseconds),
      arm.ratio?.toFixed(2) ?? '',
      arm.cpuRatio?.toFixed(2) ?? '',
    ]),
  );
  console.log('');
  printRows(
    ['target', 'ratio', 'holds'],
    targets.map(({ name, ratio, holds }) => [name, ratio.toFixed(2), holds ? 'yes' : 'no']),
  );
}

/** The first column is text, the others are numbers. */
function printRows(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? title.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) => '-'.repeat(width - (column > 0 ? 1 : 0)));
  console.log(line(head));
  console.log(`| ${rule.map((dashes, column) => dashes + (column > 0 ? ':' : '')).join(' | ')} |`);
  for (const row of rows) console.log(line(row));
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
