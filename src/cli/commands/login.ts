// Keeps a gateway and a key for later commands, once the gateway has accepted the key.

import { createHallpass } from '../../client/hallpass.ts';
import { HallpassError } from '../../client/hallpass-error.ts';
import { usageError } from '../cli-error.ts';
import { type Command, optionalText } from '../command.ts';
import { checkedKey, checkedUrl } from '../connect.ts';
import { loginFile, removeLogin, writeLogin } from '../login-file.ts';
import { ask, readSecret } from '../prompt.ts';
import { isAttended, type Session, tell } from '../session.ts';

/** No link has this id: the answer is 404 or 403 to a good key and 401 to any other. */
const NO_LINK = 'lnk_none';

export const login: Command = {
  command: 'login [url]',
  description: 'Keep the gateway and its key. The key is typed hidden, or read from standard input',
  positionals: {
    url: { type: 'string', description: 'The gateway’s URL; HALLPASS_URL without it' },
  },
  options: {
    store: {
      type: 'string',
      requiresArg: true,
      description: 'Where links are minted unless mint says otherwise.',
    },
  },
  examples: [['$0 login https://files.example.com < key.txt', 'read the key from a file']],
  async run(session, args) {
    const url = checkedUrl(optionalText(args, 'url') ?? (await askForUrl(session)));
    warnOfClearText(session, url);
    const apiKey = checkedKey(await readSecret(session, 'API key or admin token: '));
    await verify(session, url, apiKey);
    const file = loginFile(session.env);
    writeLogin(file, { url, apiKey, store: optionalText(args, 'store') });
    tell(session, `Logged in to ${url}; kept in ${file}, readable by you alone.`);
    return undefined;
  },
};

export const logout: Command = {
  command: 'logout',
  description: 'Forget the gateway and its key',
  async run(session) {
    const wasThere = removeLogin(loginFile(session.env));
    tell(session, wasThere ? 'Logged out.' : 'There was no login.');
    return undefined;
  },
};

async function askForUrl(session: Session): Promise<string> {
  const known = session.env.HALLPASS_URL;
  if (known) return known;
  if (isAttended(session)) return ask(session, { prompt: 'URL of the gateway: ' });
  throw usageError('Say which gateway: `hallpass login https://files.example.com`.');
}

function warnOfClearText(session: Session, url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || /^(?:localhost|127\.|\[::1\])/.test(hostname)) return;
  tell(session, 'Warning: over http the key can be read on its way. Use https.');
}

async function verify({ signal }: Session, url: string, apiKey: string): Promise<void> {
  try {
    await createHallpass({ url, apiKey }).links.inspect(NO_LINK, { signal });
  } catch (error) {
    const isAccepted =
      error instanceof HallpassError && ['link_not_found', 'scope_missing'].includes(error.reason);
    if (!isAccepted) throw error;
  }
}
