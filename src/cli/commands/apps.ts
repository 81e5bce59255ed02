// Apps, as operators manage them: create, list, show, change, suspend, resume.

import type { App } from '../../client/types.ts';
import { changeAppBody, createAppBody } from '../../schemas/app.ts';
import { usageError } from '../cli-error.ts';
import { type Command, type CommandGroup, textOf, YES_OPTION } from '../command.ts';
import { connect } from '../connect.ts';
import { bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf, patchOptionsOf } from '../flags/options.ts';
import { details, show, showList } from '../output/show.ts';
import type { Column } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import type { Session } from '../session.ts';

export const createFields = fieldsOf(createAppBody);
/** Suspending has a command of its own, which asks first. */
export const changeFields = fieldsOf(changeAppBody, ['suspended']);

const ID = { id: { type: 'string', description: 'The id of the app' } } as const;

const COLUMNS: readonly Column<App>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', of: ({ name }) => name, cut: 'end' },
  {
    title: 'STATE',
    of: ({ suspendedAt }) => (suspendedAt === null ? 'live' : 'suspended'),
    format: ({ suspendedAt }) => (suspendedAt === null ? 'green' : 'red'),
    giveUp: 1,
  },
  { title: 'STORES', of: ({ stores }) => stores.join(','), cut: 'end', giveUp: 2 },
  { title: 'CREATED', of: ({ createdAt }) => createdAt.slice(0, 10), giveUp: 3 },
];

const create: Command = {
  command: 'create',
  description: 'Make an app',
  options: optionsOf(createFields),
  examples: [['$0 apps create --name billing --store main', 'an app for one store']],
  async run(session, args) {
    const body = bodyOf(createAppBody, createFields, args);
    const app = await connect(session).apps.create(body, { signal: session.signal });
    show(session, app, () => (session.stdout.isTTY ? appDetails(session, app) : [app.id]));
    return undefined;
  },
};

const list: Command = {
  command: 'list',
  aliases: ['ls'],
  description: 'List apps',
  async run(session) {
    const rows = connect(session).apps.list({ signal: session.signal });
    await showList(session, { rows, columns: COLUMNS, empty: 'There are no apps.' });
    return undefined;
  },
};

const inspect: Command = {
  command: 'show <id>',
  aliases: ['inspect'],
  description: 'Show an app, and how many links it has',
  positionals: ID,
  async run(session, args) {
    const app = await connect(session).apps.inspect(textOf(args, 'id'), { signal: session.signal });
    const links = `${app.links.live} live, ${app.links.revoking} being revoked`;
    show(session, app, () => [
      ...appDetails(session, app),
      ...details(session, [['Links', links]]),
    ]);
    return undefined;
  },
};

const change: Command = {
  command: 'change <id>',
  description: 'Change an app; --no- before a flag takes a bound, a default or a quota away',
  positionals: ID,
  options: patchOptionsOf(changeFields),
  examples: [['$0 apps change 9fK2 --quotas-live-links 1000', 'bound how many links it has']],
  async run(session, args) {
    const body = bodyOf(changeAppBody, changeFields, args);
    if (Object.keys(body).length === 0) throw usageError('Say what to change, such as --name.');
    const { signal } = session;
    const app = await connect(session).apps.change(textOf(args, 'id'), body, { signal });
    show(session, app, () => appDetails(session, app));
    return undefined;
  },
};

const suspend: Command = {
  command: 'suspend <id>',
  description: 'Stop an app’s mints at once and revoke its links',
  positionals: ID,
  options: { yes: { ...YES_OPTION, alias: 'y' } },
  async run(session, args) {
    const { apps } = connect(session);
    const id = textOf(args, 'id');
    const { signal } = session;
    const { name, links } = await apps.inspect(id, { signal });
    const question = `Suspend ${name} and revoke its ${links.live} links?`;
    if (!(await confirm(session, question, args.yes === true))) return undefined;
    const app = await apps.change(id, { suspended: true }, { signal });
    show(session, app, () => [`Suspended ${app.name}; \`hallpass apps show\` counts its links.`]);
    return undefined;
  },
};

const resume: Command = {
  command: 'resume <id>',
  description: 'Let a suspended app mint again; what was revoked stays so',
  positionals: ID,
  async run(session, args) {
    const { signal } = session;
    const id = textOf(args, 'id');
    const app = await connect(session).apps.change(id, { suspended: false }, { signal });
    show(session, app, () => [`Resumed ${app.name}.`]);
    return undefined;
  },
};

export const apps: CommandGroup = {
  command: 'apps',
  description: 'Apps, for operators: create, list, show, change, suspend, resume',
  commands: [create, list, inspect, change, suspend, resume],
};

function appDetails(session: Session, app: App): string[] {
  const { defaults, quotas } = app;
  const rate =
    defaults.rateLimit && `${defaults.rateLimit.limit} in ${defaults.rateLimit.windowSeconds} s`;
  return details(session, [
    ['Id', app.id],
    ['Name', app.name],
    ['Public name', app.publicName],
    ['Stores', app.stores.join(', ')],
    ['Key prefixes', app.keyPrefixes?.join(', ')],
    ['Default rate', rate],
    ['Live links', quotas.liveLinks === undefined ? '' : `at most ${quotas.liveLinks}`],
    ['Mints a day', quotas.mintsPerDay === undefined ? '' : `at most ${quotas.mintsPerDay}`],
    ['Addresses', app.recordIp ? 'kept' : 'hashed'],
    ['Events', `kept for ${app.eventRetentionDays} days`],
    ['Created', app.createdAt],
    ['Suspended', app.suspendedAt],
  ]);
}
