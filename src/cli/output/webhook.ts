// Webhooks and their deliveries as people see them.

import type { Delivery, Webhook } from '../../client/types.ts';
import type { Session } from '../session.ts';
import { details } from './show.ts';
import type { Column } from './table.ts';

export const webhookColumns: readonly Column<Webhook>[] = [
  { title: 'ID', of: ({ id }) => id },
  {
    title: 'STATE',
    of: ({ enabled, disabledReason }) => (enabled ? 'live' : `off: ${disabledReason}`),
    format: ({ enabled }) => (enabled ? 'green' : 'red'),
    giveUp: 1,
  },
  { title: 'URL', of: ({ url }) => url, cut: 'middle' },
  { title: 'TYPES', of: ({ types }) => types?.join(',') ?? 'all', cut: 'end', giveUp: 2 },
  { title: 'TAGS', of: ({ tags }) => tags?.join(',') ?? 'all', cut: 'end', giveUp: 3 },
];

export const deliveryColumns: readonly Column<Delivery>[] = [
  { title: 'ID', of: ({ id }) => id },
  {
    title: 'STATUS',
    of: ({ status }) => status,
    format: ({ lastError }) => (lastError === null ? undefined : 'yellow'),
  },
  { title: 'EVENT', of: ({ type }) => type, giveUp: 1 },
  { title: 'TRIES', of: ({ attempts }) => String(attempts), giveUp: 2 },
  {
    title: 'LAST',
    of: ({ lastError, lastStatus }) => String(lastError ?? lastStatus ?? ''),
    cut: 'end',
    giveUp: 3,
  },
  { title: 'NEXT', of: ({ nextAttemptAt }) => nextAttemptAt ?? '', giveUp: 4 },
];

export function webhookDetails(session: Session, webhook: Webhook): string[] {
  return details(session, [
    ['Id', webhook.id],
    ['URL', webhook.url],
    ['State', webhook.enabled ? 'live' : `off since ${webhook.disabledAt}`],
    ['Why', webhook.disabledReason],
    ['Types', webhook.types?.join(', ') ?? 'all'],
    ['Tags', webhook.tags?.join(', ') ?? 'all'],
    ['Note', webhook.note],
    ['Secret', webhook.rotatedAt === null ? '' : `rotated ${webhook.rotatedAt}`],
    ['Created', `${webhook.createdAt} by ${webhook.createdBy}`],
  ]);
}
