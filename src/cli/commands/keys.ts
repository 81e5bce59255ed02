// API keys: create, list, rotate, revoke.

import type { CreatedKey, Key } from '../../client/types.ts';
import { createKeyBody } from '../../schemas/key.ts';
import {
  APP_OPTION,
  type Command,
  type CommandGroup,
  optionalText,
  textOf,
  YES_OPTION,
} from '../command.ts';
import { connect } from '../connect.ts';
import { bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf } from '../flags/options.ts';
import { details, show, showList, styleOf } from '../output/show.ts';
import type { Column } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import { type Session, tell } from '../session.ts';

export const keyFields = fieldsOf(createKeyBody);

const ID = { id: { type: 'string', description: 'The id of the key' } } as const;

const COLUMNS: readonly Column<Key>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'STATE', of: stateOf, format: (key) => (stateOf(key) === 'live' ? 'green' : 'dim') },
  { title: 'SCOPES', of: ({ scopes }) => scopes.join(','), cut: 'end', giveUp: 2 },
  { title: 'CREATED', of: ({ createdAt }) => createdAt.slice(0, 10), giveUp: 3 },
  { title: 'BY', of: ({ createdBy }) => createdBy, giveUp: 4 },
  { title: 'NOTE', of: ({ note }) => note ?? '', cut: 'end', giveUp: 1 },
];

const create: Command = {
  command: 'create',
  description: 'Make an API key; it is shown this once. In a pipe the key alone is printed',
  options: optionsOf(keyFields),
  examples: [['$0 keys create --scope links:mint --key-prefix invoices/', 'a narrow one']],
  async run(session, args) {
    const body = bodyOf(createKeyBody, keyFields, args);
    showCreated(session, await connect(session).keys.create(body, { signal: session.signal }));
    return undefined;
  },
};

const list: Command = {
  command: 'list',
  aliases: ['ls'],
  description: 'List API keys',
  options: { app: APP_OPTION },
  async run(session, args) {
    const { signal } = session;
    const rows = connect(session).keys.list({ app: optionalText(args, 'app'), signal });
    await showList(session, { rows, columns: COLUMNS, empty: 'There are no API keys.' });
    return undefined;
  },
};

const rotate: Command = {
  command: 'rotate <id>',
  description: 'Make the successor of an API key; both are in force for 24 hours',
  positionals: ID,
  options: { app: APP_OPTION },
  async run(session, args) {
    const options = { app: optionalText(args, 'app'), signal: session.signal };
    showCreated(session, await connect(session).keys.rotate(textOf(args, 'id'), options));
    return undefined;
  },
};

const revoke: Command = {
  command: 'revoke <id>',
  description: 'Revoke an API key and those it made',
  positionals: ID,
  options: {
    app: APP_OPTION,
    'revoke-links': {
      type: 'boolean',
      description: 'Also revoke every link that it, or a key it made, has minted.',
    },
    yes: { ...YES_OPTION, alias: 'y' },
  },
  async run(session, args) {
    const hallpass = connect(session);
    const id = textOf(args, 'id');
    const revokeLinks = args['revoke-links'] === true;
    const question = `Revoke ${id} and every link it has minted?`;
    if (revokeLinks && !(await confirm(session, question, args.yes === true))) return undefined;
    const { signal } = session;
    const app = optionalText(args, 'app');
    const key = await hallpass.keys.revoke(id, { app, revokeLinks, signal });
    show(session, key, () => [`Revoked ${key.id}.`]);
    return undefined;
  },
};

export const keys: CommandGroup = {
  command: 'keys',
  description: 'API keys: create, list, rotate, revoke',
  commands: [create, list, rotate, revoke],
};

function showCreated(session: Session, key: CreatedKey): void {
  show(session, key, () => {
    if (!session.stdout.isTTY) return [key.apiKey];
    return [styleOf(session)('bold', key.apiKey), '', ...keyDetails(session, key)];
  });
  if (session.stdout.isTTY) tell(session, 'Keep it now: it is not shown again.');
}

function keyDetails(session: Session, key: Key): string[] {
  return details(session, [
    ['Id', key.id],
    ['Scopes', key.scopes.join(', ')],
    ['Stores', key.stores?.join(', ')],
    ['Key prefixes', key.keyPrefixes?.join(', ')],
    ['Longest life', key.maxTtlSeconds === undefined ? '' : `${key.maxTtlSeconds} s`],
    ['Ends', key.expiresAt],
    ['Note', key.note],
  ]);
}

function stateOf({ revokedAt, expiresAt, rotatedTo }: Key): string {
  const now = new Date().toISOString();
  if (revokedAt !== null && revokedAt <= now) return 'revoked';
  if (expiresAt !== null && expiresAt <= now) return 'expired';
  return rotatedTo === undefined ? 'live' : 'rotated';
}
