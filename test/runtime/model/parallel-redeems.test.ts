// Redeems of one link at once.

import { evictDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realEnv } from '../../support/api.ts';
import { CHECK_TIMEOUT_MS, check, type Replay } from './checked.ts';
import { inNewWorld, type LinkShown, type World } from './world.ts';

/** For example `{ seed: -1204, path: '12:0:3' }`; see checked.ts. */
const REPLAY: Replay = {};
const RUNS = 40;

/** Each request brings one of few claims. */
const requests = fc.array(fc.record({ claim: fc.nat(4), method: fc.constantFrom('GET', 'POST') }), {
  minLength: 2,
  maxLength: 12,
});

const SUCCESS: Record<string, number> = { GET: 302, POST: 303 };

describe('redeems at once', () => {
  it(
    'spend each use once: so many claims succeed as there are uses, each with all its requests',
    () =>
      check(
        [fc.integer({ min: 1, max: 3 }), requests, fc.boolean()],
        (maxUses, requests, isEvicted) =>
          inNewWorld(async (_, world) => {
            const { id, url } = await mintLimited(world, maxUses);
            if (isEvicted) await evictDurableObject(gateOf(id));
            const statuses = await Promise.all(
              requests.map(async ({ claim, method }) => {
                const headers = { 'Hallpass-Claim': `claim-of-the-model-test-${claim}` };
                return (await world.visit(url, { method, headers })).status;
              }),
            );

            const claims = new Set(requests.map(({ claim }) => claim));
            const redeemed = new Set(
              requests.filter((_, i) => statuses[i] !== 410).map(({ claim }) => claim),
            );
            expect(redeemed.size).toBe(Math.min(claims.size, maxUses));
            expect(statuses).toEqual(
              requests.map(({ claim, method }) => (redeemed.has(claim) ? SUCCESS[method] : 410)),
            );
            const shown = await world.ask('GET', `/v1/links/${id}`);
            const { opens, usesLeft } = (await shown.json()) as LinkShown;
            expect(usesLeft).toBe(maxUses - redeemed.size);
            expect(opens).toBe(statuses.filter((status) => status !== 410).length);
          }),
        RUNS,
        REPLAY,
      ),
    CHECK_TIMEOUT_MS,
  );
});

async function mintLimited({ ask }: World, maxUses: number): Promise<{ id: string; url: string }> {
  const response = await ask('POST', '/v1/links', {
    body: {
      store: 'demo',
      key: 'reports/q3.pdf',
      operation: 'download',
      ttlSeconds: 600,
      rateLimit: { limit: 10_000, windowSeconds: 1 },
      maxUses,
    },
  });
  const { id, url = '' } = (await response.json()) as LinkShown;
  return { id, url };
}

function gateOf(id: string): DurableObjectStub {
  return realEnv.GATES.getByName(id) as unknown as DurableObjectStub;
}
