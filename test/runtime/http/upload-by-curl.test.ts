// What the gateway tells who sends with curl, and that a refusal spends nothing.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../src/config.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';

const LARGE = 64 * 1_048_576 + 1;
const FORM = {
  ...{ Accept: 'text/plain', 'Content-Type': 'application/x-www-form-urlencoded' },
  'Hallpass-Claim': 'claim-of-who-sends-with-curl',
};

let app: TestApp;

beforeEach(async () => {
  app = await makeApp();
  // Nothing of this needs the store.
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('the store was asked'));
});
afterEach(() => vi.restoreAllMocks());

const mintUpload = (upload: object = {}, more: object = {}) =>
  minted(app, {
    ...{ key: 'inbox/a.bin', operation: 'upload', ttlSeconds: 600, maxUses: 1 },
    ...{ upload: { maxBytes: 1_000_000_000, ...upload }, ...more },
  });
const pathOf = (link: MintedOnWire) => new URL(link.url).pathname;
const put = (link: MintedOnWire, size: number, origin = '') =>
  request('PUT', `${origin}${pathOf(link)}`, { headers: { 'Content-Length': String(size) } });
const announce = (link: MintedOnWire, body: string, env?: Env) =>
  request('POST', `${pathOf(link)}/uploads`, { headers: FORM, body, ...(env ? { env } : {}) });
const usesLeft = async ({ id }: MintedOnWire) =>
  (await json(await request('GET', `/v1/links/${id}`, { bearer: app.apiKey }))).usesLeft;

async function detailOf(response: Response): Promise<string> {
  const { reason, detail } = await json<{ reason: string; detail: string }>(response);
  expect([response.status, reason]).toEqual([400, 'announce_first']);
  return detail;
}

describe('more than one request can hold', () => {
  it('is not sent by -T, and spends nothing', async () => {
    const link = await mintUpload({ overwrite: true });
    expect(await detailOf(await put(link, LARGE))).toContain('open the link in a browser');
    expect(await usesLeft(link)).toBe(1);
    expect((await put(link, LARGE - 1)).status).toBe(307);
    expect(await usesLeft(link)).toBe(0);
  });

  it('gets no config file, and spends nothing', async () => {
    const link = await mintUpload();
    const refused = await announce(link, `size=${LARGE}`);
    expect(await detailOf(refused)).toContain('open the link in a browser');
    expect(await usesLeft(link)).toBe(1);
    expect(await (await announce(link, `size=${LARGE - 1}`)).text()).toMatch(/^url = "https:/);
  });

  it('is told first that it is too much for the link, or that the link is over', async () => {
    const small = await mintUpload({ overwrite: true, maxBytes: 10 });
    expect((await put(small, LARGE)).status).toBe(413);
    await revoke(app, small.id);
    expect((await put(small, LARGE)).status).toBe(410);
  });
});

describe('the lines to paste', () => {
  it('name the gateway’s own address, whatever host was asked', async () => {
    const link = await mintUpload();
    const detail = await detailOf(await put(link, 10, 'https://$(id);x.example'));
    expect(detail).not.toContain('$(id)');
    expect(detail).toContain(` '${TEST_BINDINGS.PUBLIC_URL}${pathOf(link)}/uploads' `);
  });

  it('ask for a password where the link does', async () => {
    const open = await mintUpload();
    expect(await detailOf(await put(open, 10))).not.toContain('PASSWORD');
    const locked = await mintUpload({ overwrite: true }, { password: 'one-password' });
    const detail = await detailOf(await put(locked, 10));
    expect(detail).toContain(' --data-urlencode password=PASSWORD ');
    expect(await detailOf(await announce(locked, 'size=10'))).toBe(detail);
    const told = await announce(locked, 'size=10&password=one-password');
    expect(await told.text()).toMatch(/^url = /);
  });

  it('may tell a checksum also to a store that checks none', async () => {
    const { demo } = TEST_BINDINGS.STORES;
    const STORES = { demo: { ...demo, capabilities: { checksums: false } } };
    const link = await mintUpload();
    const body = `size=10&sha256=${'a'.repeat(64)}`;
    const config = await (await announce(link, body, { ...realEnv, STORES } as never)).text();
    expect(config).toMatch(/^url = /);
    expect(config).not.toContain('checksum');
  });
});

describe('a claim', () => {
  it('is told with every answer, also where the gateway drew it', async () => {
    const link = await mintUpload();
    expect((await put(link, 10)).headers.get('Hallpass-Claim')).toHaveLength(22);
    const refused = await request('POST', `${pathOf(link)}/uploads`, {
      body: { size: 2_000_000_000 },
    });
    expect(refused.status).toBe(413);
    expect(refused.headers.get('Hallpass-Claim')).toHaveLength(22);
  });

  it('of what was sent needs no second sending', async () => {
    const link = await mintUpload({ overwrite: true });
    const headers = { 'Content-Length': '10', 'Hallpass-Claim': FORM['Hallpass-Claim'] };
    expect((await request('PUT', pathOf(link), { headers })).status).toBe(307);
    vi.restoreAllMocks();
    const stored = { ETag: '"e"', 'Content-Type': 'text/plain' };
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) =>
      new Headers(init?.headers).has('Range')
        ? new Response('0', {
            status: 206,
            headers: { ...stored, 'Content-Range': 'bytes 0-0/10' },
          })
        : new Response('0123456789', { headers: { ...stored, 'Content-Length': '10' } }),
    );
    const id = FORM['Hallpass-Claim'];
    const done = await request('POST', `${pathOf(link)}/uploads/${id}/complete`);
    expect(done.status).toBe(200);
    const again = await request('PUT', pathOf(link), { headers });
    expect([again.status, (await json(again)).state]).toEqual([200, 'uploaded']);
  });
});

describe('a checksum', () => {
  it('is refused where it is no whole SHA-256, and spends nothing', async () => {
    const link = await mintUpload();
    const body = { size: 10, sha256: `${'A'.repeat(42)}B=` };
    const refused = await request('POST', `${pathOf(link)}/uploads`, { body });
    expect(refused.status).toBe(400);
    expect(await json(refused)).toMatchObject({ errors: [{ pointer: '/sha256' }] });
    expect(await usesLeft(link)).toBe(1);
  });
});
