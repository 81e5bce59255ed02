// As much of Cloudflare's API, at loopback, as the real wrangler asks of it for a deployment. What it was sent
// can be looked at; whatever it doesn't know is refused.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Upload = {
  readonly bindings: readonly { readonly name: string; readonly type: string }[];
  readonly migrations?: { readonly new_tag: string };
  readonly annotations?: { readonly 'workers/tag'?: string };
  readonly [setting: string]: unknown;
};

export type FakeCloudflareApi = {
  readonly url: string;
  readonly namespaces: { id: string; title: string }[];
  /** Of the Worker; `undefined` until it is made. */
  secrets: Record<string, string> | undefined;
  readonly uploads: Upload[];
  /** Where the Worker is to be reached. */
  domains: unknown;
  workersDev: unknown;
  /** Whether the domain can't be had, so that a deployment breaks off after its upload. */
  isDomainRefused: boolean;
  /** What was asked and is not known here. */
  readonly unknown: string[];
  close(): void;
};

export async function startFakeCloudflare(): Promise<FakeCloudflareApi> {
  const server = createServer(async (request, response) => {
    const { status, body } = answer(cloudflare, request, await bodyOf(request));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cloudflare: FakeCloudflareApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespaces: [],
    secrets: undefined,
    uploads: [],
    domains: undefined,
    workersDev: undefined,
    isDomainRefused: false,
    unknown: [],
    close: () => server.close(),
  };
  return cloudflare;
}

type Body = { readonly json: unknown; readonly upload: Upload | undefined };

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const bytes = new Uint8Array(await buffer(request));
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) {
    const text = new TextDecoder().decode(bytes);
    return { json: text ? JSON.parse(text) : {}, upload: undefined };
  }
  const form = await new Response(bytes, { headers: { 'Content-Type': type } }).formData();
  return { json: {}, upload: JSON.parse(String(form.get('metadata'))) as Upload };
}

class Refusal {
  readonly error: { readonly code: number; readonly message: string };
  constructor(code: number, message: string) {
    this.error = { code, message };
  }
}

const NO_WORKER = new Refusal(10007, 'This Worker does not exist on your account.');
const WORKER = '/workers/scripts/hallpass';

function answer(
  cloudflare: FakeCloudflareApi,
  { method, url: target }: IncomingMessage,
  body: Body,
) {
  const url = new URL(target ?? '', cloudflare.url);
  const path = url.pathname.replace('/accounts/a1', '');
  const known = ANSWERS[`${method} ${path}`];
  if (!known) cloudflare.unknown.push(`${method} ${path}`);
  const isMissing = path.startsWith(`${WORKER}/`) && cloudflare.secrets === undefined;
  const result = isMissing
    ? NO_WORKER
    : (known?.(cloudflare, body) ?? new Refusal(7003, 'No route'));
  if (result instanceof Refusal) {
    return {
      status: 404,
      body: { success: false, errors: [result.error], messages: [], result: null },
    };
  }
  const isPastEnd = Array.isArray(result) && (url.searchParams.get('page') ?? '1') !== '1';
  const result_info = { page: 1, per_page: 1_000, count: 1, total_count: 1 };
  const good = { success: true, errors: [], messages: [], result_info };
  return { status: 200, body: { ...good, result: isPastEnd ? [] : result } };
}

const ACCOUNT = { id: 'a1', name: 'Acme' };

const ANSWERS: Record<string, (cloudflare: FakeCloudflareApi, body: Body) => unknown> = {
  'GET /user/tokens/verify': () => ({ id: 't1', status: 'active' }),
  'GET /user': () => ({ id: 'u1', email: 'somebody@example.com' }),
  'GET /accounts': () => [ACCOUNT],
  'GET /memberships': () => [{ account: ACCOUNT }],
  'GET /storage/kv/namespaces': ({ namespaces }) => namespaces,
  'POST /storage/kv/namespaces': ({ namespaces }, { json }) => {
    const namespace = { id: 'f00d'.repeat(8), title: (json as { title: string }).title };
    namespaces.push(namespace);
    return namespace;
  },
  'GET /workers/services/hallpass': ({ secrets }) =>
    secrets === undefined
      ? new Refusal(10090, 'workers.api.error.service_not_found')
      : { default_environment: { script: { last_deployed_from: 'api' } } },
  'GET /workers/scripts': ({ secrets }) => (secrets ? [{ id: 'hallpass' }] : []),
  'GET /workers/workers/hallpass': () => ({
    id: 'hallpass',
    subdomain: { enabled: false, previews_enabled: false },
  }),
  [`PUT ${WORKER}`]: (cloudflare, { upload }) => {
    cloudflare.secrets ??= {};
    cloudflare.uploads.push(upload ?? { bindings: [] });
    return { id: 'hallpass', deployment_id: 'd1', startup_time_ms: 1 };
  },
  [`GET ${WORKER}/secrets`]: ({ secrets }) =>
    Object.keys(secrets ?? {}).map((name) => ({ name, type: 'secret_text' })),
  [`PATCH ${WORKER}/secrets-bulk`]: ({ secrets = {} }, { json }) => {
    const { secrets: put } = json as { secrets: Record<string, { text: string }> };
    for (const [name, { text }] of Object.entries(put)) secrets[name] = text;
    return [];
  },
  [`GET ${WORKER}/deployments`]: () => ({
    deployments: [{ id: 'd1', versions: [{ version_id: 'v1', percentage: 100 }] }],
  }),
  [`GET ${WORKER}/versions/v1`]: ({ uploads }) => ({
    id: 'v1',
    annotations: uploads.at(-1)?.annotations ?? {},
    metadata: {},
  }),
  [`GET ${WORKER}/settings`]: () => ({ bindings: [] }),
  [`PATCH ${WORKER}/script-settings`]: () => ({}),
  [`POST ${WORKER}/subdomain`]: (cloudflare, { json }) => {
    cloudflare.workersDev = json;
    return json;
  },
  [`POST ${WORKER}/domains/changeset`]: () => ({
    added: [],
    removed: [],
    updated: [],
    conflicting: [],
  }),
  [`PUT ${WORKER}/domains/records`]: (cloudflare, { json }) => {
    if (cloudflare.isDomainRefused) return new Refusal(100117, 'The zone is not in this account.');
    cloudflare.domains = json;
    return json;
  },
};
