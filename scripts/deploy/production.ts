// The production environment of wrangler.toml, as wrangler reads it.

import { stop } from '../stop.ts';

export type Settings = Readonly<Record<string, unknown>>;

export type Production = {
  /** The Worker's name. */
  readonly name: string;
  readonly accountId: string | undefined;
  /** Hosts that lead to the Worker. */
  readonly hosts: readonly string[];
  readonly vars: Settings;
  readonly grantsId: string | undefined;
  /** What could show a link's URL to others, as far as it is on. */
  readonly exposures: readonly string[];
};

/** As much of wrangler's configuration as matters here. */
type Resolved = {
  readonly name?: string | undefined;
  readonly account_id?: string | undefined;
  readonly route?: Route | undefined;
  readonly routes?: readonly Route[] | undefined;
  readonly vars: Settings;
  readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string }[];
} & Exposing;

type Route = string | { readonly pattern: string };

type Exposing = {
  readonly workers_dev?: boolean | undefined;
  readonly preview_urls?: boolean | undefined;
  readonly logpush?: boolean | undefined;
  readonly cache?: { readonly enabled: boolean } | undefined;
  readonly observability?:
    | {
        readonly logs?: { readonly invocation_logs?: boolean };
        readonly traces?: { readonly enabled?: boolean };
      }
    | undefined;
};

export async function readProduction(file: string): Promise<Production> {
  process.env.WRANGLER_LOG ??= 'error';
  // It takes a second to load, which whoever asks for --help needn't wait for.
  const { unstable_readConfig } = await import('wrangler');
  try {
    const config: Resolved = unstable_readConfig({ config: file, env: 'production' });
    const { route, routes = [] } = config;
    return {
      name: config.name ?? '',
      accountId: config.account_id,
      hosts: (route ? [route, ...routes] : routes).map(hostOf),
      vars: config.vars,
      grantsId: config.kv_namespaces.find(({ binding }) => binding === 'GRANTS')?.id,
      exposures: exposuresOf(config),
    };
  } catch (error) {
    return stop(`${file} can't be read: ${(error as Error).message}`);
  }
}

/** Sentences, since each has its own reason. */
export function exposuresOf({
  workers_dev,
  preview_urls,
  logpush,
  cache,
  observability,
}: Exposing) {
  const { logs, traces } = observability ?? {};
  const checks: [boolean, string][] = [
    [workers_dev === false, 'workers_dev must be false: links would open at a second address'],
    [preview_urls === false, 'preview_urls must be false: links would open at further addresses'],
    [!logpush, 'logpush must be false: its trace events hold the URLs of links'],
    [!cache?.enabled, 'cache.enabled must be false: a revoked link would go on opening'],
    [
      logs?.invocation_logs === false,
      'observability.logs.invocation_logs must be false: they hold the URLs of links',
    ],
    [!traces?.enabled, 'observability.traces.enabled must be false: they hold the URLs of links'],
  ];
  return checks.filter(([isSafe]) => !isSafe).map(([, sentence]) => sentence);
}

/** `get.example.com/*` and `get.example.com` alike. */
function hostOf(route: Route): string {
  const pattern = typeof route === 'string' ? route : route.pattern;
  return pattern.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
