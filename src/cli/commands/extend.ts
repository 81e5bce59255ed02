// Changes a link: when it ends, or any other limit.

import type { Hallpass } from '../../client/hallpass.ts';
import { changeBody } from '../../schemas/mint.ts';
import { usageError } from '../cli-error.ts';
import { type Command, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { parseSeconds } from '../duration.ts';
import { type Args, bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { patchOptionsOf } from '../flags/options.ts';
import { withSecrets } from '../flags/secrets.ts';
import { findLink, idOfLink } from '../link-name.ts';
import { linkDetails } from '../output/link.ts';
import { show } from '../output/show.ts';

export const changeFields = fieldsOf(changeBody);

export const extend: Command = {
  command: 'extend <link>',
  aliases: ['change'],
  description: 'Let a link end at another time, or change its other limits',
  positionals: { link: { type: 'string', description: 'Its id or its URL' } },
  options: {
    ...patchOptionsOf(changeFields),
    ttl: { type: 'string', requiresArg: true, description: 'For how long from now: 10m, 2h, 7d.' },
    by: { type: 'string', requiresArg: true, description: 'By how much past its present end.' },
  },
  examples: [
    ['$0 extend lnk_… --by 1h', 'an hour longer'],
    ['$0 extend lnk_… --no-max-uses', 'take a limit away; so with --no- before any of them'],
  ],
  async run(session, args) {
    const hallpass = connect(session);
    const { signal } = session;
    // All is checked before anything is sent.
    const end = endOf(args);
    const given = await withSecrets(session, changeFields, args);
    const others = bodyOf(changeBody, changeFields, given);
    if (Object.keys(others).length === 0 && !end) {
      throw usageError('Say what to change: --by, --ttl or another limit.');
    }
    const { id, expiresAt } = await placeEnd(hallpass, textOf(args, 'link'), end, signal);
    const body = { ...others, ...(expiresAt !== undefined && { expiresAt }) };
    const link = await hallpass.links.change(id, body, { signal });
    show(session, link, () => linkDetails(session, link));
    return undefined;
  },
};

/** From now on, or from the present end. */
type End = { readonly flag: 'ttl' | 'by'; readonly seconds: number };

function endOf(args: Args): End | undefined {
  const given = (['ttl', 'by', 'expires-at'] as const).filter((flag) => args[flag] !== undefined);
  if (given.length > 1) throw usageError('Give one of --ttl, --by and --expires-at.');
  const [flag] = given;
  if (flag === undefined || flag === 'expires-at') return undefined;
  return { flag, seconds: parseSeconds(`--${flag}`, textOf(args, flag)) };
}

/** The link is read only where its present end counts: a key may lack the scope. */
async function placeEnd(
  hallpass: Hallpass,
  name: string,
  end: End | undefined,
  signal: AbortSignal,
): Promise<{ id: string; expiresAt?: string }> {
  if (end?.flag === 'by') {
    const { id, expiresAt } = await findLink(hallpass, name, signal);
    return { id, expiresAt: after(Date.parse(expiresAt), end) };
  }
  const id = await idOfLink(hallpass, name, signal);
  return { id, ...(end && { expiresAt: after(Date.now(), end) }) };
}

function after(instant: number, { seconds }: End): string {
  return new Date(instant + seconds * 1_000).toISOString();
}
