import { describe, expect, it } from 'vitest';
import type { CachedGrant } from '../../../src/links/ports.ts';
import { createKvGrants } from '../../../src/storage/kv-grants.ts';
import { realEnv } from '../../support/api.ts';
import { createFakeKv } from '../../support/fake-kv.ts';

const GRANT: CachedGrant = {
  grant: {
    app: 'App1',
    operation: 'download',
    consistency: 'strong',
    store: 'demo',
    endpoint: 'https://s3.example.com',
    bucket: 'private-bucket',
    key: 'a "quoted" näme.pdf',
    disposition: 'attachment',
  },
};
const SECOND = 1_000;

const NAMESPACES: [string, () => KVNamespace][] = [
  ['the local KV', () => realEnv.GRANTS],
  ["a KV with the platform's limits", () => createFakeKv(Date.now)],
];

describe.each(NAMESPACES)('grants on %s', (name, namespace) => {
  const grants = createKvGrants(namespace(), Date.now);

  it('gives back what was put', async () => {
    await grants.put(`lnk_put_${name}`, GRANT, Date.now() + 600 * SECOND);
    expect(await grants.get(`lnk_put_${name}`)).toEqual(GRANT);
  });

  it('has nothing of a link that was never put', async () => {
    expect(await grants.get('lnk_never')).toBeUndefined();
  });

  it('keeps a link that ends sooner than KV can forget', async () => {
    await grants.put(`lnk_short_${name}`, GRANT, Date.now() + 5 * SECOND);
    expect(await grants.get(`lnk_short_${name}`)).toEqual(GRANT);
  });
});

describe('grants on KV as it is in production', () => {
  it('are missing for up to a minute where somebody asked too early', async () => {
    let now = Date.now();
    const grants = createKvGrants(
      createFakeKv(() => now),
      () => now,
    );
    expect(await grants.get('lnk_a')).toBeUndefined();
    await grants.put('lnk_a', GRANT, now + 600 * SECOND);
    expect(await grants.get('lnk_a')).toBeUndefined();
    now += 60 * SECOND;
    expect(await grants.get('lnk_a')).toEqual(GRANT);
  });

  it('end with their link', async () => {
    let now = Date.now();
    const grants = createKvGrants(
      createFakeKv(() => now),
      () => now,
    );
    await grants.put('lnk_a', GRANT, now + 90 * SECOND);
    now += 91 * SECOND;
    expect(await grants.get('lnk_a')).toBeUndefined();
  });

  it('pass for missing when KV fails to answer', async () => {
    const failing = { get: () => Promise.reject(new Error('KV GET failed: 500')) };
    const grants = createKvGrants(failing as unknown as KVNamespace, Date.now);
    expect(await grants.get('lnk_a')).toBeUndefined();
  });

  it('refuse a second write within a second, as KV does', async () => {
    const now = Date.now();
    const grants = createKvGrants(
      createFakeKv(() => now),
      () => now,
    );
    await grants.put('lnk_a', GRANT, now + 600 * SECOND);
    await expect(grants.put('lnk_a', GRANT, now + 600 * SECOND)).rejects.toThrow('429');
  });
});
