// Links that are minted only for objects that are there, against a store that verifies signatures.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import { makeFolder, openLink, removeFolder, type Stack, startStack } from './stack.ts';

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

function mint(body: object): Promise<Response> {
  return fetch(`${stack.url}/v1/links`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ store: stack.store, operation: 'download', ttlSeconds: 600, ...body }),
  });
}

describe('verifyObject', () => {
  it.each(SAMPLES.map(({ key, body }) => [key, body.length] as const))(
    'records what %s is',
    async (key, size) => {
      const response = await mint({ key, verifyObject: true });
      expect(response.status).toBe(201);
      const link = (await response.json()) as { url: string; object: Record<string, unknown> };
      expect(link.object).toMatchObject({ size });
      expect(link.object.etag).toMatch(/^"[0-9a-f]{32}"$/);
      const opened = await openLink(link.url);
      const download = await fetch(opened.headers.get('Location') ?? '');
      expect(download.headers.get('ETag')).toBe(link.object.etag);
    },
  );

  it('refuses a link to what isn’t there with 422, and mints nothing', async () => {
    const key = 'documents/never-written.pdf';
    const refused = await mint({ key, verifyObject: true });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ reason: 'object_not_found' });
    const listed = await fetch(`${stack.url}/v1/links?key=${key}`, {
      headers: { Authorization: `Bearer ${stack.apiKey}` },
    });
    expect(await listed.json()).toMatchObject({ items: [] });
    // Without it nobody asks: the object may come later.
    expect((await mint({ key })).status).toBe(201);
  });

  it('asks after bounds: what lies outside is 403, there or not', async () => {
    const refused = await mint({ store: 'nowhere', key: SAMPLES[0]?.key, verifyObject: true });
    expect(refused.status).toBe(403);
  });
});
