// The values of secrets that are missing: from the environment, drawn, or typed without an echo.

import { randomBytes } from 'node:crypto';
import { ask } from '../../src/cli/prompt.ts';
import type { Session } from '../../src/cli/session.ts';
import type { Missing, Source } from './secrets.ts';

const KEY_BYTES = 32;

export async function collectSecrets(
  session: Session,
  missing: readonly Missing[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, source } of missing) values[name] = await obtain(session, name, source);
  return values;
}

async function obtain(session: Session, name: string, source: Source): Promise<string> {
  switch (source) {
    case 'environment':
      return session.env[name] ?? '';
    case 'drawn':
    case 'shown':
      return randomBytes(KEY_BYTES).toString('base64url');
    case 'asked':
      return ask(session, { prompt: `${name} (not shown): `, isHidden: true });
    case 'none':
      throw new Error(`${name} has no source`);
  }
}
