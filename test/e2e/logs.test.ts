// What a reader of the logs learns: a whole run, refusals and failures included, and no secret in it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
const CLAIM = 'claim-of-the-log-test-0123456789';

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

it('no token, presigned URL, key or secret is in anything the Worker logs', async () => {
  const welcome = stack.output().length;
  const secrets = [PASSWORD, CLAIM, stack.apiKey, stack.adminToken, stack.s3.secretAccessKey];
  const { LINK_KEYS, APP_KEYS } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'));
  secrets.push(LINK_KEYS, APP_KEYS);

  for (const key of stack.objects) {
    const link = await mintLink(stack, { key });
    const token = new URL(link.url).pathname.slice(1);
    const opened = await openLink(link.url);
    const presigned = new URL(opened.headers.get('Location') ?? '');
    secrets.push(token, presigned.searchParams.get('X-Amz-Signature') ?? '', presigned.pathname);
    await openLink(link.url, { method: 'HEAD' });
    const limited = await mintLink(stack, { key, maxUses: 1, password: PASSWORD });
    secrets.push(new URL(limited.url).pathname.slice(1));
    for (const password of ['wrong', PASSWORD]) {
      const body = new URLSearchParams({ password, claim: CLAIM });
      await openLink(limited.url, { method: 'POST', body });
    }
    await openLink(limited.url, { headers: { 'Hallpass-Claim': CLAIM } });
    await openLink(`${stack.url}/x${token}`);
    await openLink(`${stack.url}/v1/links/${token}`, {
      headers: { Authorization: `Bearer ${stack.apiKey}x` },
    });
    await revokeLink(stack, link.id);
    await openLink(link.url);
    await revokeLink(stack, link.id);
  }
  await fetch(`${stack.url}/v1/links`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: `{"key": "${stack.apiKey}"`,
  });

  await stack.interrupt();
  const logged = stack.output().slice(welcome);
  const leaked = secrets.filter((secret) => logged.includes(secret));
  expect(leaked).toEqual([]);
});
