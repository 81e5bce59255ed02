// Imports records of an export into a ledger, which may have them already: nothing is revived, and what is
// imported twice changes nothing.

import type { KeyId, StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type {
  ExportedKey,
  ExportedLink,
  ExportHeader,
  ExportRecord,
  ImportResult,
} from '../apps/backup.ts';
import type { Event } from '../events/event.ts';
import { fromHex } from '../lib/digest.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import { keptUntil } from '../links/limits.ts';
import type { Link } from '../links/link.ts';
import { restoredLink } from '../links/restore.ts';
import { disable } from '../webhooks/change.ts';
import type { KeptWebhook } from '../webhooks/webhook.ts';
import type { Checking } from './checking.ts';
import { endLink } from './ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import { revokeKeyTree } from './revoke-key-tree.ts';

/**
 * More events than happen between an export and the loss of its ledger: their places, and so their ids, are
 * known to webhooks' endpoints, which would take another event with the same id for a repetition.
 */
const LOST_EVENTS = 1_000_000;

type Outcome = 'imported' | 'unchanged' | 'dropped';

export type Importing = {
  take(
    app: App,
    records: readonly ExportRecord[],
    actor: string,
    now: Instant,
  ): Promise<ImportResult>;
};

export function createImporting(context: LedgerContext, checking: Checking): Importing {
  const { storage, tables, alarm, carrier } = context;

  function takeHeader({ lastEvent }: ExportHeader): void {
    if (tables.events.lastGiven() < lastEvent) tables.events.skipTo(lastEvent + LOST_EVENTS);
  }

  function takeEvent(event: Event): Outcome {
    if (tables.events.restore(event)) return 'imported';
    return tables.events.has(event) ? 'unchanged' : 'dropped';
  }

  function takeKey({ hash, ...exported }: ExportedKey, actor: string, now: Instant): Outcome {
    const key: StoredKey = { ...exported, hash: fromHex(hash) };
    const isChanged = tables.keys.restore(key, now);
    const maker = tables.keys.find(key.createdBy as KeyId);
    // Which of them comes first in an export is not said.
    const revoked = [key, maker].find((one) => one?.revokedAt !== undefined);
    if (revoked) revokeKeyTree(context, revoked.id, actor, now);
    return isChanged ? 'imported' : 'unchanged';
  }

  /** It sends nothing until somebody enables it: its endpoint may be in use by another deployment. */
  function takeWebhook(webhook: KeptWebhook, now: Instant): Outcome {
    if (tables.webhooks.has(webhook.id)) return 'unchanged';
    const last = tables.events.last();
    // Its outbox may have heard of changes since: what is said of it now has to be newer than all of them.
    const version = Math.max(webhook.version, now);
    tables.webhooks.add({ ...webhook, version, settled: true, sentUpTo: last });
    const { disabledReason = 'imported', disabledAt = now } = webhook;
    tables.webhooks.change(disable(webhook, disabledReason, last, disabledAt));
    return 'imported';
  }

  /** Answers the outcome, and whether its gate has been told. */
  async function takeLink(
    app: App,
    exported: ExportedLink,
    actor: string,
    now: Instant,
  ): Promise<{ outcome: Outcome; isSettled: boolean }> {
    // Of what ended long ago no gate has to hear.
    const isPast = now >= keptUntil(exported.limits);
    const imported: Link = { ...exported, app: app.id, settled: isPast };
    const isChanged = storage.transactionSync(() => keepLink(app, imported, actor, now));
    if (isPast) return { outcome: isChanged ? 'imported' : 'unchanged', isSettled: true };
    const findings = await checking.repair(tables.links.get(imported), actor, now);
    if (isChanged) carrier.cacheGrant(imported);
    return {
      outcome: isChanged || findings.length > 0 ? 'imported' : 'unchanged',
      isSettled: findings.every(({ repaired }) => repaired),
    };
  }

  function keepLink(app: App, imported: Link, actor: string, now: Instant): boolean {
    const kept = tables.links.find(imported.id, app.id);
    const restored = restoredLink(kept, imported);
    if (!restored) return false;
    if (kept) tables.links.replace(restored);
    else tables.links.add(restored);
    tables.links.counts.recount();
    if (restored.reported) tables.links.report(restored.id, restored.reported);
    const isLive = restored.status === 'active' && now < restored.limits.expiresAt;
    if (isLive && app.suspendedAt !== undefined) {
      endLink(context, restored.id, 'revoked', actor, now);
    }
    return true;
  }

  return {
    async take(app, records, actor, now) {
      const counts = { imported: 0, unchanged: 0, dropped: 0 };
      const links: ExportedLink[] = [];
      await alarm.ringBy(now + SECOND_MS);
      storage.transactionSync(() => {
        for (const { kind, data } of records) {
          if (kind === 'header') takeHeader(data);
          if (kind === 'event') counts[takeEvent(data)] += 1;
          if (kind === 'key') counts[takeKey(data, actor, now)] += 1;
          if (kind === 'webhook') counts[takeWebhook(data, now)] += 1;
          if (kind === 'link') links.push(data);
        }
      });
      const taken = await Promise.all(links.map((link) => takeLink(app, link, actor, now)));
      for (const { outcome } of taken) counts[outcome] += 1;
      return { ...counts, unsettled: taken.filter(({ isSettled }) => !isSettled).length };
    },
  };
}
