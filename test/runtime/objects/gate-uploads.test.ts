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

type StoreAnswer = (method: string, url: URL, headers: Headers) => Response | Promise<Response>;

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
  vi.restoreAllMocks();
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
  (size: number, lastModified = new Date()): StoreAnswer =>
  (_method, _url, asked) => {
    const modified = { 'Last-Modified': lastModified.toUTCString() };
    const headers = { 'Content-Type': 'image/png', ETag: '"e"', ...modified };
    return asked.has('Range')
      ? new Response('x', {
          status: 206,
          headers: { ...headers, 'Content-Range': `bytes 0-0/${size}` },
        })
      : new Response('x'.repeat(size), { headers });
  };
/** An object in parts, of which nothing is read but its first byte. */
const holdsMany = (asked: Headers) =>
  new Response('x', {
    status: asked.has('Range') ? 206 : 200,
    headers: {
      ...{ 'Content-Type': 'image/png', ETag: '"e-6"', 'Content-Length': '1' },
      'Content-Range': 'bytes 0-0/100000000',
      'x-amz-checksum-sha256': `${'A'.repeat(43)}=-6`,
    },
  });
const down: StoreAnswer = () => new Response('', { status: 503 });
/** As to a store's key that may not list the bucket. */
const forbidden: StoreAnswer = () =>
  new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 });
const LONG_AGO = new Date('2039-12-01T00:00:00Z');

const idOf = (name: string) => `claim-of-the-gate-upload-${name}`;
const claimed = (name: string) => ({ headers: { 'Hallpass-Claim': idOf(name) } });
const begin = (name: string, of = link, body: object = {}) =>
  request('POST', `${new URL(of.url).pathname}/uploads`, {
    body: { size: 10, contentType: 'image/png', ...body },
    ...claimed(name),
  });
/** Asks something of an upload that goes on. */
const ask = (name: string, verb: string, of = link, body?: object) =>
  request(
    'POST',
    `${new URL(of.url).pathname}/uploads/${idOf(name)}/${verb}`,
    body ? { body } : {},
  );
const change = (of: MintedOnWire, body: object) =>
  request('PATCH', `/v1/links/${of.id}`, { bearer: app.apiKey, body });
const gateOf = (of: MintedOnWire) => realEnv.GATES.getByName(of.id) as unknown as DurableObjectStub;
const usesLeft = async () =>
  (await json(await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }))).usesLeft;
const eventTypes = async (of = link) => {
  const response = await request('GET', `/v1/events?linkId=${of.id}`, { bearer: app.apiKey });
  return (await json<{ items: { type: string }[] }>(response)).items.map(({ type }) => type);
};

/** Rings the gate's alarm so long after the upload began. */
async function ringAfter(milliseconds: number, of = link): Promise<void> {
  vi.setSystemTime(Date.UTC(2040, 0, 1) + milliseconds);
  await runDurableObjectAlarm(gateOf(of));
}

/** Follows the alarms that the gate sets for itself, until the time is over; tells how many there were. */
async function ringUntil(milliseconds: number, of = link): Promise<number> {
  for (let rings = 0; ; rings++) {
    const at = await runInDurableObject(gateOf(of), (_gate, { storage }) => storage.getAlarm());
    if (at === null || at > Date.UTC(2040, 0, 1) + milliseconds) return rings;
    if (rings > 1_000) throw new Error('the alarm doesn’t rest');
    await ringAfter(at - Date.UTC(2040, 0, 1), of);
  }
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
    storeAnswers(absent);
    for (const more of [4_000, 4_400, 9_000]) await ringAfter(more * SECOND);
    expect(await usesLeft()).toBe(1);
  });

  it('is kept while the store won’t say, which is asked less and less often', async () => {
    storeAnswers(forbidden);
    await begin('a');
    await ringUntil(4 * HOUR);
    const asks = asked.length;
    expect(asks).toBeGreaterThan(2);
    expect(asks).toBeLessThan(12);
    expect(await usesLeft()).toBe(0);
    // After days nobody asks any more: the object may be there.
    await ringUntil(20 * 24 * HOUR);
    const all = asked.length;
    await ringUntil(25 * 24 * HOUR);
    expect(asked).toHaveLength(all);
    expect(await usesLeft()).toBe(0);
  });

  it('that was given back doesn’t complete what is sent after that', async () => {
    storeAnswers(absent);
    await begin('a');
    for (const look of LOOKS) await ringAfter(look);
    expect(await usesLeft()).toBe(1);
    storeAnswers(holds(10));
    const late = await ask('a', 'complete');
    expect([late.status, (await json(late)).reason]).toEqual([410, 'upload_gone']);
    expect(await eventTypes()).not.toContain('link.uploaded');
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

  it.each([
    ['of another size', 999, undefined],
    ['of the same size', 10, LONG_AGO],
  ])('is not taken for what was there before %s: that is left alone', async (_, size, date) => {
    storeAnswers(holds(size, date));
    await begin('a');
    const refused = await ask('a', 'complete');
    expect([refused.status, (await json(refused)).reason]).toEqual([409, 'object_exists']);
    for (const look of LOOKS) await ringAfter(look);
    expect(await eventTypes()).not.toContain('link.uploaded');
    expect(asked.map(({ method }) => method)).not.toContain('DELETE');
    expect(await usesLeft()).toBe(0);
  });
});

describe('a PUT over something older', () => {
  const overwriting = { upload: { maxBytes: 1_000_000_000, overwrite: true } };

  it('may take its time: what was there before ends nothing', async () => {
    const over = await mintUpload(overwriting);
    storeAnswers(holds(999, LONG_AGO));
    await begin('a', over);
    await ringAfter(LOOKS[0] ?? 0, over);
    storeAnswers(holds(10));
    const done = await ask('a', 'complete', over);
    expect(await json(done)).toMatchObject({ state: 'uploaded' });
  });

  it('is not told of when it never came, though the old one is of its size', async () => {
    const over = await mintUpload(overwriting);
    storeAnswers(holds(10, LONG_AGO));
    await begin('a', over);
    for (const look of LOOKS) await ringAfter(look, over);
    expect(await eventTypes(over)).not.toContain('link.uploaded');
  });
});

describe('two who send under one key', () => {
  it('are told apart: the first to complete is right', async () => {
    const both = await mintUpload({});
    await begin('a', both);
    await begin('b', both);
    storeAnswers(holds(10));
    expect((await ask('a', 'complete', both)).status).toBe(200);
    const second = await ask('b', 'complete', both);
    expect([second.status, (await json(second)).reason]).toEqual([409, 'object_exists']);
    for (const look of LOOKS) await ringAfter(look, both);
    expect((await eventTypes(both)).filter((type) => type === 'link.uploaded')).toHaveLength(1);
  });
});

describe('what came under a prefix', () => {
  it('and is not what was announced is deleted and told of', async () => {
    const prefix = await mintUpload({ key: 'drop/' });
    storeAnswers(holds(999));
    await begin('a', prefix, { filename: 'a.png' });
    for (const look of LOOKS) await ringAfter(look, prefix);
    await ringUntil(2 * HOUR, prefix);
    expect(asked.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(
      (await eventTypes(prefix)).filter((type) => type === 'link.upload_rejected'),
    ).toHaveLength(1);
  });
});

describe('a completion of what was not announced, under a prefix', () => {
  it.each([
    ['deletes it', 204],
    ['reports it where the store permits no deleting', 403],
  ])('%s, and is refused each time', async (_, status) => {
    const prefix = await mintUpload({ key: 'drop/' });
    await begin('a', prefix, { filename: 'a.png' });
    storeAnswers((method, url, headers) =>
      method === 'DELETE'
        ? new Response(status === 204 ? null : '<Error/>', { status })
        : holds(999)(method, url, headers),
    );
    for (let times = 0; times < 2; times++) {
      const refused = await ask('a', 'complete', prefix);
      expect([refused.status, (await json(refused)).reason]).toEqual([422, 'upload_mismatch']);
    }
    expect(asked.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    await ringUntil(2 * HOUR, prefix);
    const told = await eventTypes(prefix);
    expect(told.filter((type) => type === 'link.upload_rejected')).toHaveLength(1);
    expect(told).not.toContain('link.uploaded');
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
  function numberedIds() {
    let count = 0;
    const answer: StoreAnswer = (method, url, headers) => {
      if (method !== 'POST') return multipart(method, url, headers);
      count += 1;
      return new Response(MULTIPART.replace('m1', `m${count}`));
    };
    return { answer, count: () => count };
  }
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

  it('are all thrown away, however many there are, and let nothing else wait', async () => {
    const prefix = await mintUpload({ key: 'drop/' });
    const ids = numberedIds();
    storeAnswers(ids.answer);
    for (let index = 0; index < 25; index++) {
      const body = { size: 100_000_000, filename: 'x' };
      expect((await begin(`m${index}`, prefix, body)).status).toBe(201);
    }
    await begin('single', prefix, { filename: 'y' });
    await ringAfter(LOOKS[0] ?? 0, prefix);
    expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(1);
    expect(aborts()).toEqual([]);
    await ringAfter(86_401 * SECOND, prefix);
    await ringUntil(30 * HOUR, prefix);
    expect(new Set(aborts().map(({ url }) => url.searchParams.get('uploadId'))).size).toBe(25);
  });

  it('are thrown away at the new end of a link that was shortened', async () => {
    const long = await mintUpload({ ttlSeconds: 20 * 86_400 });
    storeAnswers(multipart);
    await begin('a', long, { size: 100_000_000 });
    await ringUntil(60 * SECOND, long);
    const expiresAt = new Date(Date.UTC(2040, 0, 1) + HOUR).toISOString();
    expect((await change(long, { expiresAt })).status).toBe(200);
    await ringUntil(HOUR - SECOND, long);
    expect(aborts()).toEqual([]);
    await ringUntil(HOUR + 60 * SECOND, long);
    expect(aborts()).toHaveLength(1);
  });

  it('are given up by their sender: the use is free once nothing can come any more', async () => {
    storeAnswers(multipart);
    await begin('a', link, { size: 100_000_000 });
    const path = `${new URL(link.url).pathname}/uploads/${idOf('a')}`;
    expect((await request('DELETE', path)).status).toBe(200);
    await ringUntil(10 * SECOND);
    // By the sender's request, and by the alarm.
    expect(aborts()).toHaveLength(2);
    expect(await usesLeft()).toBe(0);
    for (const verb of ['parts', 'complete']) {
      const refused = await ask(
        'a',
        verb,
        link,
        verb === 'parts' ? { partNumbers: [1] } : undefined,
      );
      expect([refused.status, (await json(refused)).reason]).toEqual([410, 'upload_gone']);
    }
    await ringUntil(300 * SECOND);
    expect(aborts()).toHaveLength(3);
    expect(await usesLeft()).toBe(1);
    await ringUntil(HOUR);
    expect(aborts()).toHaveLength(3);
  });

  it('that were completed in the moment they were given up keep their use', async () => {
    storeAnswers(multipart);
    await begin('a', link, { size: 100_000_000 });
    await request('DELETE', `${new URL(link.url).pathname}/uploads/${idOf('a')}`);
    await ringUntil(10 * SECOND);
    // The store was slow to answer the completion.
    storeAnswers((method, url, headers) =>
      method === 'DELETE' ? multipart(method, url, headers) : holdsMany(headers),
    );
    await ringUntil(300 * SECOND);
    await ringUntil(400 * SECOND);
    expect(await usesLeft()).toBe(0);
    expect((await eventTypes()).filter((type) => type === 'link.uploaded')).toHaveLength(1);
  });

  it('go on after another password was set, once it is told', async () => {
    const locked = await mintUpload({ password: 'one-password' });
    const ids = numberedIds();
    storeAnswers(ids.answer);
    await begin('a', locked, { size: 100_000_000, password: 'one-password' });
    await change(locked, { password: 'two-password' });
    const refused = await ask('a', 'parts', locked, { partNumbers: [1] });
    expect([refused.status, (await json(refused)).reason]).toEqual([410, 'upload_gone']);
    await begin('a', locked, { size: 100_000_000, password: 'two-password' });
    expect((await ask('a', 'parts', locked, { partNumbers: [1] })).status).toBe(200);
    await ringAfter(86_401 * SECOND, locked);
    expect(aborts()).toHaveLength(ids.count());
    expect(ids.count()).toBe(1);
  });

  it('that were begun while the store was looked at are not given back', async () => {
    storeAnswers(down);
    await begin('a', link, { size: 100_000_000 });
    let again: Promise<Response> | undefined;
    storeAnswers(async (method, url, headers) => {
      if (method === 'GET' && !again) {
        again = begin('a', link, { size: 100_000_000 });
        await again;
      }
      return multipart(method, url, headers);
    });
    for (const look of LOOKS) await ringAfter(look);
    expect((await again)?.status).toBe(201);
    expect(await usesLeft()).toBe(0);
    expect((await ask('a', 'parts', link, { partNumbers: [1] })).status).toBe(200);
  });

  it('are begun once, though two ask at once', async () => {
    const ids = numberedIds();
    storeAnswers(ids.answer);
    const size = 100_000_000;
    const both = await Promise.all([begin('a', link, { size }), begin('a', link, { size })]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(aborts()).toHaveLength(ids.count() - 1);
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
