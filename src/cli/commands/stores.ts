// Stores, as operators see them: list, and check.

import type { Store, StoreCheck } from '../../client/types.ts';
import { checkStoreBody } from '../../schemas/store.ts';
import { type Command, type CommandGroup, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf } from '../flags/options.ts';
import { show, showList, styleOf } from '../output/show.ts';
import type { Format } from '../output/style.ts';
import type { Column } from '../output/table.ts';
import { printable } from '../output/width.ts';
import type { Session } from '../session.ts';

export const probeFields = fieldsOf(checkStoreBody);

const COLUMNS: readonly Column<Store>[] = [
  { title: 'ALIAS', of: ({ alias }) => alias },
  { title: 'BUCKET', of: ({ bucket }) => bucket ?? '', cut: 'middle' },
  { title: 'ENDPOINT', of: ({ endpoint }) => endpoint ?? '', cut: 'middle', giveUp: 2 },
  { title: 'REGION', of: ({ region }) => region ?? '', giveUp: 3 },
  { title: 'FAULT', of: ({ fault }) => fault ?? '', format: () => 'red', cut: 'end', giveUp: 1 },
];

const FORMATS: Record<StoreCheck['findings'][number]['level'], Format> = {
  error: 'red',
  warning: 'yellow',
  note: 'dim',
};

const list: Command = {
  command: 'list',
  aliases: ['ls'],
  description: 'List the configured stores, disabled ones with what is wrong',
  async run(session) {
    const rows = connect(session).stores.list({ signal: session.signal });
    await showList(session, { rows, columns: COLUMNS, empty: 'No store is configured.' });
    return undefined;
  },
};

const check: Command = {
  command: 'check <alias>',
  description: 'Tell what is wrong with a store, and the least that its identity needs',
  positionals: { alias: { type: 'string', description: 'The alias of the store' } },
  options: optionsOf(probeFields),
  examples: [['$0 stores check main --key reports/q3.pdf', 'prove it by an object that is there']],
  async run(session, args) {
    const probe = bodyOf(checkStoreBody, probeFields, args);
    const { stores } = connect(session);
    const checked = await stores.check(textOf(args, 'alias'), probe, { signal: session.signal });
    show(session, checked, () => linesOf(session, checked));
    return checked.ok ? undefined : 'refused';
  },
};

export const stores: CommandGroup = {
  command: 'stores',
  description: 'Stores, for operators: list, check',
  commands: [list, check],
};

function linesOf(session: Session, { ok, store, findings, policy }: StoreCheck): string[] {
  const style = styleOf(session);
  const found = findings.map(
    ({ level, message }) => `${style(FORMATS[level], level)}: ${printable(message)}`,
  );
  const verdict = ok ? style('green', `${store} is well.`) : style('red', `${store} is not well.`);
  const needed = policy
    ? ['', 'The least that its identity needs:', JSON.stringify(policy, null, 2)]
    : [];
  return [...found, verdict, ...needed];
}
