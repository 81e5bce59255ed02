// Revokes links: those that are named, or all that match a filter, after having asked.

import type { Hallpass } from '../../client/hallpass.ts';
import type { Revocation } from '../../client/types.ts';
import { CliError } from '../cli-error.ts';
import { APP_OPTION, type Command, textOf, YES_OPTION } from '../command.ts';
import { connect } from '../connect.ts';
import { parseSeconds } from '../duration.ts';
import type { Exit } from '../exit-codes.ts';
import type { Args } from '../flags/body.ts';
import { optionsOf } from '../flags/options.ts';
import { findLink } from '../link-name.ts';
import { counted, createProgress } from '../output/progress.ts';
import { show } from '../output/show.ts';
import { confirm } from '../prompt.ts';
import { count, isDone, send, watch } from '../revocation.ts';
import { filterFields, type Selected, select } from '../selection.ts';
import { type Session, tell } from '../session.ts';

export const revoke: Command = {
  command: 'revoke [link..]',
  description: 'Revoke links by id or URL (also from standard input), or by a filter',
  positionals: {
    link: { type: 'string', array: true, description: 'Ids or URLs; "-" reads them' },
  },
  options: {
    ...optionsOf(filterFields),
    all: { type: 'boolean', description: 'Every link there is.' },
    app: APP_OPTION,
    'dry-run': { type: 'boolean', description: 'Only count what would be revoked.' },
    yes: { ...YES_OPTION, alias: 'y' },
    wait: {
      type: 'string',
      requiresArg: true,
      default: '10m',
      description: 'For how long to wait until every gate has been told; 0 for not at all.',
    },
  },
  examples: [
    ['$0 revoke lnk_…', 'one link'],
    ['$0 revoke --prefix reports/ --dry-run', 'count first'],
    ['$0 ls --tag q3 | $0 revoke --yes', 'what another command lists'],
  ],
  async run(session, args) {
    const until = Date.now() + waitOf(args);
    const hallpass = connect(session);
    const selected = await select(session, args);
    const { selections, isSpelledOut } = selected;
    const isDryRun = args['dry-run'] === true;
    if (isDryRun || !isSpelledOut) {
      const found = await count(hallpass, selections, session.signal);
      if (isDryRun || found.matched === 0) return sayFound(session, found, isDryRun);
      const question = `Revoke ${atLeast(found)}?`;
      if (!(await confirm(session, question, args.yes === true))) return undefined;
    }
    return carryOut(session, hallpass, selected, until);
  },
};

async function carryOut(
  session: Session,
  hallpass: Hallpass,
  { selections, names }: Selected,
  until: number,
): Promise<Exit | undefined> {
  const { signal } = session;
  const progress = createProgress(session);
  const sent = await send(hallpass, selections, signal);
  const [name] = names ?? [];
  if (sent.matched === 0 && name !== undefined && names?.length === 1) {
    return sayEnded(session, hallpass, name);
  }
  const watched = await watch(hallpass, selections, sent, {
    signal,
    until,
    onProgress: (done, of) =>
      progress.update(`Revoking: ${done.toLocaleString('en-US')} of ${counted(of, 'link')}`),
  })
    .finally(progress.end)
    .catch((error) => {
      if (signal.aborted) throw stoppedWatching(sent);
      tell(session, `${accepted(sent)} ${GOES_ON}`);
      throw error;
    });
  return sayDone(session, watched, names?.length);
}

function sayFound(session: Session, found: Revocation, isDryRun: boolean): undefined {
  if (!isDryRun && !session.isJson) tell(session, 'There is nothing to revoke.');
  else show(session, found, () => [`Would revoke ${atLeast(found)}.`]);
}

/** A link that nobody has to revoke any more, unless there is no such link. */
async function sayEnded(session: Session, hallpass: Hallpass, name: string): Promise<undefined> {
  const link = await findLink(hallpass, name, session.signal);
  show(session, { matched: 0, revoked: 0, pending: 0, complete: true }, () => [
    `${link.id} had ended before: it is ${link.state}.`,
  ]);
}

function sayDone(session: Session, done: Revocation, named: number | undefined): Exit | undefined {
  const { matched, revoked, pending } = done;
  const others = named === undefined ? 0 : named - matched;
  show(session, done, () => [
    `Revoked ${counted(revoked, 'link')}.`,
    ...(others > 0 ? [`${counted(others, 'other')} had ended before or can’t be found.`] : []),
  ]);
  if (isDone(done)) return undefined;
  const rest = pending > 0 ? `${counted(pending, 'link')} or more` : 'More links';
  tell(session, `${rest} may still open. ${GOES_ON}`);
  return 'partial';
}

const GOES_ON =
  'The gateway goes on by itself; the same command with --dry-run tells what is left.';

function stoppedWatching(sent: Revocation): CliError {
  return new CliError('interrupted', `Stopped watching. ${accepted(sent)} ${GOES_ON}`);
}

function accepted({ matched }: Revocation): string {
  return `The revocation of ${counted(matched, 'link')} was accepted.`;
}

function atLeast({ matched, complete }: Revocation): string {
  return complete ? counted(matched, 'link') : `${counted(matched, 'link')} or more`;
}

function waitOf(args: Args): number {
  const text = textOf(args, 'wait');
  return text === '0' ? 0 : parseSeconds('--wait', text) * 1_000;
}
