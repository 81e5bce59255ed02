// Opens and denials of all links of a ledger, by the hour: a row for each hour in which there were any.

import type { Instant } from '../lib/time.ts';
import {
  type ActivityCounts,
  addActivity,
  type HourlyActivity,
  hourOf,
} from '../links/hourly-activity.ts';

export type HourTable = ReturnType<typeof createHourTable>;

export function createHourTable(sql: SqlStorage) {
  return {
    /** Adds to the hour of an instant: one row written, whether or not it was there. */
    add(at: Instant, more: ActivityCounts): void {
      const hour = hourOf(at);
      const [row] = sql.exec<HourRow>('SELECT * FROM hours WHERE hour = ?', hour);
      const { opens, denials } = row ? addActivity(activityOf(row), more) : more;
      sql.exec(
        'INSERT OR REPLACE INTO hours VALUES (?, ?, ?)',
        hour,
        opens,
        JSON.stringify(denials),
      );
    },
    /** Hours that start at an instant or later, oldest first. */
    since(instant: Instant): HourlyActivity[] {
      const query = 'SELECT * FROM hours WHERE hour >= ? ORDER BY hour';
      return sql.exec<HourRow>(query, instant).toArray().map(activityOf);
    },
    /** Forgets hours that started at an instant or before. */
    forget(until: Instant): void {
      sql.exec('DELETE FROM hours WHERE hour <= ?', until);
    },
  };
}

type HourRow = { hour: number; opens: number; denials: string };

function activityOf({ denials, ...row }: HourRow): HourlyActivity {
  return { ...row, denials: JSON.parse(denials) as Record<string, number> };
}
