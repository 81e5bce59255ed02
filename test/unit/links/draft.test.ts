// From the terms an app asks for to a grant with its limits, and every reason why not.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppBounds } from '../../../src/apps/app.ts';
import { draftLink, type GrantableStore, type MintTerms } from '../../../src/links/draft.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const STORE: GrantableStore = {
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'private-bucket',
  responseOverrides: true,
  versions: true,
  conditionalWrites: true,
  checksums: true,
};
const TERMS: MintTerms = {
  store: 'demo',
  key: 'reports/q1.pdf',
  operation: 'download',
  consistency: 'strong',
  ttlSeconds: 60,
  verifyObject: false,
  tags: [],
};

function draft({
  terms = {},
  bounds = {},
  store = STORE,
  maxTtlSeconds = 3_600,
  now = NOW,
}: {
  terms?: Partial<MintTerms>;
  bounds?: Partial<AppBounds>;
  store?: GrantableStore | undefined;
  maxTtlSeconds?: number;
  now?: number;
} = {}) {
  return draftLink({
    terms: { ...TERMS, ...terms },
    app: 'App1',
    bounds: { app: { stores: ['demo'], ...bounds } },
    defaults: {},
    store,
    maxTtlSeconds,
    now,
  });
}

/** When a draft ends, or why there is none. */
function endOf(result: ReturnType<typeof draft>) {
  return result.ok ? result.value.limits.expiresAt : result.denial;
}

function invalid(pointer: string, detail: string) {
  return { reason: 'invalid_request', errors: [{ pointer, detail }] };
}

describe('an upload', () => {
  const upload = (more: object) => ({
    operation: 'upload' as const,
    upload: { maxBytes: 1, overwrite: false, ...more },
  });
  const denialOf = (more: object, store: Partial<GrantableStore>) =>
    endOf(draft({ terms: upload(more), store: { ...STORE, ...store } }));

  test('needs a store that can keep what is there, unless it may be overwritten', () => {
    const keepsNothing = { conditionalWrites: false };
    expect(denialOf({}, keepsNothing)).toEqual(
      invalid('/upload/overwrite', 'must be true: this store can’t be told to keep what is there'),
    );
    expect(denialOf({ overwrite: true }, keepsNothing)).toBe(NOW + 60_000);
  });

  test('asks for checksums only of a store that checks them', () => {
    const checksum = { checksum: 'required' };
    expect(denialOf(checksum, { checksums: false })).toEqual(
      invalid('/upload/checksum', 'must be left out: this store checks none'),
    );
    expect(denialOf(checksum, {})).toBe(NOW + 60_000);
  });
});

describe('a draft', () => {
  test('it pins the place of the object and saves it unless told otherwise', () => {
    expect(draft()).toEqual({
      ok: true,
      value: {
        grant: {
          app: 'App1',
          operation: 'download',
          consistency: 'strong',
          store: 'demo',
          endpoint: STORE.endpoint,
          bucket: STORE.bucket,
          key: 'reports/q1.pdf',
          disposition: 'attachment',
        },
        limits: {
          expiresAt: NOW + 60_000,
          claimSeconds: 3_600,
          confirm: false,
          rateLimit: { limit: 60, windowSeconds: 60 },
        },
      },
    });
  });

  test('it keeps the name, the type and the disposition that were asked for', () => {
    const shown = {
      filename: 'Übersicht.pdf',
      contentType: 'application/pdf',
      disposition: 'inline',
    } as const;
    expect(draft({ terms: shown })).toMatchObject({ ok: true, value: { grant: shown } });
  });
});

describe("an app's bounds", () => {
  test('a store that is not its own is outside of them', () => {
    const denial = {
      reason: 'outside_bounds',
      errors: [{ pointer: '/store', detail: "must be one of this app's stores" }],
    };
    expect(draft({ terms: { store: 'other' } })).toEqual({ ok: false, denial });
    expect(draft({ bounds: { stores: [] } })).toEqual({ ok: false, denial });
  });

  test.each([
    'report/q1.pdf',
    'reports',
    'Reports/q1.pdf',
    '/reports/q1.pdf',
    'x/reports/q1.pdf',
    'reports2/q1.pdf',
  ])('the key %j is outside of the prefix reports/', (key) => {
    expect(draft({ terms: { key }, bounds: { keyPrefixes: ['reports/', 'in/'] } })).toEqual({
      ok: false,
      denial: {
        reason: 'outside_bounds',
        errors: [{ pointer: '/key', detail: "must begin with one of this app's key prefixes" }],
      },
    });
  });

  test('a key under any of its prefixes is inside, and without prefixes every key is', () => {
    const bounds = { keyPrefixes: ['in/', 'reports/'] };
    expect(draft({ bounds }).ok).toBe(true);
    expect(draft({ terms: { key: 'anything' } }).ok).toBe(true);
    expect(draft({ bounds: { keyPrefixes: [] } }).ok).toBe(false);
  });

  test('they come before anything else that is wrong, so that nothing of a store is told', () => {
    const result = draft({ terms: { store: 'other', ttlSeconds: -1 }, store: undefined });
    expect(result).toMatchObject({ denial: { reason: 'outside_bounds' } });
  });
});

test('a store of the app that is disabled is unavailable', () => {
  const bounds = { app: { stores: ['demo'] } };
  const options = { app: 'App1', terms: TERMS, bounds, defaults: {}, maxTtlSeconds: 60, now: NOW };
  expect(draftLink({ ...options, store: undefined })).toEqual({
    ok: false,
    denial: { reason: 'store_unavailable' },
  });
});

describe('the end of a link', () => {
  test('a lifetime is rounded up to the next whole second', () => {
    expect(endOf(draft({ now: NOW + 1 }))).toBe(NOW + 61_000);
    expect(endOf(draft({ now: NOW + 999 }))).toBe(NOW + 61_000);
    expect(endOf(draft())).toBe(NOW + 60_000);
  });

  test('an instant is rounded down to its whole second', () => {
    const at = (expiresAt: number) => draft({ terms: { ttlSeconds: undefined, expiresAt } });
    expect(endOf(at(NOW + 60_999))).toBe(NOW + 60_000);
    expect(endOf(at(NOW + 60_000))).toBe(NOW + 60_000);
  });

  test('it is a whole second, never before a lifetime, never after an instant', () => {
    const ttl = fc.integer({ min: 1, max: 3_600 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), ttl, (millisecond, ttlSeconds) => {
        const now = NOW + millisecond;
        const byTtl = Number(endOf(draft({ now, terms: { ttlSeconds } })));
        expect(byTtl % 1_000).toBe(0);
        expect(byTtl - (now + ttlSeconds * 1_000)).toBeGreaterThanOrEqual(0);
        expect(byTtl - (now + ttlSeconds * 1_000)).toBeLessThan(1_000);
        const expiresAt = now + ttlSeconds * 1_000;
        const byInstant = draft({ now, terms: { ttlSeconds: undefined, expiresAt } });
        if (!byInstant.ok) {
          // Rounded down, the instant lies within the second that has begun.
          expect(Math.floor(expiresAt / 1_000) * 1_000).toBeLessThanOrEqual(now);
          return;
        }
        expect(byInstant.value.limits.expiresAt % 1_000).toBe(0);
        expect(expiresAt - byInstant.value.limits.expiresAt).toBeGreaterThanOrEqual(0);
        expect(expiresAt - byInstant.value.limits.expiresAt).toBeLessThan(1_000);
      }),
    );
  });

  test.each([
    ['now', 0],
    ['in the past', -1],
    ['within the second that has begun', 999],
  ])('an instant %s is refused', (_when, left) => {
    const result = draft({ terms: { ttlSeconds: undefined, expiresAt: NOW + left } });
    expect(endOf(result)).toEqual(invalid('/expiresAt', 'must be in the future'));
  });

  test('a lifetime of nothing is refused', () => {
    expect(endOf(draft({ terms: { ttlSeconds: 0 } }))).toEqual(
      invalid('/ttlSeconds', 'must be in the future'),
    );
  });

  test('a lifetime may be exactly the longest, whatever the millisecond, and not a second more', () => {
    for (const now of [NOW, NOW + 1, NOW + 999]) {
      expect(draft({ now, terms: { ttlSeconds: 3_600 } }).ok).toBe(true);
      expect(endOf(draft({ now, terms: { ttlSeconds: 3_601 } }))).toEqual(
        invalid('/ttlSeconds', 'must end the link within 3600 seconds'),
      );
    }
  });

  test('an instant may be exactly the longest away, and not a second more', () => {
    const at = (expiresAt: number) => draft({ terms: { ttlSeconds: undefined, expiresAt } });
    expect(at(NOW + 3_600_000).ok).toBe(true);
    expect(at(NOW + 3_600_999).ok).toBe(true);
    expect(endOf(at(NOW + 3_601_000))).toEqual(
      invalid('/expiresAt', 'must end the link within 3600 seconds'),
    );
  });
});

describe('how the object is shown', () => {
  const notInline =
    'must be a raster image, audio, video, application/pdf or text/plain to be shown inline';

  test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', undefined])(
    'inline as %j is refused',
    (contentType) => {
      expect(endOf(draft({ terms: { disposition: 'inline', contentType } }))).toEqual(
        invalid('/contentType', notInline),
      );
    },
  );

  test('the same types may be saved', () => {
    for (const contentType of ['text/html', 'image/svg+xml', undefined]) {
      expect(draft({ terms: { disposition: 'attachment', contentType } }).ok).toBe(true);
      expect(draft({ terms: { contentType } }).ok).toBe(true);
    }
  });

  test('a store that ignores overrides takes none of the three', () => {
    const store = { ...STORE, responseOverrides: false };
    const detail = 'must be left out: this store ignores it';
    const terms = {
      filename: 'a.png',
      disposition: 'attachment',
      contentType: 'image/png',
    } as const;
    expect(endOf(draft({ store, terms: { filename: 'a.png' } }))).toEqual(
      invalid('/filename', detail),
    );
    expect(endOf(draft({ store, terms }))).toEqual({
      reason: 'invalid_request',
      errors: ['/filename', '/disposition', '/contentType'].map((pointer) => ({ pointer, detail })),
    });
    expect(draft({ store }).ok).toBe(true);
  });

  test('a stream is named and typed by the gateway, whatever its store ignores', () => {
    const store = { ...STORE, responseOverrides: false };
    const terms = { delivery: 'stream', filename: 'a.png', contentType: 'image/png' } as const;
    expect(draft({ store, terms })).toMatchObject({ ok: true, value: { grant: terms } });
    const shown = { ...terms, disposition: 'inline', contentType: 'image/svg+xml' } as const;
    expect(draft({ store, terms: shown }).ok).toBe(false);
  });
});

test('everything that is wrong is told at once', () => {
  const result = draft({ terms: { ttlSeconds: 9_999, disposition: 'inline' } });
  expect(result).toMatchObject({
    denial: {
      reason: 'invalid_request',
      errors: [{ pointer: '/ttlSeconds' }, { pointer: '/contentType' }],
    },
  });
});
