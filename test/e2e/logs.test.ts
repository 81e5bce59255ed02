// What a reader of the logs learns: a whole run with every request logged, refusals and failures included,
// and no secret in it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, makeWebhook, type Receiver, startReceiver, waitUntil } from './receiver.ts';
import {
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

const PASSWORD = 'correct horse battery staple';
const WRONG_PASSWORD = 'incorrect donkey';
const CLAIM = 'claim-of-the-log-test-0123456789';
const UPLOAD_CLAIM = 'claim-of-the-logged-upload-01';
const ADDRESS = '203.0.113.77';
const QUERY = 'words-of-a-query-string';
const HEADER = 'value-of-a-header';
const WRONG_ADMIN_TOKEN = 'a-wrong-admin-token-0123456789-0123456789';
const FILE = 'bytes of an uploaded file';

/** Of whoever asks, none of which is to be logged. */
const VISITOR = { 'CF-Connecting-IP': ADDRESS, 'User-Agent': HEADER, 'X-Anything': HEADER };

const folder = makeFolder();
let stack: Stack;
let receiver: Receiver;

beforeAll(async () => {
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ LOG_REQUESTS: 'all' }));
  stack = await startStack(folder);
  receiver = await startReceiver();
});
afterAll(async () => {
  receiver?.close();
  await stack?.interrupt();
  removeFolder(folder);
});

const tokenOf = (url: string) => new URL(url).pathname.slice(1);

/** The parts of a presigned URL that somebody could use, or learn the object's place from. */
function presignedParts(url: string): string[] {
  const { searchParams, pathname } = new URL(url);
  return [searchParams.get('X-Amz-Signature') ?? '', pathname];
}

async function links(): Promise<string[]> {
  const secrets: string[] = [];
  for (const key of stack.objects) {
    const link = await mintLink(stack, { key });
    const token = tokenOf(link.url);
    const opened = await openLink(`${link.url}?${QUERY}`, { headers: VISITOR });
    secrets.push(token, ...presignedParts(opened.headers.get('Location') ?? ''));
    await openLink(link.url, { method: 'HEAD' });
    const limited = await mintLink(stack, { key, maxUses: 1, password: PASSWORD });
    secrets.push(tokenOf(limited.url));
    for (const password of [WRONG_PASSWORD, PASSWORD]) {
      const body = new URLSearchParams({ password, claim: CLAIM });
      const redeemed = await openLink(limited.url, { method: 'POST', body, headers: VISITOR });
      const location = redeemed.headers.get('Location');
      if (location) secrets.push(...presignedParts(location));
    }
    await openLink(limited.url, { headers: { 'Hallpass-Claim': CLAIM } });
    await openLink(limited.url, { headers: { Cookie: `claim=${CLAIM}`, Accept: 'text/html' } });
    const streamed = await mintLink(stack, { key, delivery: 'stream' });
    secrets.push(tokenOf(streamed.url));
    await (await openLink(streamed.url)).arrayBuffer();
    await openLink(`${stack.url}/x${token}`);
    await openLink(`${stack.url}/${token}/${token}`);
    await openLink(`${stack.url}/v1/links/${token}`, {
      headers: { Authorization: `Bearer ${stack.apiKey}x` },
    });
    for (const id of [token, `lnk_${token}`]) {
      await openLink(`${stack.url}/v1/links/${id}?app=${token}`, {
        headers: { Authorization: `Bearer ${stack.adminToken}` },
      });
    }
    const body = { urls: [link.url, `${stack.url}/${token}x`] };
    await ask(stack, 'POST', '/v1/links/lookup', { url: link.url });
    await ask(stack, 'POST', '/v1/links/revoke', body);
    await openLink(link.url);
    await revokeLink(stack, link.id);
  }
  return secrets;
}

/** The lines of requests, as workerd prints them on this machine. */
function requestLines(logged: string): { method: string; route: string }[] {
  const lines = logged.matchAll(/event: 'request.answered', route: '([^']+)', method: '([A-Z]+)'/g);
  return [...lines].map(([, route = '', method = '']) => ({ route, method }));
}

/** What is wrong in a request is told to whoever sent it, and to nobody else. */
async function refusedBodies(): Promise<void> {
  await fetch(`${stack.url}/v1/links`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: `{"key": "${stack.apiKey}"`,
  });
  await fetch(`${stack.url}/v1/links/batch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ links: [{ password: PASSWORD }, { [PASSWORD]: CLAIM }] }),
  });
}

async function uploads(): Promise<string[]> {
  const upload = { maxBytes: 1_000_000 };
  const link = await mintLink(stack, { key: 'inbox/', operation: 'upload', upload });
  const announced = await fetch(`${link.url}/uploads`, {
    method: 'POST',
    headers: { ...VISITOR, 'Content-Type': 'application/json', 'Hallpass-Claim': UPLOAD_CLAIM },
    body: JSON.stringify({ size: FILE.length, contentType: 'text/plain', filename: 'a.txt' }),
  });
  const begun = (await announced.json()) as { url: string; headers: Record<string, string> };
  await fetch(begun.url, { method: 'PUT', headers: begun.headers, body: FILE });
  const one = `${link.url}/uploads/${UPLOAD_CLAIM}`;
  await fetch(one);
  expect((await fetch(`${one}/complete`, { method: 'POST' })).status).toBe(200);
  await fetch(`${link.url}/uploads/${UPLOAD_CLAIM}x`, { method: 'DELETE' });

  const terms = { operation: 'upload', upload: { ...upload, overwrite: true } };
  const plain = await mintLink(stack, { key: 'inbox/b.txt', ...terms });
  const put = await openLink(plain.url, { method: 'PUT', body: FILE, headers: VISITOR });
  expect(put.status).toBe(307);
  const location = put.headers.get('Location') ?? '';
  return [
    ...[tokenOf(link.url), tokenOf(plain.url), put.headers.get('Hallpass-Claim') ?? ''],
    ...[...presignedParts(begun.url), ...presignedParts(location)],
  ];
}

/** One endpoint that takes its messages, one that refuses them, and a secret that is replaced. */
async function webhooks(): Promise<string[]> {
  receiver.answer = ({ path }, response) => {
    response.writeHead(path.startsWith('/broken') ? 500 : 204).end(`said-${HEADER}`);
  };
  const taking = await makeWebhook(stack, receiver, { path: `/taking?${QUERY}` });
  const broken = await makeWebhook(stack, receiver, { path: `/broken?${QUERY}` });
  const rotated = await ask<{ secret: string }>(stack, 'POST', `/v1/webhooks/${taking.id}/rotate`);
  receiver.trust(rotated.secret);
  for (const { id } of [taking, broken]) await ask(stack, 'POST', `/v1/webhooks/${id}/test`);
  await waitUntil(() => receiver.received.some(({ path }) => path.startsWith('/broken')));
  await waitUntil(() => receiver.received.some(({ path }) => path.startsWith('/taking')));
  return [taking.secret, broken.secret, rotated.secret];
}

async function keys(): Promise<string[]> {
  const scopes = ['links:read'];
  const made = await ask<{ id: string; apiKey: string }>(stack, 'POST', '/v1/keys', { scopes });
  const next = await ask<{ apiKey: string }>(stack, 'POST', `/v1/keys/${made.id}/rotate`);
  await ask(stack, 'DELETE', `/v1/keys/${made.id}`);
  return [made.apiKey, next.apiKey];
}

async function operators(): Promise<string[]> {
  const form = (path: string, fields: Record<string, string>, cookie = '') =>
    fetch(`${stack.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...VISITOR, Origin: stack.url, Accept: 'text/html', Cookie: cookie },
      body: new URLSearchParams(fields),
    });
  const link = await mintLink(stack, { key: stack.objects[0] });
  await form('/admin/links/lookup', { text: link.url });
  await form('/admin/sign-in', { token: WRONG_ADMIN_TOKEN, kept: `text=${link.url}` });
  const signedIn = await form('/admin/sign-in', { token: stack.adminToken });
  expect(signedIn.status).toBe(303);
  const [cookie = ''] = (signedIn.headers.get('Set-Cookie') ?? '').split(';');
  await form('/admin/links/lookup', { text: link.url }, cookie);
  await fetch(`${stack.url}/admin/links?q=${QUERY}`, { headers: { Cookie: cookie } });
  await form('/admin/sign-out', {}, cookie);
  for (const token of [stack.adminToken, stack.apiKey, WRONG_ADMIN_TOKEN]) {
    const headers = { Authorization: `Bearer ${token}` };
    await fetch(`${stack.url}/v1/apps?${QUERY}`, { headers });
    await fetch(`${stack.url}/metrics?app=${QUERY}`, { headers });
    await fetch(`${stack.url}/metrics`, { headers });
  }
  return [tokenOf(link.url), cookie.slice(cookie.indexOf('=') + 1)];
}

it('no secret, and nothing that a client wrote, is in anything the Worker logs', async () => {
  const welcome = stack.output().length;
  const { LINK_KEYS, APP_KEYS } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'));
  const secrets = [
    ...[PASSWORD, WRONG_PASSWORD, CLAIM, UPLOAD_CLAIM, WRONG_ADMIN_TOKEN, FILE],
    ...[ADDRESS, QUERY, HEADER, receiver.url],
    ...[stack.apiKey, stack.adminToken, stack.s3.secretAccessKey, LINK_KEYS, APP_KEYS],
    ...(await links()),
    ...(await uploads()),
    ...(await webhooks()),
    ...(await keys()),
    ...(await operators()),
  ];
  await refusedBodies();

  await stack.interrupt();
  const logged = stack.output().slice(welcome);
  // An empty text is in every log, and would hide that a flow gave no secret.
  expect(secrets.filter((secret) => secret.length < 8)).toEqual([]);
  const leaked = secrets.filter((secret) => logged.includes(secret));
  expect(leaked).toEqual([]);

  const flows = [
    ...['GET /:token', 'HEAD /:token', 'POST /:token', 'PUT /:token', 'POST /:token/uploads'],
    ...['POST /:token/uploads/:id/complete', 'POST /v1/links', 'POST /v1/links/batch'],
    ...['GET /v1/links/:id', 'DELETE /v1/links/:id', 'POST /v1/links/lookup'],
    ...['POST /v1/webhooks', 'POST /v1/webhooks/:id/rotate', 'POST /v1/keys', 'GET /v1/apps'],
    'GET /metrics',
    ...['POST /admin/sign-in', 'POST /admin/links/lookup', 'POST /admin/sign-out'],
  ];
  const found = new Set(requestLines(logged).map(({ method, route }) => `${method} ${route}`));
  expect(flows.filter((flow) => !found.has(flow))).toEqual([]);
});
