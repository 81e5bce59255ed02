// The client as an app and as a recipient use it, against the real stack, on a network that loses
// answers and breaks connections.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import {
  createHallpass,
  download,
  drawClaim,
  type Event,
  type Hallpass,
  HallpassError,
  ObjectChangedError,
  redeem,
  upload,
} from '../../src/client/index.ts';
import { makeFolder, removeFolder, type Stack, startStack } from './stack.ts';

const folder = makeFolder();
let stack: Stack;
let hallpass: Hallpass;

beforeAll(async () => {
  stack = await startStack(folder);
  hallpass = createHallpass({ url: stack.url, apiKey: stack.apiKey });
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const [first] = SAMPLES;
const pdf = SAMPLES.find(({ key }) => key.endsWith('.pdf')) ?? first;
if (!pdf) throw new Error('there are no samples');

const terms = (more: object = {}) => ({
  store: stack.store,
  key: pdf.key,
  operation: 'download' as const,
  ttlSeconds: 600,
  ...more,
});
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const read = async (body: ReadableStream<Uint8Array>) =>
  new Uint8Array(await new Response(body).arrayBuffer());

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A fetch with accidents: each answer passes through what `spoil` makes of it. */
function spoiled(spoil: (response: Response, nth: number) => Response | Promise<Response>) {
  let sent = 0;
  const send: typeof fetch = async (input, init) => {
    sent += 1;
    return spoil(await fetch(input, init), sent);
  };
  return { fetch: send, sent: () => sent };
}

/** Ends a body with a failure after so many bytes. */
function broken(response: Response, after: number): Response {
  let left = after;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (chunk.length > left) {
        controller.enqueue(chunk.subarray(0, left));
        throw new Error('the connection broke');
      }
      left -= chunk.length;
      controller.enqueue(chunk);
    },
  });
  response.body?.pipeTo(writable).catch(() => {});
  return new Response(readable, response);
}

describe('an app', () => {
  it('mints once, though the first answer is lost', async () => {
    const network = spoiled((response, nth) => {
      if (nth === 1) throw new TypeError('the answer was lost');
      return response;
    });
    const tag = 'lost-answer';
    const { fetch } = network;
    const shaky = createHallpass({ url: stack.url, apiKey: stack.apiKey, fetch });
    const link = await shaky.links.mint(terms({ tags: [tag] }));
    expect(network.sent()).toBe(2);
    const listed = await collect(hallpass.links.list({ tag }));
    expect(listed.map(({ id }) => id)).toEqual([link.id]);
  });

  it('lists through all pages, looks up, inspects, changes, extends and revokes', async () => {
    const batch = await hallpass.links.mintBatch(
      Array.from({ length: 100 }, () => terms({ tags: ['many'] })),
    );
    for (let count = 0; count < 2; count++) {
      await hallpass.links.mintBatch(Array.from({ length: 100 }, () => terms({ tags: ['many'] })));
    }
    const [one] = batch;
    if (!one || !('link' in one)) throw new Error('the batch minted nothing');
    const ids = new Set<string>();
    for await (const { id } of hallpass.links.list({ tag: 'many' })) ids.add(id);
    expect(ids.size).toBe(300);

    const { id, url } = one.link;
    expect((await hallpass.links.lookUp(url)).id).toBe(id);
    await hallpass.links.change(id, { maxUses: 3 });
    const end = new Date(Date.now() + 1_200_000);
    const extended = await hallpass.links.extend(id, end);
    expect(Date.parse(extended.expiresAt)).toBe(Math.floor(end.getTime() / 1_000) * 1_000);
    expect(await hallpass.links.inspect(id)).toMatchObject({ maxUses: 3, usesLeft: 3 });
    expect((await hallpass.links.revoke(id)).state).toBe('revoked');
    const revocation = await hallpass.links.revokeMany({ tag: 'many' });
    expect(revocation).toMatchObject({ matched: 299, complete: true });
  });

  it('is told what is wrong with which field', async () => {
    const refused = hallpass.links.mint(terms({ key: '../secret' }));
    await expect(refused).rejects.toBeInstanceOf(HallpassError);
    await expect(refused).rejects.toMatchObject({ status: 400, reason: 'invalid_request' });
    await expect(refused).rejects.toThrow('/key');
  });

  it('manages its keys', async () => {
    const made = await hallpass.keys.create({ scopes: ['links:read'], note: 'for a dashboard' });
    const reader = createHallpass({ url: stack.url, apiKey: made.apiKey });
    await expect(reader.links.mint(terms())).rejects.toMatchObject({ reason: 'scope_missing' });
    const successor = await hallpass.keys.rotate(made.id);
    const keys = await collect(hallpass.keys.list());
    expect(keys.map(({ id }) => id)).toEqual(expect.arrayContaining([made.id, successor.id]));
    expect((await hallpass.keys.revoke(made.id)).revokedAt).not.toBeNull();
    await expect(collect(reader.links.list())).rejects.toMatchObject({ status: 401 });
  });

  it('follows events until it stops', async () => {
    const seen: Event[] = [];
    const stop = new AbortController();
    const link = await hallpass.links.mint(terms());
    const following = (async () => {
      const filter = { linkId: link.id };
      const options = { signal: stop.signal, intervalMs: 50 };
      for await (const event of hallpass.events.follow(filter, options)) {
        seen.push(event);
        if (event.type === 'link.revoked') stop.abort();
      }
    })();
    await hallpass.links.revoke(link.id);
    await expect(following).rejects.toThrow('abort');
    expect(seen.map(({ type }) => type)).toEqual(['link.minted', 'link.revoked']);
    expect(await collect(hallpass.events.list({ linkId: link.id }))).toEqual(seen);
  });

  it('waits as long as it is told to, and gives up when told', async () => {
    const { url, apiKey } = stack;
    const network = spoiled((response, nth) =>
      nth === 1 ? new Response('{}', { status: 503, headers: { 'Retry-After': '1' } }) : response,
    );
    const patient = createHallpass({ url, apiKey, fetch: network.fetch });
    const start = Date.now();
    await patient.links.mint(terms());
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_000);
    const down = createHallpass({ url: 'http://127.0.0.1:9', apiKey });
    const signal = AbortSignal.timeout(50);
    await expect(down.links.inspect('lnk_x', { signal })).rejects.toThrow();
  });
});

describe('an operator', () => {
  it('makes and suspends apps, and checks a store', async () => {
    const operator = createHallpass({ url: stack.url, apiKey: stack.adminToken });
    const app = await operator.apps.create({ name: 'billing', stores: [stack.store] });
    const key = await operator.keys.create({ app: app.id });
    const billing = createHallpass({ url: stack.url, apiKey: key.apiKey });
    await billing.links.mint(terms());
    expect(await operator.apps.inspect(app.id)).toMatchObject({ links: { live: 1 } });
    await operator.apps.change(app.id, { suspended: true });
    await expect(billing.links.mint(terms())).rejects.toMatchObject({ reason: 'app_suspended' });
    const stores = await collect(operator.stores.list());
    expect(stores.map(({ alias }) => alias)).toContain(stack.store);
    const { ok } = await operator.stores.check(stack.store, { key: pdf.key });
    expect(ok).toBe(true);
  });
});

describe('a recipient', () => {
  it('downloads a link with one use through broken connections', async () => {
    const link = await hallpass.links.mint(terms({ maxUses: 1, filename: 'Größe.pdf' }));
    const network = spoiled((response) =>
      response.status === 206 || response.headers.has('ETag')
        ? broken(response, Math.ceil(pdf.body.length / 4))
        : response,
    );
    const got = await download(link.url, { fetch: network.fetch });
    expect(got).toMatchObject({ size: pdf.body.length, filename: 'Größe.pdf' });
    expect(sha256(await read(got.body))).toBe(sha256(pdf.body));
    expect(await hallpass.links.inspect(link.id)).toMatchObject({ usesLeft: 0 });
  });

  it('gets a fresh URL for the same use when the first one has ended', async () => {
    const link = await hallpass.links.mint(terms({ maxUses: 1 }));
    let storeAnswers = 0;
    const network = spoiled((response) => {
      if (!response.headers.has('ETag')) return response;
      storeAnswers += 1;
      if (storeAnswers === 1) return broken(response, 10);
      return storeAnswers === 2 ? new Response('expired', { status: 403 }) : response;
    });
    const got = await download(link.url, { fetch: network.fetch });
    expect(sha256(await read(got.body))).toBe(sha256(pdf.body));
    expect(storeAnswers).toBe(3);
    expect(await hallpass.links.inspect(link.id)).toMatchObject({ usesLeft: 0, opens: 2 });
  });

  it('goes on where an earlier run stopped', async () => {
    const link = await hallpass.links.mint(terms({ maxUses: 1 }));
    const claim = drawClaim();
    const part = await download(link.url, { claim });
    await part.body.cancel();
    const { etag } = part;
    const rest = await download(link.url, { claim, offset: 100, etag });
    expect(rest.size).toBe(pdf.body.length);
    expect(sha256(await read(rest.body))).toBe(sha256(pdf.body.subarray(100)));
    const changed = download(link.url, { claim, offset: 100, etag: '"another"' });
    await expect(changed).rejects.toBeInstanceOf(ObjectChangedError);
  });

  it.each([{}, { maxUses: 1 }, { password: 'correct horse' }])(
    'downloads a stream of %j through broken connections',
    async (limits) => {
      const more = { ...limits, delivery: 'stream', filename: 'Größe.pdf' };
      const link = await hallpass.links.mint(terms(more));
      let failed = 0;
      const network = spoiled((response) => {
        if (!response.headers.has('ETag')) return response;
        failed += 1;
        if (failed === 2) return new Response('{}', { status: 502 });
        return broken(response, Math.ceil(pdf.body.length / 4));
      });
      const got = await download(link.url, { fetch: network.fetch, password: 'correct horse' });
      expect(got).toMatchObject({ size: pdf.body.length, filename: 'Größe.pdf' });
      expect(sha256(await read(got.body))).toBe(sha256(pdf.body));
      expect(failed).toBeGreaterThan(4);
      if ('maxUses' in limits) {
        expect(await hallpass.links.inspect(link.id)).toMatchObject({ usesLeft: 0 });
      }
    },
  );

  it('is told why a stream is refused, and gives its claim to nobody but the gateway', async () => {
    const gone = terms({ delivery: 'stream', key: 'documents/never-written.pdf' });
    const { url } = await hallpass.links.mint(gone);
    await expect(download(url)).rejects.toMatchObject({ reason: 'object_missing' });
    const asked: [string, Headers][] = [];
    const recording: typeof fetch = (input, init) => {
      asked.push([new URL(String(input)).origin, new Headers(init?.headers)]);
      return fetch(input, init);
    };
    for (const delivery of ['redirect', 'stream']) {
      const link = await hallpass.links.mint(terms({ delivery }));
      await read((await download(link.url, { fetch: recording })).body);
    }
    const gateway = new URL(stack.url).origin;
    const claimed = asked.map(([origin, headers]) => [origin, headers.has('Hallpass-Claim')]);
    expect(claimed).toEqual([
      [gateway, false],
      [new URL(stack.s3.endpoint).origin, false],
      [gateway, false],
      [gateway, true],
    ]);
  });

  it('redeems with a password, and is told why not', async () => {
    const link = await hallpass.links.mint(terms({ password: 'correct horse' }));
    await expect(redeem(link.url)).rejects.toMatchObject({ reason: 'password_required' });
    const wrong = redeem(link.url, { password: 'wrong' });
    await expect(wrong).rejects.toMatchObject({ reason: 'password_wrong' });
    const { url, claim } = await redeem(link.url, { password: 'correct horse' });
    expect((await fetch(url)).status).toBe(200);
    // The claim stands for the use, so the password isn't asked for again.
    expect((await redeem(link.url, { claim })).claim).toBe(claim);
    await hallpass.links.revoke(link.id);
    await expect(redeem(link.url, { claim })).rejects.toMatchObject({ reason: 'revoked' });
  });

  it('is not told the store’s words, which hold the URL', async () => {
    const link = await hallpass.links.mint(terms({ key: 'documents/never-written.pdf' }));
    await expect(download(link.url)).rejects.toThrow('The store answered 404.');
  });
});

describe('a sender', () => {
  const MEBIBYTE = 1_048_576;
  const mintUpload = (more: object = {}) =>
    hallpass.links.mint({
      store: stack.store,
      key: `inbox/${crypto.randomUUID()}`,
      operation: 'upload',
      ttlSeconds: 600,
      upload: { maxBytes: 200 * MEBIBYTE, checksum: 'required' },
      ...more,
    });
  const isToStore = (response: Response) => !response.headers.has('Referrer-Policy');

  it('uploads a small file, though the first try breaks and its URL ends', async () => {
    const link = await mintUpload({ maxUses: 1 });
    let tries = 0;
    const network = spoiled((response) => {
      if (!isToStore(response)) return response;
      tries += 1;
      if (tries === 1) throw new TypeError('the connection broke');
      return tries === 2 ? new Response('expired', { status: 403 }) : response;
    });
    const file = new File(['hello'], 'hello.txt', { type: 'text/plain' });
    const options = { fetch: network.fetch, checksum: true };
    // What broke may have arrived all the same: the store tells, and it is the same upload.
    expect(await upload(link.url, file, options)).toMatchObject({ state: 'uploaded', size: 5 });
    expect(await hallpass.links.inspect(link.id)).toMatchObject({ usesLeft: 0 });
  });

  it('uploads a large file in parts, and a later run sends only what is missing', async () => {
    const link = await mintUpload({ maxUses: 1 });
    const size = 70 * MEBIBYTE;
    const file = new Blob([new Uint8Array(size).fill(7)]);
    // Slices are read, the whole never is.
    file.arrayBuffer = () => Promise.reject(new Error('the whole file was read'));
    const claim = drawClaim();
    const stop = new AbortController();
    const first = upload(link.url, file, {
      ...{ claim, checksum: true, signal: stop.signal },
      onProgress: (sent) => {
        if (sent > 0) stop.abort();
      },
    });
    await expect(first).rejects.toThrow(/abort/i);
    let puts = 0;
    const network = spoiled((response) => {
      if (isToStore(response)) puts += 1;
      return response;
    });
    const progress: number[] = [];
    const done = await upload(link.url, file, {
      ...{ claim, checksum: true, fetch: network.fetch },
      onProgress: (sent) => progress.push(sent),
    });
    expect(done).toMatchObject({ state: 'uploaded', size, claim });
    expect(puts).toBeLessThan(5);
    expect(progress.at(-1)).toBe(size);
    expect(await hallpass.links.inspect(link.id)).toMatchObject({ usesLeft: 0 });
  }, 60_000);

  it('is told what is not taken, before a byte leaves', async () => {
    const link = await mintUpload({ upload: { maxBytes: 4, contentTypes: ['image/*'] } });
    const network = spoiled((response) => response);
    const refused = upload(link.url, new Blob(['hello']), { fetch: network.fetch });
    await expect(refused).rejects.toMatchObject({ reason: 'upload_too_large' });
    expect(network.sent()).toBe(1);
  });
});
