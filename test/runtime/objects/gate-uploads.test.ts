// What becomes of uploads that nobody completes, told by a store that answers as these tests want.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** The store's cap on URLs, and what is waited after it for what is under way. */
const LOOKS = [66 * SECOND, 361 * SECOND, 3_661 * SECOND];

let app: TestApp;
let link: MintedOnWire;
let asked: { method: string; url: URL }[];

type StoreAnswer = (method: string, url: URL, headers: Headers) => Response;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp();
  link = await mintUpload({ maxUses: 1 });
  asked = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function mintUpload(more: object): Promise<MintedOnWire> {
  const upload = { maxBytes: 1_000_000_000 };
  return minted(app, {
    key: 'inbox/a.bin',
    operation: 'upload',
    upload,
    ttlSeconds: 86_400,
    ...more,
  });
}

function storeAnswers(answer: StoreAnswer): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    asked.push({ method, url });
    return answer(method, url, new Headers(init?.headers));
  });
}

const absent: StoreAnswer = () =>
  new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 });
const holds =
  (size: number): StoreAnswer =>
  (_method, _url, asked) => {
    const headers = { 'Content-Type': 'image/png', ETag: '"e"' };
    return asked.has('Range')
      ? new Response('x', {
          status: 206,
          headers: { ...headers, 'Content-Range': `bytes 0-0/${size}` },
        })
      : new Response('x'.repeat(size), { headers });
  };
const down: StoreAnswer = () => new Response('', { status: 503 });

const claimed = (name: string) => ({
  headers: { 'Hallpass-Claim': `claim-of-the-gate-upload-${name}` },
});
const begin = (name: string, of = link, body: object = {}) =>
  request('POST', `${new URL(of.url).pathname}/uploads`, {
    body: { size: 10, contentType: 'image/png', ...body },
    ...claimed(name),
  });
const gateOf = (of: MintedOnWire) => realEnv.GATES.getByName(of.id) as unknown as DurableObjectStub;
const usesLeft = async () =>
  (await json(await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }))).usesLeft;
const eventTypes = async () => {
  const response = await request('GET', `/v1/events?linkId=${link.id}`, { bearer: app.apiKey });
  return (await json<{ items: { type: string }[] }>(response)).items.map(({ type }) => type);
};

/** Rings the gate's alarm so long after the upload began. */
async function ringAfter(milliseconds: number, of = link): Promise<void> {
  vi.setSystemTime(Date.UTC(2040, 0, 1) + milliseconds);
  await runDurableObjectAlarm(gateOf(of));
}

describe('a use', () => {
  it('is given back when nothing came, an hour after the last URL ended and not before', async () => {
    storeAnswers(absent);
    await begin('a');
    await ringAfter(60 * SECOND);
    expect(asked).toEqual([]);
    for (const look of LOOKS) {
      expect(await usesLeft()).toBe(0);
      expect((await begin('b')).status).toBe(410);
      await ringAfter(look);
      await runInDurableObject(gateOf(link), () => {});
      await evictDurableObject(gateOf(link));
    }
    expect(await usesLeft()).toBe(1);
    expect((await begin('b')).status).toBe(201);
    expect(await usesLeft()).toBe(0);
    // Once and for good.
    await ringAfter(2 * HOUR);
    expect((await begin('c')).status).toBe(410);
  });

  it('that was given back is free for the same claim too, and is spent anew', async () => {
    storeAnswers(absent);
    await begin('a');
    for (const look of LOOKS) await ringAfter(look);
    expect(await usesLeft()).toBe(1);
    expect((await begin('a', link, { size: 11 })).status).toBe(201);
    expect(await usesLeft()).toBe(0);
  });

  it('is kept while the store can’t tell', async () => {
    storeAnswers(down);
    await begin('a');
    for (const look of LOOKS) await ringAfter(look);
    expect(await usesLeft()).toBe(0);
    vi.restoreAllMocks();
    storeAnswers(absent);
    for (const more of [4_000, 4_400, 9_000]) await ringAfter(more * SECOND);
    expect(await usesLeft()).toBe(1);
  });

  it('is kept for as long as new URLs are given out', async () => {
    storeAnswers(absent);
    await begin('a');
    await ringAfter(LOOKS[0] ?? 0);
    await ringAfter(LOOKS[1] ?? 0);
    await begin('a');
    await ringAfter(LOOKS[2] ?? 0);
    expect(await usesLeft()).toBe(0);
  });
});

describe('a PUT that nobody completed', () => {
  it('is found, and told of once', async () => {
    storeAnswers(holds(10));
    await begin('a');
    await ringAfter(LOOKS[0] ?? 0);
    await ringAfter(LOOKS[1] ?? 0);
    expect((await eventTypes()).filter((type) => type === 'link.uploaded')).toHaveLength(1);
    expect(await usesLeft()).toBe(0);
    expect(await json(await begin('a'))).toMatchObject({ state: 'uploaded' });
  });

  it('is not taken for what was there before: that is left alone', async () => {
    storeAnswers(holds(999));
    await begin('a');
    await ringAfter(LOOKS[0] ?? 0);
    expect(await eventTypes()).not.toContain('link.uploaded');
    expect(asked.map(({ method }) => method)).not.toContain('DELETE');
    expect(await usesLeft()).toBe(0);
  });
});

describe('parts in the store', () => {
  const MULTIPART =
    '<InitiateMultipartUploadResult><UploadId>m1</UploadId></InitiateMultipartUploadResult>';
  const multipart: StoreAnswer = (method, url) => {
    if (method === 'POST') return new Response(MULTIPART);
    return method === 'DELETE'
      ? new Response(null, { status: 204 })
      : absent(method, url, new Headers());
  };
  const aborts = () => asked.filter(({ method }) => method === 'DELETE');

  it.each(['revoked', 'expired'])('are thrown away when their link is %s', async (end) => {
    storeAnswers(multipart);
    const response = await begin('a', link, { size: 100_000_000 });
    expect(await json(response)).toMatchObject({ parts: 6 });
    await ringAfter(HOUR);
    expect(aborts()).toEqual([]);
    if (end === 'revoked') await revoke(app, link.id);
    await ringAfter(end === 'revoked' ? HOUR + 10 * SECOND : 86_401 * SECOND);
    expect(aborts().map(({ url }) => url.searchParams.get('uploadId'))).toEqual(['m1']);
  });

  it('are begun once, though two ask at once', async () => {
    let begun = 0;
    storeAnswers((method, url) => {
      if (method !== 'POST') return multipart(method, url, new Headers());
      begun += 1;
      return new Response(MULTIPART.replace('m1', `m${begun}`));
    });
    const size = 100_000_000;
    const both = await Promise.all([begin('a', link, { size }), begin('a', link, { size })]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(aborts()).toHaveLength(begun - 1);
  });
});

describe('a mint of an upload', () => {
  const REFUSALS: [object, string][] = [
    [{ upload: undefined }, '/upload'],
    [{ operation: 'download' }, '/upload'],
    [{ upload: {} }, '/upload/maxBytes'],
    [{ upload: { maxBytes: 0 } }, '/upload/maxBytes'],
    [{ upload: { maxBytes: 1, contentTypes: ['image'] } }, '/upload/contentTypes/0'],
    [{ upload: { maxBytes: 1, checksum: 'optional' } }, '/upload/checksum'],
    [{ key: 'drop/', upload: { maxBytes: 1, overwrite: true } }, '/upload/overwrite'],
    [{ filename: 'x' }, '/filename'],
    [{ disposition: 'attachment' }, '/disposition'],
    [{ contentType: 'text/plain' }, '/contentType'],
    [{ versionId: 'v' }, '/versionId'],
    [{ verifyObject: true }, '/verifyObject'],
    [{ confirm: true }, '/confirm'],
    [{ consistency: 'edge' }, '/consistency'],
  ];

  it.each(REFUSALS)('is refused with %j, and names the field', async (more, pointer) => {
    const body = {
      ...{ store: 'demo', key: 'inbox/a', operation: 'upload', ttlSeconds: 600 },
      ...{ upload: { maxBytes: 1 }, ...more },
    };
    const response = await request('POST', '/v1/links', { bearer: app.apiKey, body });
    expect(response.status).toBe(400);
    const { errors } = await json<{ errors: { pointer: string }[] }>(response);
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it('shows what is taken', async () => {
    expect(link).toMatchObject({
      operation: 'upload',
      upload: { maxBytes: 1_000_000_000, overwrite: false },
    });
  });
});
