// The stores of a deployment: each stands or falls by its own settings and secrets.

import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TABLE = {
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'private-bucket',
  addressing: 'path',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
};
const DEPLOYMENT = {
  PUBLIC_URL: 'https://get.example.com',
  LINK_KEYS: 'bGluay1rZXktZm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc',
  APP_KEYS: 'YXBwLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU2Nzg',
  ADMIN_TOKEN: 'admin-token-for-tests-only-0123456789',
  STORE_DEMO_SECRET_ACCESS_KEY: SECRET,
  STORE_SOUND_SECRET_ACCESS_KEY: SECRET,
};

function readStores(stores: unknown, settings: Record<string, unknown> = {}) {
  return readConfig({ ...DEPLOYMENT, ...settings, STORES: stores });
}

/** What is said of the store `demo` with these settings; the store beside it always stands. */
function faultOf(
  table: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): string | undefined {
  const config = readStores({ demo: { ...TABLE, ...table }, sound: TABLE }, settings);
  expect(config.stores.has('sound')).toBe(true);
  expect(config.stores.has('demo')).toBe(config.storeFaults.size === 0);
  return config.storeFaults.get('demo')?.replace(/^Store "demo" is disabled: /, '');
}

describe('a sound store', () => {
  test('it is read, frozen, and lives for a minute with overrides unless told otherwise', () => {
    const store = readStores({ demo: TABLE }).stores.get('demo');
    expect(store).toEqual({
      ...TABLE,
      alias: 'demo',
      secretAccessKey: SECRET,
      maxUrlSeconds: 60,
      responseOverrides: true,
      versions: true,
      conditionalWrites: true,
      checksums: true,
    });
    expect(Object.isFrozen(store)).toBe(true);
  });

  test('its optional settings are taken', () => {
    const session = {
      STORE_DEMO_SESSION_TOKEN: 'token',
      STORE_DEMO_SESSION_EXPIRES_AT: '2030-01-31T12:00:00Z',
    };
    const capabilities = { responseOverrides: false, conditionalWrites: false, checksums: false };
    const table = { ...TABLE, maxUrlSeconds: '3600', capabilities };
    expect(readStores({ demo: table }, session).stores.get('demo')).toMatchObject({
      maxUrlSeconds: 3_600,
      ...capabilities,
      session: { token: 'token', expiresAt: Date.UTC(2030, 0, 31, 12) },
    });
  });

  test('tables as JSON are the same tables', () => {
    const tables = { demo: TABLE, other: {} };
    expect(readStores(JSON.stringify(tables))).toEqual(readStores(tables));
  });

  test.each([
    ['endpoint', 'http://localhost:9000'],
    ['endpoint', 'https://account.r2.cloudflarestorage.com'],
    ['region', 'auto'],
    ['bucket', 'a1b'],
    ['bucket', 'files.example.com'],
    ['bucket', 'b'.repeat(63)],
    ['addressing', 'virtual'],
    ['maxUrlSeconds', 15],
    ['capabilities', {}],
  ])('its %s may be %j', (name, value) => {
    expect(faultOf({ [name]: value })).toBeUndefined();
  });
});

describe('a wrong store is disabled with one sentence, and no other store is', () => {
  test.each([
    ['http://s3.example.com', '"http://s3.example.com"'],
    ['https://s3.example.com/private-bucket', '"https://s3.example.com/private-bucket"'],
    [undefined, 'nothing'],
  ])('endpoint %j', (value, got) => {
    expect(faultOf({ endpoint: value })).toBe(
      'STORES.demo.endpoint must be an https origin such as "https://files.example.com" ' +
        `(http only for localhost), got ${got}`,
    );
  });

  test.each([
    ['region', 'EU', 'a region, got "EU"'],
    ['region', '', 'a region, got ""'],
    ['region', undefined, 'a region, got nothing'],
    ['region', 'eu/../us', 'a region, got "eu/../us"'],
    ['bucket', 'Private', 'a bucket name, got "Private"'],
    ['bucket', 'ab', 'a bucket name, got "ab"'],
    ['bucket', 'b'.repeat(64), `a bucket name, got "${'b'.repeat(64)}"`],
    ['bucket', '..', 'a bucket name, got ".."'],
    ['bucket', 'a..b', 'a bucket name, got "a..b"'],
    ['bucket', 'a/b', 'a bucket name, got "a/b"'],
    ['bucket', 'bucket\n', 'a bucket name, got "bucket\\n"'],
    ['bucket', undefined, 'a bucket name, got nothing'],
    ['addressing', 'Path', '"path" or "virtual", got "Path"'],
    ['addressing', undefined, '"path" or "virtual", got nothing'],
    ['maxUrlSeconds', 14, 'a whole number from 15 to 3600, got 14'],
    ['maxUrlSeconds', 3_601, 'a whole number from 15 to 3600, got 3601'],
    ['maxUrlSeconds', 'a minute', 'a whole number from 15 to 3600, got "a minute"'],
  ])('%s %j', (name, value, fault) => {
    expect(faultOf({ [name]: value })).toBe(`STORES.demo.${name} must be ${fault}`);
  });

  test.each([[undefined], ['AKIA EXAMPLE'], ['']])('accessKeyId %j', (value) => {
    expect(faultOf({ accessKeyId: value })).toMatch(
      /^STORES\.demo\.accessKeyId must be an access key id/,
    );
  });

  test.each([
    [{ responseOverrides: 'no' }, '"no"'],
    [{ responseOverrides: 0 }, '0'],
  ])('capabilities %j', (value, got) => {
    expect(faultOf({ capabilities: value })).toBe(
      `STORES.demo.capabilities.responseOverrides must be true or false, got ${got}`,
    );
  });

  test.each([undefined, '', ' ', `${SECRET}\n`, ` ${SECRET}`, 42])(
    'a secret that is %j',
    (value) => {
      expect(faultOf({}, { STORE_DEMO_SECRET_ACCESS_KEY: value })).toBe(
        'STORE_DEMO_SECRET_ACCESS_KEY must be set, as a secret without surrounding spaces',
      );
    },
  );

  test.each([undefined, 'soon', '5', 'Jan 31 2030', '2030-01-31T12:00:00', '2030-02-31T25:00:00Z'])(
    'a session that ends at %j, which is no instant',
    (expiresAt) => {
      const session = {
        STORE_DEMO_SESSION_TOKEN: 'token',
        STORE_DEMO_SESSION_EXPIRES_AT: expiresAt,
      };
      expect(faultOf({}, session)).toBe(
        'STORE_DEMO_SESSION_EXPIRES_AT must be an ISO 8601 instant such as "2030-01-31T12:00:00Z"',
      );
    },
  );

  test('a session whose token is empty', () => {
    const session = {
      STORE_DEMO_SESSION_TOKEN: '',
      STORE_DEMO_SESSION_EXPIRES_AT: '2030-01-31T12:00:00Z',
    };
    expect(faultOf({}, session)).toBe(
      'STORE_DEMO_SESSION_TOKEN must be set, as a secret without surrounding spaces',
    );
  });

  test.each(['Demo', 'demo_1', '1demo', '-demo', '', 'd'.repeat(33), 'demo.x', '__proto__'])(
    'the alias %j',
    (alias) => {
      const { stores, storeFaults } = readStores(
        `{${JSON.stringify(alias)}: {}, "sound": ${JSON.stringify(TABLE)}}`,
      );
      expect([...stores.keys()]).toEqual(['sound']);
      expect([...storeFaults]).toEqual([
        [
          alias,
          `Store "${alias}" is disabled: ` +
            `STORES.${alias} must be named by lower-case letters, digits and hyphens`,
        ],
      ]);
    },
  );

  test('a store that is no table', () => {
    const { storeFaults } = readStores({ demo: 'https://s3.example.com' });
    expect(storeFaults.get('demo')).toBe('Store "demo" is disabled: STORES.demo must be a table');
  });
});

test('each alias has secrets of its own, hyphens and common beginnings included', () => {
  const aliases = ['a', 'ab', 'a-b', 'a-b-c', 'a--b', 'a-session', 'a-secret-access-key'];
  const secrets = aliases.map((alias, index) => [
    `STORE_${alias.toUpperCase().replaceAll('-', '_')}_SECRET_ACCESS_KEY`,
    `secret ${index}`,
  ]);
  const tables = Object.fromEntries(aliases.map((alias) => [alias, TABLE]));
  const { stores } = readStores(tables, Object.fromEntries(secrets));
  expect(aliases.map((alias) => stores.get(alias)?.secretAccessKey)).toEqual(
    aliases.map((_, index) => `secret ${index}`),
  );
  for (const [index, alias] of aliases.entries()) {
    const one = readStores(tables, Object.fromEntries(secrets.slice(index, index + 1)));
    expect([...one.stores.keys()]).toEqual([alias]);
  }
});

describe('a sentence about a store holds no secret', () => {
  test('neither a secret with spaces nor a session token', () => {
    const settings = {
      STORE_DEMO_SECRET_ACCESS_KEY: ` ${SECRET}`,
      STORE_DEMO_SESSION_TOKEN: 'hunter2',
    };
    expect(faultOf({}, settings)).not.toContain(SECRET);
    expect(faultOf({}, { STORE_DEMO_SESSION_TOKEN: 'hunter2' })).not.toContain('hunter2');
    expect(faultOf({ region: '', secretAccessKey: SECRET })).not.toContain(SECRET);
  });

  test('nor the secret when it was taken for the access key id', () => {
    expect(faultOf({ accessKeyId: SECRET })).not.toContain(SECRET);
  });

  test('nor a password in an endpoint', () => {
    expect(faultOf({ endpoint: 'https://user:hunter2@s3.example.com' })).not.toContain('hunter2');
  });

  test('nor a session token that was set as the end of the session', () => {
    const settings = {
      STORE_DEMO_SESSION_TOKEN: '2030-01-31T12:00:00Z',
      STORE_DEMO_SESSION_EXPIRES_AT: 'hunter2',
    };
    expect(faultOf({}, settings)).not.toContain('hunter2');
  });
});

// `private-bucket.127.0.0.1` is no host: the bucket would silently be left out of every URL.
test.each(['http://127.0.0.1:9000', 'http://[::1]:9000', 'https://203.0.113.5'])(
  'virtual addressing at the address %s, where no bucket can stand before it',
  (endpoint) => {
    expect(faultOf({ endpoint, addressing: 'virtual' })).toContain('STORES.demo.addressing');
  },
);

test('virtual addressing of a bucket with a dot, for which no wildcard certificate is good', () => {
  expect(faultOf({ bucket: 'my.bucket', addressing: 'virtual' })).toContain('must be "path"');
});

test('a setting that stores do not have, such as a misspelled one', () => {
  expect(faultOf({ maxUrlSecond: 30 })).toBe(
    'STORES.demo.maxUrlSecond must be left out: stores have no such setting',
  );
});
