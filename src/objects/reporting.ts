// Takes the reports of gates into a ledger: counts for the catalog, events of what is new, and the
// activity of the hour.

import { RECIPIENT } from '../events/event.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import {
  countOf,
  type GateReport,
  NOTHING_REPORTED,
  newsOf,
  type ReportReceipt,
} from '../links/report.ts';
import type { LedgerContext } from './ledger-context.ts';

const REPORT_SECONDS = 10;
/** About a tenth of what one object can take: the rest is for apps and operators. */
const REPORTS_PER_SECOND = 100;
const LONGEST_INTERVAL_SECONDS = 600;
/** Nobody waits for the reports of a link that this ledger doesn't know. */
const NEVER_SECONDS = 86_400;

const NOTHING_MORE: ReportReceipt = {
  usesUpTo: Number.MAX_SAFE_INTEGER,
  uploadsUpTo: Number.MAX_SAFE_INTEGER,
  nextInSeconds: NEVER_SECONDS,
};

export type Reporting = { take(report: GateReport, now: Instant): ReportReceipt };

export function createReporting({ app, storage, tables }: LedgerContext): Reporting {
  const pace = createPace();

  return {
    take(report, now) {
      const { id } = app() ?? {};
      const link = id === undefined ? undefined : tables.links.find(report.link, id);
      if (!link) return NOTHING_MORE;

      const known = link.reported ?? NOTHING_REPORTED;
      const uses = report.uses.filter(({ use }) => use > known.usesUpTo);
      const usesUpTo = uses.at(-1)?.use ?? known.usesUpTo;
      const uploads = report.uploads.filter(({ number }) => number > known.uploadsUpTo);
      const uploadsUpTo = uploads.at(-1)?.number ?? known.uploadsUpTo;
      const { opened, denied } = newsOf(report, known);
      const isNewer = countOf(report.totals) > countOf(known.totals);
      if (isNewer || uses.length > 0 || uploads.length > 0) {
        const { totals, at } = isNewer ? { totals: report.totals, at: report.until } : known;
        const newest = { totals, at };
        storage.transactionSync(() => {
          tables.links.report(link.id, { ...newest, usesUpTo, uploadsUpTo });
          for (const { at, address, ...use } of uses) {
            // The app may have changed its mind since.
            const kept = app()?.recordIp ? { ...use, address } : use;
            tables.events.add('link.redeemed', at, link.id, RECIPIENT, kept);
          }
          for (const { at, isAccepted, data } of uploads) {
            const type = isAccepted ? 'link.uploaded' : 'link.upload_rejected';
            tables.events.add(type, at, link.id, RECIPIENT, data);
          }
          if (opened) tables.events.add('link.opened', opened.to, link.id, RECIPIENT, opened);
          if (denied) tables.events.add('link.denied', denied.to, link.id, RECIPIENT, denied);
          const news = opened ?? denied;
          if (news) {
            tables.hours.add(news.to, {
              opens: opened?.count ?? 0,
              denials: denied?.byReason ?? {},
            });
          }
        });
      }
      return { usesUpTo, uploadsUpTo, nextInSeconds: pace(now) };
    },
  };
}

/** Every gate every ten seconds while they are few; the more report, the longer each waits. */
function createPace(): (now: Instant) => number {
  let window = { startsAt: 0, reports: 0 };
  let seconds = REPORT_SECONDS;
  return (now) => {
    const elapsed = (now - window.startsAt) / SECOND_MS;
    if (elapsed >= REPORT_SECONDS || elapsed < 0) {
      const perSecond = window.reports / Math.max(elapsed, REPORT_SECONDS);
      // As many gates as reported within the last interval, spread over the next one.
      const spread = Math.ceil((seconds * perSecond) / REPORTS_PER_SECOND);
      seconds = Math.min(Math.max(REPORT_SECONDS, spread), LONGEST_INTERVAL_SECONDS);
      window = { startsAt: now, reports: 0 };
    }
    window.reports += 1;
    return seconds;
  };
}
