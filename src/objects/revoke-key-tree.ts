// Revokes an API key with whatever it let in: the keys that it made, and the webhooks that it answers for or
// whose secret it knows.

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
  }
  const revoked = new Set(tree);
  // A successor goes with the webhooks of the keys that it took over from.
  const isTheirs = (key: KeyId | undefined) =>
    key !== undefined && tables.keys.successors(key).some((id) => revoked.has(id));
  for (const webhook of tables.webhooks.list()) {
    const { disabledAt, keyId, secretKeyId } = webhook;
    if (disabledAt !== undefined || !(isTheirs(keyId) || isTheirs(secretKeyId))) continue;
    tables.webhooks.change(disable(webhook, 'key_revoked', tables.events.last(), now));
  }
  return tree;
}
