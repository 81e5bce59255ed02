// Revokes an API key with whatever it let in: the keys that it made, and the webhooks that it answers for.

import type { KeyId } from '../apps/api-key.ts';
import type { Instant } from '../lib/time.ts';
import { disable } from '../webhooks/change.ts';
import type { LedgerContext } from './ledger-context.ts';

/** Answers every key of the tree, those that were revoked before too. */
export function revokeKeyTree(
  { tables }: Pick<LedgerContext, 'tables'>,
  root: KeyId,
  actor: string,
  now: Instant,
): KeyId[] {
  const tree = tables.keys.tree(root);
  for (const id of tree) {
    if (tables.keys.revoke(id, now)) tables.events.add('key.revoked', now, id, actor);
    // A successor goes with the webhooks of the keys that it took over from.
    for (const webhook of tables.keys.lineage(id).flatMap(tables.webhooks.enabledBy)) {
      tables.webhooks.change(disable(webhook, 'key_revoked', tables.events.last(), now));
    }
  }
  return tree;
}
