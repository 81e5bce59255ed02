// Passwords of links that were asked for by a bare --password.

import { readSecret } from '../prompt.ts';
import type { Session } from '../session.ts';
import type { Args } from './body.ts';
import type { Field } from './field.ts';

export async function withSecrets(
  session: Session,
  fields: readonly Field[],
  args: Args,
): Promise<Args> {
  const bare = fields.find(({ kind, flag }) => kind === 'secret' && args[flag] === '');
  if (!bare) return args;
  return { ...args, [bare.flag]: await readSecret(session, 'Password of the link: ') };
}
