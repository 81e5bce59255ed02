// Which links are meant: of a list by its query, of a bulk revocation by its body.

import * as z from 'zod';
import { LINK_STATES } from '../links/link.ts';
import { count, flag, oneOf } from './field.ts';
import { instant } from './limits.ts';
import { cursor, limit, ownerQuery } from './page.ts';
import { text } from './text.ts';

const app = ownerQuery.meta({
  description: 'Of operators: the app whose links are meant; every app’s without it.',
});

const filterFields = {
  state: oneOf(LINK_STATES)
    .optional()
    .meta({ description: 'As of about 10 s ago where it depends on uses.' }),
  store: text(1, 32).optional().meta({ description: 'The alias of the store.' }),
  key: text(1, 1_024).optional().meta({ description: 'The whole key of the object.' }),
  keyPrefix: text(1, 1_024).optional().meta({ description: 'How the key begins.' }),
  tag: text(1, 64).optional().meta({ description: 'A tag that the link has.' }),
  mintedBy: text(1, 64).optional().meta({ description: 'The id of the API key that minted it.' }),
  createdAfter: instant.optional().meta({ description: 'Minted then or later.' }),
  createdBefore: instant.optional().meta({ description: 'Minted before that.' }),
  expiresAfter: instant.optional().meta({ description: 'Ending then or later.' }),
  expiresBefore: instant.optional().meta({ description: 'Ending before that.' }),
  q: text(1, 200)
    .refine((words) => words.trim() !== '', 'must have at least one word')
    .optional()
    .meta({ description: 'Words, each of which is in the note or the key.' }),
};

export const listQuery = z.strictObject({ app, ...filterFields, limit, cursor });

const MAX_SELECTED = 1_000;

/** By ids, by URLs, or by a filter of which at least one part is given. */
export const revokeBody = z
  .strictObject({
    app,
    ...filterFields,
    ids: z
      .array(text(1, 64), 'must be a list of link ids')
      .max(MAX_SELECTED, `must have at most ${MAX_SELECTED} ids`)
      .optional()
      .meta({ description: 'These links, instead of a filter.' }),
    urls: z
      .array(text(1, 2_048), 'must be a list of link URLs')
      .max(MAX_SELECTED, `must have at most ${MAX_SELECTED} URLs`)
      .optional()
      .meta({ description: 'The links that these URLs lead to, instead of a filter.' }),
    all: z
      .literal(true, 'must be true, or left out')
      .optional()
      .meta({ description: 'Every link, instead of a filter.' }),
    dryRun: flag.default(false).meta({ description: 'Only count what would be revoked.' }),
  })
  .superRefine(({ app: _app, dryRun: _dryRun, ids, urls, all, ...filter }, context) => {
    const isFilter = all || Object.values(filter).some((part) => part !== undefined);
    if (Boolean(ids ?? urls) === Boolean(isFilter)) {
      const message = 'must be given, or a filter, or "all": true, but not both';
      context.addIssue({ code: 'custom', path: ['ids'], message });
    }
  })
  .meta({
    id: 'Selection',
    description: 'Ids and URLs, or a filter by its parts, or "all": true.',
    example: { store: 'main', key: 'reports/q3.pdf' },
  });

export const revocationShown = z
  .object({
    matched: count.meta({ description: 'Links that were found and had not ended.' }),
    revoked: count.meta({ description: 'Links that no longer open anywhere.' }),
    pending: count.meta({ description: 'Links whose gates are still to be told.' }),
    complete: z.boolean().meta({
      description:
        'Whether every link was looked at. Until then the gateway goes on by itself, and more may match; of an app that gave no answer it knows nothing, so an operator asks again.',
    }),
  })
  .meta({ id: 'Revocation' });

export const lookupBody = z
  .strictObject({ url: text(1, 2_048).meta({ description: 'The URL of a link.' }) })
  .meta({ id: 'Lookup', example: { url: 'https://files.example.com/4mWQ0kXvTtPzB7cJr2LsYd' } });
