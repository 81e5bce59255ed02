// Events: what happened to links and keys, read once or followed.

import type { Event } from '../../client/types.ts';
import { eventQuery } from '../../schemas/event.ts';
import { CliError } from '../cli-error.ts';
import { type Command, optionalText } from '../command.ts';
import { connect } from '../connect.ts';
import { parseSeconds } from '../duration.ts';
import { type Args, bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf } from '../flags/options.ts';
import { inPairs } from '../output/link.ts';
import { showList, showStream } from '../output/show.ts';
import type { Column } from '../output/table.ts';

/** Places in the list are the client's affair. */
export const eventFields = fieldsOf(eventQuery, ['limit', 'after']);

const COLUMNS: readonly Column<Event>[] = [
  { title: 'AT', of: ({ at }) => at.slice(0, 19).replace('T', ' '), plain: ({ at }) => at },
  { title: 'EVENT', of: ({ type }) => type, format: formatOf },
  { title: 'OF', of: ({ linkId, keyId }) => linkId ?? keyId ?? '', cut: 'end' },
  { title: 'BY', of: ({ actor }) => actor, cut: 'end', giveUp: 2 },
  { title: 'WHAT', of: whatOf, cut: 'end', giveUp: 1 },
];

export const events: Command = {
  command: 'events',
  description: 'Show what happened to links and keys, the oldest first',
  options: {
    ...optionsOf(eventFields),
    since: { type: 'string', requiresArg: true, description: 'Not older than that: 10m, 2h, 7d.' },
    follow: {
      alias: 'f',
      type: 'boolean',
      description: 'Go on as they happen, until Ctrl-C. With --json one object on each line.',
    },
  },
  async run(session, args) {
    const filter = bodyOf(eventQuery, eventFields, args);
    const since = sinceOf(args);
    const { events } = connect(session);
    const { signal } = session;
    if (args.follow === true) {
      const followed = younger(events.follow(filter, { signal }), since);
      await showStream(session, COLUMNS, followed).catch((error) => {
        throw signal.aborted ? new CliError('interrupted', 'Stopped following.') : error;
      });
      return undefined;
    }
    const rows = younger(events.list(filter, { signal }), since);
    await showList(session, { rows, columns: COLUMNS, empty: 'Nothing has happened.' });
    return undefined;
  },
};

function sinceOf(args: Args): number {
  const text = optionalText(args, 'since');
  return text === undefined ? 0 : Date.now() - parseSeconds('--since', text) * 1_000;
}

async function* younger(events: AsyncIterable<Event>, since: number) {
  for await (const event of events) if (Date.parse(event.at) >= since) yield event;
}

function whatOf({ data }: Event): string {
  if ('fields' in data) return data.fields.join(', ');
  if ('use' in data) return `use ${data.use}${data.country ? ` from ${data.country}` : ''}`;
  if ('size' in data) return `${data.key}, ${data.size} bytes`;
  if (!('count' in data)) return '';
  return `${data.count}×${data.byReason ? ` (${inPairs(data.byReason)})` : ''}`;
}

function formatOf({ type }: Event) {
  if (type === 'link.denied' || type === 'link.failed') return 'red';
  return type.endsWith('.revoked') ? 'yellow' : undefined;
}
