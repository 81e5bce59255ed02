// An app's and an operator's view of the Worker under test, in workerd.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createHallpass } from '../../src/app.ts';
import type { Env } from '../../src/config.ts';
import { TEST_BINDINGS } from './bindings.ts';
import { expectAsDocumented } from './contract.ts';

export const realEnv = env as unknown as Env;

const hallpass = createHallpass();

export type ApiOptions = {
  readonly env?: Env;
  readonly bearer?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
};

/** Sends a request through the app and waits for what it deferred. */
export async function request(
  method: string,
  path: string,
  options: ApiOptions = {},
): Promise<Response> {
  const headers = new Headers(options.headers);
  if (options.bearer) headers.set('Authorization', `Bearer ${options.bearer}`);
  let body: string | null = null;
  if (options.body !== undefined) {
    body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  }
  const context = createExecutionContext();
  const url = new URL(path, TEST_BINDINGS.PUBLIC_URL);
  const response = await hallpass.fetch(
    new Request(url, { method, headers, body }),
    options.env ?? realEnv,
    context,
  );
  await waitOnExecutionContext(context);
  await expectAsDocumented(method, url.pathname, response.clone());
  return response;
}

export async function json<Body = Record<string, unknown>>(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

export type TestApp = { readonly id: string; readonly apiKey: string; readonly keyId: string };

/** Makes an app with one API key, as an operator does. */
export async function makeApp(
  bounds: { stores?: string[]; keyPrefixes?: string[]; defaults?: object } = {},
): Promise<TestApp> {
  const bearer = TEST_BINDINGS.ADMIN_TOKEN;
  const made = await request('POST', '/v1/apps', {
    bearer,
    body: { name: 'Test app', stores: ['demo'], ...bounds },
  });
  const { id } = await json<{ id: string }>(made);
  const body = { app: id, scopes: EVERY_SCOPE };
  const key = await request('POST', '/v1/keys', { bearer, body });
  const { apiKey, id: keyId } = await json<{ apiKey: string; id: string }>(key);
  return { id, apiKey, keyId };
}

export const OPERATOR = TEST_BINDINGS.ADMIN_TOKEN;

export type KeyOnWire = {
  readonly id: string;
  readonly apiKey: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
};

/** Makes another API key of an app, by an operator or by one of its keys. */
export async function makeKey(
  app: TestApp,
  terms: object = {},
  bearer = OPERATOR,
): Promise<KeyOnWire> {
  const body = { app: app.id, scopes: EVERY_SCOPE, ...terms };
  const response = await request('POST', '/v1/keys', { bearer, body });
  if (response.status !== 201) throw new Error(`the key was refused: ${await response.text()}`);
  return json<KeyOnWire>(response);
}

export const EVERY_SCOPE = [
  'links:mint',
  'links:read',
  'links:revoke',
  'events:read',
  'webhooks:manage',
  'keys:manage',
];

/** The app as another of its keys sees it. */
export function withKey(app: TestApp, key: KeyOnWire): TestApp {
  return { ...app, apiKey: key.apiKey, keyId: key.id };
}

export type MintedOnWire = {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly createdAt: string;
  readonly expiresAt: string;
};

export const DOWNLOAD = {
  store: 'demo',
  key: 'reports/q3.pdf',
  operation: 'download',
  ttlSeconds: 600,
} as const;

export function mint(app: TestApp, body: object = {}, options: ApiOptions = {}): Promise<Response> {
  return request('POST', '/v1/links', {
    bearer: app.apiKey,
    body: { ...DOWNLOAD, ...body },
    ...options,
  });
}

export async function minted(app: TestApp, body: object = {}): Promise<MintedOnWire> {
  const response = await mint(app, body);
  if (response.status !== 201) throw new Error(`mint answered ${await response.text()}`);
  return json<MintedOnWire>(response);
}

export function open(url: string, options: ApiOptions & { method?: string } = {}) {
  return request(options.method ?? 'GET', new URL(url).pathname, options);
}

export function revoke(app: TestApp, id: string): Promise<Response> {
  return request('DELETE', `/v1/links/${id}`, { bearer: app.apiKey });
}
