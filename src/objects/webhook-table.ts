// The webhooks of a ledger and how far each has been sent what it asked for, and every statement on them.

import type { KeyId } from '../apps/api-key.ts';
import type { Instant } from '../lib/time.ts';
import type { KeptWebhook, WebhookId } from '../webhooks/webhook.ts';

export type WebhookTable = ReturnType<typeof createWebhookTable>;

/** Something of this webhook that its outbox doesn't have yet. */
export type Unsent = { readonly webhook: KeptWebhook; readonly isDeleted: boolean };

/** Before this place it has not been sent everything it may hear. The newest event is bound to it. */
const IS_BEHIND =
  '(settled = 0 OR (deleted_at IS NULL AND sent_up_to < min(ifnull(hears_up_to, ?1), ?1)))';

export function createWebhookTable(sql: SqlStorage) {
  function select(where: string, ...bindings: (string | number)[]): WebhookRow[] {
    return sql.exec<WebhookRow>(`SELECT * FROM webhooks WHERE ${where}`, ...bindings).toArray();
  }

  return {
    add(webhook: KeptWebhook): void {
      sql.exec(
        'INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, NULL, ?)',
        webhook.id,
        webhook.version,
        Number(webhook.settled),
        webhook.createdAt,
        webhook.keyId ?? null,
        webhook.sentUpTo,
        termsOf(webhook),
      );
    },
    /** Also one that was deleted, while its outbox doesn't know yet. */
    has(id: WebhookId): boolean {
      return select('id = ?', id).length > 0;
    },
    find(id: WebhookId): KeptWebhook | undefined {
      return select('id = ? AND deleted_at IS NULL', id).map(webhookOf)[0];
    },
    list(): KeptWebhook[] {
      return select('deleted_at IS NULL ORDER BY created_at DESC, id DESC').map(webhookOf);
    },
    isAnyEnabled(): boolean {
      return select('disabled_at IS NULL AND deleted_at IS NULL LIMIT 1').length > 0;
    },
    /** Replaces what is there by the next version of it. */
    change(webhook: KeptWebhook): void {
      sql.exec(
        `UPDATE webhooks SET version = version + 1, settled = 0, key_id = ?, disabled_at = ?,
           sent_up_to = ?, hears_up_to = ?, terms = ? WHERE id = ?`,
        webhook.keyId ?? null,
        webhook.disabledAt ?? null,
        webhook.sentUpTo,
        webhook.hearsUpTo ?? null,
        termsOf(webhook),
        webhook.id,
      );
    },
    /** Makes of it something newer than `version`, to be told anew; false when it is already. */
    outdo(id: WebhookId, version: number): boolean {
      const { rowsWritten } = sql.exec(
        'UPDATE webhooks SET version = ?1 + 1, settled = 0 WHERE id = ?2 AND version < ?1',
        version,
        id,
      );
      return rowsWritten > 0;
    },
    delete(id: WebhookId, now: Instant): void {
      sql.exec(
        'UPDATE webhooks SET version = version + 1, settled = 0, deleted_at = ? WHERE id = ?',
        now,
        id,
      );
    },
    /** Those that are behind the newest event there is, or behind a change. */
    behind(lastEvent: number): WebhookId[] {
      return select(IS_BEHIND, lastEvent).map(({ id }) => id);
    },
    unsent(id: WebhookId, lastEvent: number): Unsent | undefined {
      const [row] = select(`${IS_BEHIND} AND id = ?2`, lastEvent, id);
      return row && { webhook: webhookOf(row), isDeleted: row.deleted_at !== null };
    },
    /** Records what its outbox has. */
    arrived({ id, version }: KeptWebhook, upTo: number): void {
      sql.exec(
        `UPDATE webhooks SET sent_up_to = max(sent_up_to, ?),
           settled = iif(version = ?, 1, settled) WHERE id = ?`,
        upTo,
        version,
        id,
      );
      sql.exec('DELETE FROM webhooks WHERE id = ? AND settled = 1 AND deleted_at IS NOT NULL', id);
    },
    /** The first place that some webhook has not got beyond and may have to; `undefined` without one. */
    leastSentUpTo(): number | undefined {
      const { least } = sql
        .exec<{ least: number | null }>(
          `SELECT min(sent_up_to) least FROM webhooks WHERE deleted_at IS NULL
             AND (hears_up_to IS NULL OR sent_up_to < hears_up_to)`,
        )
        .one();
      return least ?? undefined;
    },
  };
}

type WebhookRow = {
  id: WebhookId;
  version: number;
  settled: number;
  created_at: number;
  key_id: KeyId | null;
  disabled_at: number | null;
  deleted_at: number | null;
  sent_up_to: number;
  hears_up_to: number | null;
  terms: string;
};

type WebhookTermsKept = Omit<
  KeptWebhook,
  'id' | 'version' | 'settled' | 'createdAt' | 'keyId' | 'disabledAt' | 'sentUpTo' | 'hearsUpTo'
>;

function termsOf(webhook: WebhookTermsKept): string {
  const { url, types, tags, note, createdBy, within, secret, oldSecret } = webhook;
  const { secretKeyId, rotatedAt, disabledReason } = webhook;
  const terms: WebhookTermsKept = {
    url,
    types,
    tags,
    note,
    createdBy,
    within,
    secret,
    oldSecret,
    secretKeyId,
    rotatedAt,
    disabledReason,
  };
  return JSON.stringify(terms);
}

function webhookOf(row: WebhookRow): KeptWebhook {
  return {
    ...(JSON.parse(row.terms) as WebhookTermsKept),
    id: row.id,
    version: row.version,
    settled: row.settled === 1,
    createdAt: row.created_at,
    keyId: row.key_id ?? undefined,
    disabledAt: row.disabled_at ?? undefined,
    sentUpTo: row.sent_up_to,
    hearsUpTo: row.hears_up_to ?? undefined,
  };
}
