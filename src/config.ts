// The settings of a deployment: read here and nowhere else, checked once, frozen.
// A wrong setting stops the Worker; a wrong store disables that store only, so that the links of
// other stores open and every link can be revoked.

import type { AppLedgerObject, DirectoryObject } from './apps/ports.ts';
import type { Bytes } from './lib/digest.ts';
import type { Instant } from './lib/time.ts';
import { DEFAULT_PASSWORD_ITERATIONS } from './links/password.ts';
import type { LinkGateObject } from './links/ports.ts';
import type { SessionsObject } from './operators/ports.ts';
import type { WebhookLedgerObject, WebhookOutboxObject } from './webhooks/ports.ts';

/** A namespace of Durable Objects, as much of it as Hallpass uses. */
export type Objects<Port> = { getByName(name: string): Port };

export type Env = {
  readonly GRANTS: KVNamespace;
  readonly GATES: Objects<LinkGateObject>;
  readonly LEDGERS: Objects<AppLedgerObject & WebhookLedgerObject>;
  readonly DIRECTORY: Objects<DirectoryObject>;
  readonly OUTBOXES: Objects<WebhookOutboxObject>;
  readonly SESSIONS: Objects<SessionsObject>;
  /** Sheds floods of one link at one place, where it is bound. */
  readonly FLOODS?: RateLimit;
  /** Takes measurements, where it is bound. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
  /** Further settings: PUBLIC_URL, LINK_KEYS, APP_KEYS, ADMIN_TOKEN, STORES and the stores' secrets. */
  readonly [setting: string]: unknown;
};

export type Store = {
  readonly alias: string;
  /** Origin of the S3 endpoint, without the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly addressing: 'path' | 'virtual';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly session?: { readonly token: string; readonly expiresAt: Instant } | undefined;
  /** How long a presigned URL may live at most. */
  readonly maxUrlSeconds: number;
  /** Whether the store honours `response-*` parameters of a presigned URL. */
  readonly responseOverrides: boolean;
  /** Whether the store keeps versions of objects and honours `versionId`. */
  readonly versions: boolean;
  /** Whether the store honours `If-None-Match: *` on writes, so that nothing is overwritten. */
  readonly conditionalWrites: boolean;
  /** Whether the store verifies and keeps the SHA-256 that comes with what is written. */
  readonly checksums: boolean;
};

export type AccessSettings = {
  /** Origin of the team, whose keys sign who was let in. */
  readonly team: string;
  /** The application audience (AUD) tag. */
  readonly audience: string;
};

export type Config = {
  /** Origin of minted links. */
  readonly publicUrl: string;
  /** Root keys of tokens, newest first. */
  readonly linkKeys: readonly Bytes[];
  /** Root keys of API keys, newest first. */
  readonly appKeys: readonly Bytes[];
  readonly adminToken: string;
  /** Reads /metrics and nothing else. */
  readonly metricsToken?: string | undefined;
  /** The one host that has /admin; without it every host of this Worker has it. */
  readonly adminHost?: string | undefined;
  /** Cloudflare Access in front of /admin, in place of the admin token. */
  readonly access?: AccessSettings | undefined;
  readonly maxTtlSeconds: number;
  /** PBKDF2 iterations of new link passwords. */
  readonly passwordIterations: number;
  /** How often it is asked whether a link is still open while its object is streamed. */
  readonly streamRecheckSeconds: number;
  /** For development: webhooks may point to this machine, by http too. */
  readonly webhooksAllowLoopback: boolean;
  /** Which requests have a line in the log. Each line costs, and a hot link's would be millions. */
  readonly logRequests: LogRequests;
  readonly stores: ReadonlyMap<string, Store>;
  /** One sentence for each alias whose store is disabled by its settings. */
  readonly storeFaults: ReadonlyMap<string, string>;
};

const LOG_REQUESTS = ['all', 'refused', 'none'] as const;

/** `refused`: those that were refused, or failed. */
export type LogRequests = (typeof LOG_REQUESTS)[number];

/** Its message is one sentence for the operator and holds no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const ROOT_KEY_BYTES = 32;
const MIN_TOKEN_LENGTH = 32;
const DEFAULT_MAX_TTL_SECONDS = 2_592_000;
/** Past a year a link isn't short-lived any more. */
const MAX_MAX_TTL_SECONDS = 31_536_000;
const DEFAULT_MAX_URL_SECONDS = 60;
/** How late a revocation may reach a stream; each recheck is one of the requests a plan allows. */
const DEFAULT_STREAM_RECHECK_SECONDS = 10;
/** Below about 15 s of life, clock drift and slow clients break presigned URLs. */
const MIN_URL_SECONDS = 15;
const MAX_URL_SECONDS = 3_600;

/** Without an offset it would be local time, and `Date.parse` alone takes "5" for a month. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const STORE_SETTINGS = new Set([
  'endpoint',
  'region',
  'bucket',
  'addressing',
  'accessKeyId',
  'maxUrlSeconds',
  'capabilities',
]);

type Settings = Readonly<Record<string, unknown>>;

/** Throws `ConfigError` for a wrong setting. */
export function readConfig(env: Settings): Config {
  const { stores, faults } = readStores(env);
  return Object.freeze({
    publicUrl: readOrigin('PUBLIC_URL', env.PUBLIC_URL),
    linkKeys: readRootKeys('LINK_KEYS', env),
    appKeys: readRootKeys('APP_KEYS', env),
    adminToken: readToken('ADMIN_TOKEN', env.ADMIN_TOKEN),
    metricsToken: readMetricsToken(env),
    adminHost: readAdminHost(env.ADMIN_HOST),
    access: readAccess(env),
    maxTtlSeconds: readWholeNumber('MAX_TTL_SECONDS', env.MAX_TTL_SECONDS, {
      least: 1,
      most: MAX_MAX_TTL_SECONDS,
      otherwise: DEFAULT_MAX_TTL_SECONDS,
    }),
    passwordIterations: readWholeNumber('PASSWORD_ITERATIONS', env.PASSWORD_ITERATIONS, {
      least: 10_000,
      most: 100_000,
      otherwise: DEFAULT_PASSWORD_ITERATIONS,
    }),
    streamRecheckSeconds: readWholeNumber('STREAM_RECHECK_SECONDS', env.STREAM_RECHECK_SECONDS, {
      least: 1,
      most: 300,
      otherwise: DEFAULT_STREAM_RECHECK_SECONDS,
    }),
    webhooksAllowLoopback: readFlag('WEBHOOKS_ALLOW_LOOPBACK', env.WEBHOOKS_ALLOW_LOOPBACK),
    logRequests: readLogRequests(env.LOG_REQUESTS),
    stores,
    storeFaults: faults,
  });
}

/**
 * A secret can't be read back, so it can't be written again with a newer key in front: the newer key
 * stands in a secret of its own, numbered from 2 on. The highest number is the newest.
 */
function readRootKeys(name: string, env: Settings): Bytes[] {
  const numbers = Object.keys(env)
    .filter((setting) => env[setting] !== undefined)
    .flatMap((setting) => rootKeyNumber(name, setting) ?? []);
  const settings = numbers.sort((a, b) => b - a).map((number) => rootKeySetting(name, number));
  // Without any, the complaint is about the plain name.
  return (settings.length === 0 ? [name] : settings).flatMap((setting) =>
    readRootKeyList(setting, env[setting]),
  );
}

/** LINK_KEYS is 1, LINK_KEYS_2 is 2; `undefined` for what isn't one of these keys. */
export function rootKeyNumber(name: string, setting: string): number | undefined {
  if (setting === name) return 1;
  if (!setting.startsWith(`${name}_`)) return undefined;
  const [digits] = /^(?:[2-9]|[1-9]\d)$/.exec(setting.slice(name.length + 1)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export function rootKeySetting(name: string, number: number): string {
  return number === 1 ? name : `${name}_${number}`;
}

function readRootKeyList(name: string, value: unknown): Bytes[] {
  const fault = new ConfigError(
    `${name} must be base64url keys of ${ROOT_KEY_BYTES} bytes, newest first, separated by commas`,
  );
  if (typeof value !== 'string') throw fault;
  return value.split(',').map((text) => {
    const key = decodeBase64Url(text.trim());
    if (key?.length !== ROOT_KEY_BYTES) throw fault;
    return key;
  });
}

function decodeBase64Url(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]+=*$/.test(text)) return undefined;
  const base64 = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (base64.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function readToken(name: string, value: unknown): string {
  // Visible ASCII, so that it fits into an Authorization header as it stands.
  if (typeof value !== 'string' || value.length < MIN_TOKEN_LENGTH || !/^[!-~]+$/.test(value)) {
    throw new ConfigError(
      `${name} must be at least ${MIN_TOKEN_LENGTH} visible ASCII characters without spaces`,
    );
  }
  return value;
}

function readMetricsToken({ METRICS_TOKEN: value, ADMIN_TOKEN: adminToken }: Settings) {
  if (value === undefined) return undefined;
  const token = readToken('METRICS_TOKEN', value);
  if (token === adminToken) {
    throw new ConfigError(
      'METRICS_TOKEN must be another than ADMIN_TOKEN, which may do everything',
    );
  }
  return token;
}

function readAdminHost(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' ? URL.parse(`https://${value}`) : null;
  if (!url || url.host !== value) {
    throw new ConfigError(
      `ADMIN_HOST must be a host such as "admin.example.com", got ${shown(value)}`,
    );
  }
  return value;
}

/** https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/ */
function readAccess({ ACCESS_TEAM: team, ACCESS_AUDIENCE: audience }: Settings): Config['access'] {
  if (team === undefined && audience === undefined) return undefined;
  if (typeof audience !== 'string' || !/^[0-9a-f]{64}$/.test(audience)) {
    throw new ConfigError(
      `ACCESS_AUDIENCE must be the 64 hexadecimal digits of the application's AUD tag, got ${shown(audience)}`,
    );
  }
  return { team: readOrigin('ACCESS_TEAM', team), audience };
}

function readOrigin(name: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const isLocal =
    url !== null && /^(?:localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (!url || !isSafe || `${url.origin}/` !== url.href) {
    throw new ConfigError(
      `${name} must be an https origin such as "https://files.example.com" ` +
        `(http only for localhost), got ${url?.password ? 'one with a password' : shown(value)}`,
    );
  }
  return url.origin;
}

function readWholeNumber(
  name: string,
  value: unknown,
  range: { least: number; most: number; otherwise: number },
): number {
  if (value === undefined) return range.otherwise;
  const text = String(value);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < range.least || number > range.most) {
    throw new ConfigError(
      `${name} must be a whole number from ${range.least} to ${range.most}, got ${shown(value)}`,
    );
  }
  return number;
}

/** Off unless it is set: .dev.vars and the dashboard hold text, wrangler.toml may hold a boolean. */
function readFlag(name: string, value: unknown): boolean {
  const text = String(value === undefined ? false : value);
  if (text !== 'true' && text !== 'false') {
    throw new ConfigError(`${name} must be "true" or "false", got ${shown(value)}`);
  }
  return text === 'true';
}

function readLogRequests(value: unknown = 'refused'): LogRequests {
  const known = LOG_REQUESTS.find((which) => which === value);
  if (known) return known;
  const choices = LOG_REQUESTS.map((which) => `"${which}"`).join(', ');
  throw new ConfigError(`LOG_REQUESTS must be one of ${choices}, got ${shown(value)}`);
}

function readStores(env: Settings): { stores: Map<string, Store>; faults: Map<string, string> } {
  const stores = new Map<string, Store>();
  const faults = new Map<string, string>();
  for (const [alias, settings] of Object.entries(readStoreTables(env.STORES))) {
    try {
      stores.set(alias, Object.freeze(readStore(alias, settings, env)));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.set(alias, `Store "${alias}" is disabled: ${error.message}`);
    }
  }
  return { stores, faults };
}

function readStoreTables(value: unknown): Settings {
  if (value === undefined) return {};
  // .dev.vars and the dashboard hold text only, so the tables may also come as JSON.
  const tables = typeof value === 'string' ? parseJson(value) : value;
  if (!isTable(tables)) {
    throw new ConfigError('STORES must be tables [vars.STORES.<alias>], or the same as JSON');
  }
  return tables;
}

function readStore(alias: string, settings: unknown, env: Settings): Store {
  const name = `STORES.${alias}`;
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(alias)) {
    throw new ConfigError(`${name} must be named by lower-case letters, digits and hyphens`);
  }
  if (!isTable(settings)) throw new ConfigError(`${name} must be a table`);
  const unknown = Object.keys(settings).find((setting) => !STORE_SETTINGS.has(setting));
  if (unknown)
    throw new ConfigError(`${name}.${unknown} must be left out: stores have no such setting`);
  const secretName = storeSecretName(alias);
  const endpoint = readOrigin(`${name}.endpoint`, settings.endpoint);
  const bucket = readText(
    `${name}.bucket`,
    settings.bucket,
    /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'a bucket name',
  );
  return {
    alias,
    endpoint,
    region: readText(`${name}.region`, settings.region, /^[a-z0-9-]{1,64}$/, 'a region'),
    bucket,
    addressing: readAddressing(`${name}.addressing`, settings.addressing, endpoint, bucket),
    accessKeyId: readAccessKeyId(`${name}.accessKeyId`, settings.accessKeyId),
    secretAccessKey: readSecret(`${secretName}_SECRET_ACCESS_KEY`, env),
    session: readSession(secretName, env),
    maxUrlSeconds: readWholeNumber(`${name}.maxUrlSeconds`, settings.maxUrlSeconds, {
      least: MIN_URL_SECONDS,
      most: MAX_URL_SECONDS,
      otherwise: DEFAULT_MAX_URL_SECONDS,
    }),
    responseOverrides: readCapability(name, settings, 'responseOverrides', true),
    versions: readCapability(name, settings, 'versions', !isR2(endpoint)),
    conditionalWrites: readCapability(name, settings, 'conditionalWrites', true),
    checksums: readCapability(name, settings, 'checksums', true),
  };
}

function readText(name: string, value: unknown, pattern: RegExp, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new ConfigError(`${name} must be ${what}, got ${shown(value)}`);
  }
  return value;
}

/** Shows no wrong value: it may well be the secret, pasted into the wrong place. */
function readAccessKeyId(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\w-]{1,128}$/.test(value)) {
    throw new ConfigError(`${name} must be an access key id`);
  }
  return value;
}

function readAddressing(
  name: string,
  value: unknown,
  endpoint: string,
  bucket: string,
): 'path' | 'virtual' {
  if (value !== 'path' && value !== 'virtual') {
    throw new ConfigError(`${name} must be "path" or "virtual", got ${shown(value)}`);
  }
  // A wildcard certificate covers one label: TLS would fail for every link.
  if (value === 'virtual' && bucket.includes('.') && endpoint.startsWith('https:')) {
    throw new ConfigError(`${name} must be "path", as TLS fails for a bucket with a dot before it`);
  }
  // An IP address takes no bucket before it.
  if (value === 'virtual' && !URL.canParse(endpoint.replace('//', `//${bucket}.`))) {
    throw new ConfigError(`${name} must be "path", as no bucket can stand before ${endpoint}`);
  }
  return value;
}

function readCapability(
  name: string,
  { capabilities = {} }: Settings,
  capability: string,
  otherwise: boolean,
): boolean {
  const value = isTable(capabilities) ? (capabilities[capability] ?? otherwise) : capabilities;
  if (typeof value !== 'boolean') {
    throw new ConfigError(
      `${name}.capabilities.${capability} must be true or false, got ${shown(value)}`,
    );
  }
  return value;
}

/** How the names of a store's secrets begin. */
export function storeSecretName(alias: string): string {
  return `STORE_${alias.toUpperCase().replaceAll('-', '_')}`;
}

/** R2 keeps no versions: https://developers.cloudflare.com/r2/api/s3/api/ */
export function isR2(endpoint: string): boolean {
  return new URL(endpoint).hostname.endsWith('.r2.cloudflarestorage.com');
}

function readSession(secretName: string, env: Settings): Store['session'] {
  const token = env[`${secretName}_SESSION_TOKEN`];
  if (token === undefined) return undefined;
  const expiry = env[`${secretName}_SESSION_EXPIRES_AT`];
  const expiresAt =
    typeof expiry === 'string' && INSTANT.test(expiry) ? Date.parse(expiry) : Number.NaN;
  if (Number.isNaN(expiresAt)) {
    throw new ConfigError(
      `${secretName}_SESSION_EXPIRES_AT must be an ISO 8601 instant such as "2030-01-31T12:00:00Z"`,
    );
  }
  return { token: readSecret(`${secretName}_SESSION_TOKEN`, env), expiresAt };
}

function readSecret(name: string, env: Settings): string {
  const value = env[name];
  if (typeof value !== 'string' || value.trim() === '' || value !== value.trim()) {
    throw new ConfigError(`${name} must be set, as a secret without surrounding spaces`);
  }
  return value;
}

function isTable(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
