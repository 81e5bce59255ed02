// Redeems of one link at once. A failure prints `{ seed: …, path: "…" }`; to run just that case again,
// put both into REPLAY.

import { evictDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realEnv } from '../../support/api.ts';
import type { LinkShown } from './world.ts';
import { inNewWorld } from './world.ts';

const REPLAY: { seed?: number; path?: string } = {};
const RUNS = 40;
const SHRINK_MS = 60_000;

describe('redeems at once', () => {
  it(
    'spend each use once: so many claims succeed as there are uses, each with all its requests',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            maxUses: fc.integer({ min: 1, max: 3 }),
            claims: fc.array(fc.nat(4), { minLength: 2, maxLength: 12 }),
            isByGet: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
            isEvicted: fc.boolean(),
          }),
          async ({ maxUses, claims, isByGet, isEvicted }) =>
            inNewWorld(async (_, { ask, visit }) => {
              const minted = await ask('POST', '/v1/links', {
                body: {
                  store: 'demo',
                  key: 'reports/q3.pdf',
                  operation: 'download',
                  ttlSeconds: 600,
                  rateLimit: { limit: 10_000, windowSeconds: 1 },
                  maxUses,
                },
              });
              const { id, url } = (await minted.json()) as LinkShown;
              if (isEvicted) {
                await evictDurableObject(
                  realEnv.GATES.getByName(id) as unknown as DurableObjectStub,
                );
              }
              const statuses = await Promise.all(
                claims.map(async (claim, index) => {
                  const headers = { 'Hallpass-Claim': `claim-of-the-model-test-${claim}` };
                  const method = isByGet[index] ? 'GET' : 'POST';
                  return (await visit(url ?? '', { method, headers })).status;
                }),
              );
              const succeeded = new Set(claims.filter((_, index) => (statuses[index] ?? 0) < 400));
              expect(succeeded.size).toBe(Math.min(new Set(claims).size, maxUses));
              expect(statuses.map((status) => Math.min(status, 400))).toEqual(
                claims.map((claim, index) =>
                  succeeded.has(claim) ? (isByGet[index] ? 302 : 303) : 400,
                ),
              );
              expect(new Set(statuses.filter((status) => status >= 400)).size).toBeLessThan(2);

              const shown = (await (await ask('GET', `/v1/links/${id}`)).json()) as LinkShown;
              expect(shown.usesLeft).toBe(maxUses - succeeded.size);
            }),
        ),
        { numRuns: RUNS, interruptAfterTimeLimit: SHRINK_MS, ...REPLAY },
      );
    },
    2 * SHRINK_MS,
  );
});
