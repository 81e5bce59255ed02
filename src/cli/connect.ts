// Which gateway is meant, with which key: of the environment, else of the login.

import { createHallpass, type Hallpass } from '../client/hallpass.ts';
import { usageError } from './cli-error.ts';
import { type Login, loginFile, readLogin } from './login-file.ts';
import type { Session } from './session.ts';

export function connect(session: Session): Hallpass {
  const { url, apiKey } = settingsOf(session);
  if (!url || !apiKey) {
    const missing = url ? 'API key' : 'gateway';
    throw usageError(
      `There is no ${missing} yet: run \`hallpass login\`, or set HALLPASS_URL and HALLPASS_API_KEY.`,
    );
  }
  return createHallpass({ url: checkedUrl(url), apiKey: checkedKey(apiKey) });
}

export function settingsOf({ env }: Session): Partial<Login> {
  const login = readLogin(loginFile(env));
  const url = env.HALLPASS_URL || login.url;
  // A key is for one gateway: one of the login must not reach another.
  const isOfLogin = !env.HALLPASS_URL || sameOrigin(env.HALLPASS_URL, login.url);
  const apiKey = env.HALLPASS_API_KEY || (isOfLogin ? login.apiKey : undefined);
  return { ...login, url, apiKey, store: env.HALLPASS_STORE || login.store } as Partial<Login>;
}

/** Throws a usage error for what is no origin. */
export function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol) && !url.username) return url.origin;
  throw usageError(
    'The URL of the gateway must be its origin, such as https://files.example.com, without a user.',
  );
}

/** What no header can carry would be quoted by whoever finds that out. Throws a usage error. */
export function checkedKey(text: string): string {
  const key = text.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw usageError('The API key has characters that none has: copy it again.');
}

function sameOrigin(a: string, b: string | undefined): boolean {
  if (!URL.canParse(a) || b === undefined || !URL.canParse(b)) return false;
  return new URL(a).origin === new URL(b).origin;
}
