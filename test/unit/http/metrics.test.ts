// What ledgers measured, as metrics: each app's series once, and nothing of an app that gave no answer.

import { expect, test } from 'vitest';
import type { App } from '../../../src/apps/app.ts';
import type { LedgerMetrics } from '../../../src/apps/ports.ts';
import { ledgerMetrics } from '../../../src/http/metrics.ts';
import { prometheusText } from '../../../src/lib/prometheus.ts';
import { readPrometheus } from '../../support/prometheus.ts';

const SEEN: LedgerMetrics = {
  count: { live: 7, revoking: 2 },
  totals: {
    mints: 12,
    opens: 34,
    redeems: 5,
    revocations: 3,
    denials: { expired: 4, password_wrong: 9 },
  },
  revocationLagMs: 61_500,
  webhooks: { pending: 6, dead: 8, behind: 1, silent: 0 },
};

const app = (id: string, name = id, more: Partial<App> = {}) => ({ id, name, ...more }) as App;
const read = (...asked: Parameters<typeof ledgerMetrics>) =>
  readPrometheus(prometheusText(ledgerMetrics(...asked)));

test('each number of an app is a series with the label of the app', () => {
  const series = read([{ app: app('A'), value: SEEN }]);
  expect(Object.fromEntries(series)).toEqual({
    'hallpass_app_up{app="A"}': 1,
    'hallpass_app_info{app="A",name="A",suspended="false"}': 1,
    'hallpass_mints_total{app="A"}': 12,
    'hallpass_opens_total{app="A"}': 34,
    'hallpass_redeems_total{app="A"}': 5,
    'hallpass_denials_total{app="A",reason="expired"}': 4,
    'hallpass_denials_total{app="A",reason="password_wrong"}': 9,
    'hallpass_revocations_total{app="A"}': 3,
    'hallpass_live_links{app="A"}': 7,
    'hallpass_revoking_links{app="A"}': 2,
    'hallpass_revocation_lag_seconds{app="A"}': 61.5,
    'hallpass_webhook_deliveries{app="A",state="pending"}': 6,
    'hallpass_webhook_deliveries{app="A",state="dead"}': 8,
    'hallpass_webhooks_behind{app="A"}': 1,
    'hallpass_webhooks_silent{app="A"}': 0,
  });
});

test('an app that gave no answer is down and has no number that could be taken for its own', () => {
  const suspended = app('B', 'B', { suspendedAt: 1 });
  const series = read([
    { app: app('A'), value: SEEN },
    { app: suspended, value: undefined },
  ]);
  expect([...series.keys()].filter((key) => key.includes('"B"'))).toEqual([
    'hallpass_app_up{app="B"}',
    'hallpass_app_info{app="B",name="B",suspended="true"}',
  ]);
  expect(series.get('hallpass_app_up{app="B"}')).toBe(0);
});

test('an app may have any name', () => {
  const names = ['"} 1\nhallpass_app_up{app="X', '\\', '\n', 'ü"'];
  const series = read(names.map((name, index) => ({ app: app(`A${index}`, name), value: SEEN })));
  expect([...series.keys()].filter((key) => key.startsWith('hallpass_app_up'))).toHaveLength(4);
  expect([...series.keys()].filter((key) => key.startsWith('hallpass_app_info'))).toHaveLength(4);
});

test('without any app there is every metric and no series', () => {
  const text = prometheusText(ledgerMetrics([]));
  expect(readPrometheus(text).size).toBe(0);
  expect(text.match(/^# TYPE hallpass_\w+ (?:counter|gauge)$/gm)).toHaveLength(13);
});
