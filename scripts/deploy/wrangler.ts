// What is asked of Cloudflare, and done there, through wrangler.

import { askWrangler, type Ran, showWrangler } from './run-wrangler.ts';

export type Account = { readonly id: string; readonly name: string };

/** wrangler's answer was none that is known here. */
export class WranglerError extends Error {
  override readonly name = 'WranglerError';
}

/** The accounts that can be reached; `undefined` when nobody is logged in. */
export async function readAccounts(): Promise<readonly Account[] | undefined> {
  const ran = await askWrangler(['whoami', '--json'], process.env);
  const answer = readJson<{ loggedIn: boolean; accounts?: Account[] }>(ran);
  if (answer?.loggedIn === false) return undefined;
  if (ran.code !== 0 || !answer?.accounts) throw failure('whoami', ran);
  return answer.accounts;
}

export type Wrangler = ReturnType<typeof createWrangler>;

/** Speaks of one Worker: the production environment of a file, in one account. */
export function createWrangler(config: string, accountId: string) {
  // wrangler asks for the account where there are several, unless it is told here.
  const env = { ...process.env, CLOUDFLARE_ACCOUNT_ID: accountId };
  const worker = ['--config', config, '--env', 'production'];

  return {
    /** The names of the Worker's secrets; `undefined` when there is no Worker yet. */
    async secretNames(): Promise<readonly string[] | undefined> {
      const ran = await askWrangler(['secret', 'list', '--format', 'json', ...worker], env);
      const secrets = ran.code === 0 ? readJson<{ name: string }[]>(ran) : undefined;
      if (secrets) return secrets.map(({ name }) => name);
      if (/Worker ".*" .*not found|code: 10007/.test(ran.stdout + ran.stderr)) return undefined;
      throw failure('secret list', ran);
    },

    async namespaceId(title: string): Promise<string | undefined> {
      const ran = await askWrangler(['kv', 'namespace', 'list', '--config', config], env);
      const namespaces =
        ran.code === 0 ? readJson<{ id: string; title: string }[]>(ran) : undefined;
      if (!namespaces) throw failure('kv namespace list', ran);
      return namespaces.find((namespace) => namespace.title === title)?.id;
    },

    /** Without `--env`, which wrangler would put before the title. */
    async createNamespace(title: string): Promise<void> {
      const ran = await askWrangler(
        ['kv', 'namespace', 'create', title, '--config', config, '--update-config=false'],
        env,
      );
      if (ran.code !== 0) throw failure('kv namespace create', ran);
    },

    /** All in one request: either each of them is there afterwards, or none. */
    async putSecrets(secrets: Readonly<Record<string, string>>): Promise<void> {
      const ran = await askWrangler(['secret', 'bulk', ...worker], env, JSON.stringify(secrets));
      if (ran.code !== 0) throw failure('secret bulk', without(ran, Object.values(secrets)));
    },

    /** Bundles as a deployment would, which is where a mistake in the code or the file shows. */
    async bundle(folder: string): Promise<void> {
      const ran = await askWrangler(['deploy', '--dry-run', '--outdir', folder, ...worker], env);
      if (ran.code !== 0) throw failure('deploy --dry-run', ran);
    },

    /** The tag of what runs now, if it runs alone and has one. */
    async deployedTag(): Promise<string | undefined> {
      const status = await askWrangler(['deployments', 'status', '--json', ...worker], env);
      const deployment = readJson<{ versions?: { version_id: string }[] }>(status);
      const [version, another] = deployment?.versions ?? [];
      if (!version || another) return undefined;
      const { version_id: id } = version;
      const ran = await askWrangler(['versions', 'view', id, '--json', ...worker], env);
      return readJson<{ annotations?: Record<string, string> }>(ran)?.annotations?.['workers/tag'];
    },

    async deploy(tag: string, isAttended: boolean): Promise<void> {
      const code = await showWrangler(['deploy', '--tag', tag, ...worker], env, isAttended);
      if (code !== 0) throw new WranglerError('`wrangler deploy` failed: see above.');
    },
  };
}

/** What is printed before the JSON, such as an empty line or a warning, is none of it. */
function readJson<T>({ stdout }: Ran): T | undefined {
  const begin = stdout.search(/^[[{]/m);
  if (begin < 0) return undefined;
  try {
    return JSON.parse(stdout.slice(begin)) as T;
  } catch {
    return undefined;
  }
}

function failure(command: string, { stdout, stderr }: Ran): WranglerError {
  const said = `${stdout.trim()}\n${stderr.trim()}`.trim();
  return new WranglerError(`\`wrangler ${command}\` failed. It says:\n${said}`);
}

function without(ran: Ran, secrets: readonly string[]): Ran {
  const hide = (said: string) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said);
  return { ...ran, stdout: hide(ran.stdout), stderr: hide(ran.stderr) };
}
