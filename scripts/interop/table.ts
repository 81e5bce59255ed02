// What a run found, for people.

import type { Store } from '../../src/config.ts';
import type { Report } from './matrix.ts';
import { type Asked, storeTable } from './settings.ts';

const ANSWER_WIDTH = 7;
const BACKS_WIDTH = 19;

export function reportTable(report: Report, store: Store): string {
  const areas = [...new Set(report.asked.map(({ area }) => area))];
  const tables = areas.map((area) => {
    const rows = report.asked.filter((one) => one.area === area).map(row);
    return [area, ...rows].join('\n');
  });
  return [
    `Hallpass and ${store.endpoint}, bucket ${store.bucket} (${store.addressing}), region ${store.region}`,
    ...tables,
    verdict(report),
    `Settings of this store, for wrangler.toml:\n\n${storeTable(store, report.capabilities)}`,
    ...(report.left.length === 0 ? [] : [leftovers(report.left)]),
  ].join('\n\n');
}

function row({ answer, backs, what, note }: Asked): string {
  const line = `  ${answer.padEnd(ANSWER_WIDTH)}${backs.padEnd(BACKS_WIDTH)}${what}`;
  return note === undefined
    ? line
    : `${line}\n${' '.repeat(2 + ANSWER_WIDTH + BACKS_WIDTH)}(${note})`;
}

function verdict({ asked, broken }: Report): string {
  const count = asked.filter(({ answer }) => answer === 'yes').length;
  const kept =
    broken.length === 0
      ? 'Hallpass keeps its promises here, with the settings below.'
      : `Hallpass can’t keep its promises here: ${broken.join(', ')}.`;
  return `${count} of ${asked.length} yes. ${kept}`;
}

function leftovers(left: readonly string[]): string {
  const lines = left.map((key) => `  ${JSON.stringify(key)}`);
  return ['Could not be removed, delete it yourself:', ...lines].join('\n');
}
