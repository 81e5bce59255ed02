// Lists links.

import { listQuery } from '../../schemas/link-filter.ts';
import { usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { type Args, bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf } from '../flags/options.ts';
import { linkColumns } from '../output/link.ts';
import { showList } from '../output/show.ts';

/** Pages are the client's affair. */
export const listFields = fieldsOf(listQuery, ['limit', 'cursor']);

export const ls: Command = {
  command: 'ls',
  aliases: ['list'],
  description: 'List links, newest first',
  options: {
    ...optionsOf(listFields),
    limit: { type: 'number', requiresArg: true, description: 'How many at most; all without it.' },
  },
  examples: [['$0 ls --tag q3 --state active', 'what is live of a tag']],
  async run(session, args) {
    const filter = bodyOf(listQuery, listFields, args);
    await showList(session, {
      rows: connect(session).links.list(filter, { signal: session.signal }),
      columns: linkColumns(Date.now()),
      empty: 'There are no such links.',
      limit: limitOf(args),
    });
    return undefined;
  },
};

function limitOf({ limit }: Args): number | undefined {
  if (limit === undefined || (Number.isInteger(limit) && Number(limit) > 0)) {
    return limit as number | undefined;
  }
  throw usageError('--limit must be a whole number from 1.');
}
