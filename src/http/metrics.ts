// What ledgers have measured, as Prometheus has it: HELP says what each number means.

import type { App } from '../apps/app.ts';
import type { Answers } from '../apps/ask-each.ts';
import type { LedgerMetrics } from '../apps/ports.ts';
import type { Metric, Sample } from '../lib/prometheus.ts';
import { SECOND_MS } from '../lib/time.ts';

type Measured = {
  readonly name: string;
  readonly type: Metric['type'];
  readonly help: string;
  /** The series of one app, without the label of the app. */
  readonly of: (metrics: LedgerMetrics) => readonly Sample[];
};

const MEASURED: readonly Measured[] = [
  {
    name: 'hallpass_mints_total',
    type: 'counter',
    help: 'Links that were minted.',
    of: ({ totals }) => one(totals.mints),
  },
  {
    name: 'hallpass_opens_total',
    type: 'counter',
    help: 'Opens that were allowed, as gates report them within seconds; edge links ask no gate.',
    of: ({ totals }) => one(totals.opens),
  },
  {
    name: 'hallpass_redeems_total',
    type: 'counter',
    help: 'Uses that were spent.',
    of: ({ totals }) => one(totals.redeems),
  },
  {
    name: 'hallpass_denials_total',
    type: 'counter',
    help: 'Opens that gates refused, by the reason that operators see.',
    of: ({ totals }) => by('reason', totals.denials),
  },
  {
    name: 'hallpass_revocations_total',
    type: 'counter',
    help: 'Links that were revoked.',
    of: ({ totals }) => one(totals.revocations),
  },
  {
    name: 'hallpass_live_links',
    type: 'gauge',
    help: 'Links that have neither ended nor expired.',
    of: ({ count }) => one(count.live),
  },
  {
    name: 'hallpass_revoking_links',
    type: 'gauge',
    help: 'Links that have been ended, but their gates do not know it yet and may open them.',
    of: ({ count }) => one(count.revoking),
  },
  {
    name: 'hallpass_revocation_lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest revocation that some gate does not know yet; 0 without one.',
    of: ({ revocationLagMs }) => one(revocationLagMs / SECOND_MS),
  },
  {
    name: 'hallpass_webhook_deliveries',
    type: 'gauge',
    help: 'Deliveries of webhooks that are pending or dead; of each webhook at most 10000 are counted.',
    of: ({ webhooks: { pending, dead } }) => by('state', { pending, dead }),
  },
  {
    name: 'hallpass_webhooks_behind',
    type: 'gauge',
    help: 'Webhooks whose outbox has not been given every event yet.',
    of: ({ webhooks }) => one(webhooks.behind),
  },
  {
    name: 'hallpass_webhooks_silent',
    type: 'gauge',
    help: 'Webhooks whose outbox gave no answer: their deliveries are not counted.',
    of: ({ webhooks }) => one(webhooks.silent),
  },
];

/** Of an app whose ledger gave no answer there is nothing but that. */
export function ledgerMetrics(answers: Answers<LedgerMetrics>): Metric[] {
  return [
    {
      name: 'hallpass_app_up',
      type: 'gauge',
      help: 'Whether the ledger of the app answered: where it is 0 the app has no other metric.',
      samples: answers.map(({ app, value }) => ({ labels: { app: app.id }, value: value ? 1 : 0 })),
    },
    {
      name: 'hallpass_app_info',
      type: 'gauge',
      help: 'The name of the app, and whether it is suspended.',
      samples: answers.map(({ app }) => ({ labels: infoOf(app), value: 1 })),
    },
    ...MEASURED.map(({ of, ...metric }) => ({
      ...metric,
      samples: answers.flatMap(({ app, value }) => (value ? seriesOf(app, of(value)) : [])),
    })),
  ];
}

function infoOf({ id, name, suspendedAt }: App): Sample['labels'] {
  return { app: id, name, suspended: String(suspendedAt !== undefined) };
}

function seriesOf({ id }: App, samples: readonly Sample[]): Sample[] {
  return samples.map(({ labels, value }) => ({ labels: { app: id, ...labels }, value }));
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function by(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
