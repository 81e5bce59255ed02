// Webhooks: where events are sent, and how their deliveries went.

import type { Delivery, DeliveryStatus, Webhook } from '../../client/types.ts';
import { changeWebhookBody, createWebhookBody, deliveriesQuery } from '../../schemas/webhook.ts';
import { usageError } from '../cli-error.ts';
import { APP_OPTION, type Command, type CommandGroup, optionalText, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { type Args, bodyOf, partsOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf, patchOptionsOf } from '../flags/options.ts';
import { show, showList, styleOf } from '../output/show.ts';
import { deliveryColumns, webhookColumns, webhookDetails } from '../output/webhook.ts';
import { type Session, tell } from '../session.ts';

export const createFields = fieldsOf(createWebhookBody, ['url']);
export const changeFields = fieldsOf(changeWebhookBody);
export const deliveryFields = fieldsOf(deliveriesQuery, ['app', 'limit', 'cursor']);

const ID = { id: { type: 'string', description: 'The id of the webhook' } } as const;
const TARGET = { url: { type: 'string', description: 'Where events are sent' } } as const;

const create: Command = {
  command: 'create <url>',
  description:
    'Make a webhook; its secret is shown this once. In a pipe the secret alone is printed',
  positionals: TARGET,
  options: optionsOf(createFields),
  examples: [
    ['$0 webhooks create https://app.example.com/events --type link.redeemed', 'one type'],
  ],
  async run(session, args) {
    const body = bodyOf(createWebhookBody, createFields, args, { url: textOf(args, 'url') });
    const { signal } = session;
    showSecret(session, await connect(session).webhooks.create(body, { signal }));
    return undefined;
  },
};

const list: Command = {
  command: 'list',
  aliases: ['ls'],
  description: 'List webhooks',
  options: { app: APP_OPTION },
  async run(session, args) {
    const rows = connect(session).webhooks.list(optionsFor(session, args));
    await showList(session, { rows, columns: webhookColumns, empty: 'There are no webhooks.' });
    return undefined;
  },
};

const inspect: Command = {
  command: 'show <id>',
  aliases: ['inspect'],
  description: 'Show a webhook',
  positionals: ID,
  options: { app: APP_OPTION },
  async run(session, args) {
    const { webhooks } = connect(session);
    const webhook = await webhooks.inspect(textOf(args, 'id'), optionsFor(session, args));
    show(session, webhook, () => webhookDetails(session, webhook));
    return undefined;
  },
};

const change: Command = {
  command: 'change <id>',
  description: 'Change a webhook; --no- before a flag takes a filter or the note away',
  positionals: ID,
  options: { ...patchOptionsOf(changeFields), app: APP_OPTION },
  examples: [['$0 webhooks change wh_… --enabled', 'send to it again']],
  async run(session, args) {
    const body = bodyOf(changeWebhookBody, changeFields, args);
    if (Object.keys(body).length === 0) throw usageError('Say what to change, such as --url.');
    const { webhooks } = connect(session);
    const webhook = await webhooks.change(textOf(args, 'id'), body, optionsFor(session, args));
    show(session, webhook, () => webhookDetails(session, webhook));
    return undefined;
  },
};

const remove: Command = {
  command: 'remove <id>',
  aliases: ['rm'],
  description: 'Delete a webhook; what is still to be delivered to it is dropped',
  positionals: ID,
  options: { app: APP_OPTION },
  async run(session, args) {
    const id = textOf(args, 'id');
    await connect(session).webhooks.remove(id, optionsFor(session, args));
    show(session, { id, removed: true }, () => [`Deleted ${id}.`]);
    return undefined;
  },
};

const rotate: Command = {
  command: 'rotate <id>',
  description: 'Make another secret; for a while deliveries are signed with both',
  positionals: ID,
  options: { app: APP_OPTION },
  async run(session, args) {
    const { webhooks } = connect(session);
    showSecret(session, await webhooks.rotate(textOf(args, 'id'), optionsFor(session, args)));
    return undefined;
  },
};

const test: Command = {
  command: 'test <id>',
  description: 'Send it a message that is no event',
  positionals: ID,
  options: { app: APP_OPTION },
  async run(session, args) {
    const { webhooks } = connect(session);
    const id = textOf(args, 'id');
    sayOnItsWay(session, id, await webhooks.sendTest(id, optionsFor(session, args)));
    return undefined;
  },
};

const deliveries: Command = {
  command: 'deliveries <id>',
  description: 'List what was sent to it and is to be sent, newest first',
  positionals: ID,
  options: { ...optionsOf(deliveryFields), app: APP_OPTION },
  async run(session, args) {
    const { status } = partsOf(deliveryFields, args) as { status?: DeliveryStatus };
    const options = { ...optionsFor(session, args), status };
    const rows = connect(session).webhooks.deliveries(textOf(args, 'id'), options);
    await showList(session, { rows, columns: deliveryColumns, empty: 'Nothing was sent.' });
    return undefined;
  },
};

const redeliver: Command = {
  command: 'redeliver <id> <delivery>',
  description: 'Send a delivery once more, with the same id',
  positionals: { ...ID, delivery: { type: 'string', description: 'The id of the delivery' } },
  options: { app: APP_OPTION },
  async run(session, args) {
    const { webhooks } = connect(session);
    const [id, delivery] = [textOf(args, 'id'), textOf(args, 'delivery')];
    const sent = await webhooks.redeliver(id, delivery, optionsFor(session, args));
    sayOnItsWay(session, id, sent);
    return undefined;
  },
};

export const webhooks: CommandGroup = {
  command: 'webhooks',
  description: 'Webhooks: create, list, show, change, remove, rotate, test, deliveries, redeliver',
  commands: [create, list, inspect, change, remove, rotate, test, deliveries, redeliver],
};

function optionsFor({ signal }: Session, args: Args) {
  return { app: optionalText(args, 'app'), signal };
}

function showSecret(session: Session, webhook: Webhook & { readonly secret: string }): void {
  show(session, webhook, () => {
    if (!session.stdout.isTTY) return [webhook.secret];
    return [styleOf(session)('bold', webhook.secret), '', ...webhookDetails(session, webhook)];
  });
  if (session.stdout.isTTY) tell(session, 'Keep the secret now: it is not shown again.');
}

function sayOnItsWay(session: Session, id: string, delivery: Delivery): void {
  const look = `\`hallpass webhooks deliveries ${id}\` tells how it went`;
  show(session, delivery, () => [`${delivery.id} is on its way; ${look}.`]);
}
