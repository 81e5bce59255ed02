// Who a key comes from: what is revoked takes along whatever it let in, at whatever moment, and nothing
// grows on the way.

import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Credential, KeyId } from '../../../src/apps/api-key.ts';
import { createApiKeys } from '../../../src/apps/api-key.ts';
import type { Caller } from '../../../src/apps/caller.ts';
import type { Answer } from '../../../src/apps/ports.ts';
import { readConfig } from '../../../src/config.ts';
import type { AppLedger } from '../../../src/index.ts';
import type { LinkId } from '../../../src/links/link-ref.ts';
import type { WebhookId } from '../../../src/webhooks/webhook.ts';
import {
  EVERY_SCOPE,
  json,
  type KeyOnWire,
  makeApp,
  makeKey,
  mint,
  minted,
  OPERATOR,
  realEnv,
  request,
  type TestApp,
  withKey,
} from '../../support/api.ts';
import { makeWebhook } from '../../support/webhooks.ts';

const SECOND = 1_000;
let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
const rotate = (id: string, bearer: string) =>
  request('POST', `/v1/keys/${id}/rotate?app=${app.id}`, { bearer });
const revokeKey = (id: string) =>
  request('DELETE', `/v1/keys/${id}?app=${app.id}`, { bearer: OPERATOR });
const statusOf = async (apiKey: string) => (await mint({ ...app, apiKey })).status;

/** Revokes a key while the ledger is at work on a request of that very key. */
async function revokedMeanwhile<Value>(
  key: KeyOnWire,
  work: (object: AppLedger, credential: Credential) => Promise<Answer<Value>>,
  revoke: typeof revokeAtOnce = (object, { id }) =>
    object.revokeKey({ kind: 'operator' }, id as KeyId, false),
): Promise<Answer<Value>['result']> {
  const credential = await createApiKeys(readConfig(realEnv).appKeys).credentialOf(key.apiKey);
  if (!credential) throw new Error('no key');
  return runInDurableObject(ledger(), async (instance, { storage }) => {
    const object = instance as unknown as AppLedger;
    const working = work(object, credential);
    await revoke(object, key, storage);
    return (await working).result;
  });
}

/** Before what is under way can go on. */
function revokeAtOnce(
  _object: AppLedger,
  { id }: KeyOnWire,
  { sql }: DurableObjectStorage,
): Promise<unknown> | undefined {
  sql.exec('UPDATE api_keys SET revoked_at = 1 WHERE id = ?', id);
  return undefined;
}

describe('a key that is revoked', () => {
  it('leaves no key behind that it was just making', async () => {
    const maker = await makeKey(app);
    const terms = { scopes: ['links:mint'], requestsPerMinute: 600 } as const;
    const made = await revokedMeanwhile(maker, (object, credential) =>
      object.createKey({ kind: 'key', credential }, terms),
    );
    expect(made).toEqual({ ok: false, denial: { reason: 'unauthenticated' } });
  });

  it('changes nothing any more that it was just changing', async () => {
    const link = await minted(app);
    const hook = await makeWebhook(app);
    const works: Record<string, (object: AppLedger, caller: Caller) => Promise<Answer<unknown>>> = {
      'a link': (object, caller) => object.change(caller, link.id as LinkId, { note: 'late' }),
      'a webhook': (object, caller) =>
        object.changeWebhook(caller, hook.id as WebhookId, { note: 'late' }),
      'a secret': (object, caller) => object.rotateWebhook(caller, hook.id as WebhookId),
      'a deletion': (object, caller) => object.deleteWebhook(caller, hook.id as WebhookId),
    };
    for (const [what, work] of Object.entries(works)) {
      const key = await makeKey(app, { scopes: EVERY_SCOPE });
      const result = await revokedMeanwhile(
        key,
        (object, credential) => work(object, { kind: 'key', credential }),
        revokeAtOnce,
      );
      expect(result, what).toEqual({ ok: false, denial: { reason: 'unauthenticated' } });
    }
  });

  it('leaves no successor behind that was just being made', async () => {
    const key = await makeKey(app);
    const made = await revokedMeanwhile(key, (object, credential) =>
      object.rotateKey({ kind: 'key', credential }, key.id as KeyId),
    );
    expect(made.ok).toBe(false);
  });

  it('takes along the successors that it made for other keys', async () => {
    const sibling = await makeKey(app);
    const leaked = await makeKey(app);
    const got = await json<KeyOnWire>(await rotate(sibling.id, leaked.apiKey));
    await revokeKey(leaked.id);
    expect(await statusOf(got.apiKey)).toBe(401);
  });

  it('takes along thousands of generations', async () => {
    const maker = await makeKey(app);
    const GENERATIONS = 6_000;
    await runInDurableObject(ledger(), (_, { storage }) => {
      const terms = JSON.stringify({ scopes: [], requestsPerMinute: 1, rootKeyId: '' });
      let by = maker.id;
      for (let generation = 0; generation < GENERATIONS; generation++) {
        const id = `key_chain${generation}`;
        storage.sql.exec(
          'INSERT INTO api_keys VALUES (?, ?, 0, ?, NULL, NULL, NULL, ?)',
          id,
          new Uint8Array(32),
          by,
          terms,
        );
        by = id;
      }
    });
    expect((await revokeKey(maker.id)).status).toBe(200);
    const [left] = await runInDurableObject(ledger(), (_, { storage }) =>
      storage.sql
        .exec("SELECT count(*) n FROM api_keys WHERE id LIKE 'key_chain%' AND revoked_at IS NULL")
        .toArray(),
    );
    expect(left?.n).toBe(0);
  });
});

describe('a rotation', () => {
  it('gives nothing that outgrows whoever rotates, not even when the app grows', async () => {
    app = await makeApp({ stores: ['demo'] });
    const wide = await makeKey(app);
    const narrow = await makeKey(app, { stores: ['demo'] });
    const got = await json<KeyOnWire>(await rotate(wide.id, narrow.apiKey));
    const body = { stores: ['demo', 'other'] };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    expect((await mint(withKey(app, narrow), { store: 'other' })).status).toBe(403);
    expect((await mint(withKey(app, got), { store: 'other' })).status).toBe(403);
    expect((await mint(withKey(app, wide), { store: 'other' })).status).toBe(201);
  });

  it('is made once: a second one would leave the first successor nobody’s', async () => {
    const key = await makeKey(app);
    const successor = await json<KeyOnWire>(await rotate(key.id, app.apiKey));
    const again = await rotate(key.id, app.apiKey);
    expect(again.status).toBe(409);
    expect(await json(again)).toMatchObject({ reason: 'key_rotated', rotatedTo: successor.id });
    expect(successor.expiresAt).toBeNull();
  });

  it('of an expired key is refused, and a key that is born expired too', async () => {
    const expiresAt = new Date(Date.now() + 10 * SECOND).toISOString();
    const key = await makeKey(app, { expiresAt });
    vi.setSystemTime(Date.now() + 60 * SECOND);
    expect((await rotate(key.id, OPERATOR)).status).toBe(404);
    const body = { app: app.id, expiresAt: '2001-01-01T00:00:00Z' };
    const born = await request('POST', '/v1/keys', { bearer: OPERATOR, body });
    expect(born.status).toBe(400);
    expect(await json(born)).toMatchObject({ errors: [{ pointer: '/expiresAt' }] });
  });
});

it('an app has a thousand keys in force at most', async () => {
  await runInDurableObject(ledger(), (_, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 999)
       INSERT INTO api_keys SELECT id || n, hash, created_at, created_by, NULL, NULL, NULL, terms
       FROM api_keys, numbers`,
    );
  });
  const body = { app: app.id };
  const refused = await request('POST', '/v1/keys', { bearer: OPERATOR, body });
  expect(refused.status).toBe(403);
  expect(await json(refused)).toMatchObject({ reason: 'too_many_keys', quota: 1_000 });
  await revokeKey(app.keyId);
  expect((await request('POST', '/v1/keys', { bearer: OPERATOR, body })).status).toBe(201);
});
