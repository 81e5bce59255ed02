// Changes a link: when it ends, or any other limit.

import { changeBody } from '../../schemas/mint.ts';
import { usageError } from '../cli-error.ts';
import { type Command, optionalText, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { parseSeconds } from '../duration.ts';
import { type Args, bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { patchOptionsOf } from '../flags/options.ts';
import { withSecrets } from '../flags/secrets.ts';
import { findLink } from '../link-name.ts';
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
    const given = await withSecrets(session, changeFields, args);
    const needsLink = args.by !== undefined;
    const name = textOf(args, 'link');
    checkEnds(args);
    // Checked before the link is asked for, so that wrong usage sends nothing.
    bodyOf(changeBody, changeFields, given);
    const found = await findLink(hallpass, name, signal);
    const from = needsLink ? Date.parse(found.expiresAt) : Date.now();
    const body = bodyOf(changeBody, changeFields, given, endOf(args, from));
    if (Object.keys(body).length === 0) {
      throw usageError('Say what to change: --by, --ttl or another limit.');
    }
    const link = await hallpass.links.change(found.id, body, { signal });
    show(session, link, () => linkDetails(session, link));
    return undefined;
  },
};

function checkEnds(args: Args): void {
  const given = ['ttl', 'by', 'expires-at'].filter((flag) => args[flag] !== undefined);
  if (given.length > 1) throw usageError('Give one of --ttl, --by and --expires-at.');
}

function endOf(args: Args, from: number): { expiresAt?: string } {
  const [flag, length] = args.by === undefined ? ['ttl', args.ttl] : ['by', args.by];
  const text = optionalText({ length }, 'length');
  if (text === undefined) return {};
  return { expiresAt: new Date(from + parseSeconds(`--${flag}`, text) * 1_000).toISOString() };
}
