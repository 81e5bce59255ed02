// The settings of a deployment: which are taken, and the one sentence each wrong one gets.

import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const KEY = 'bGluay1rZXktZm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc';
const OTHER_KEY = 'YXBwLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU2Nzg';

const MINIMAL = {
  PUBLIC_URL: 'https://get.example.com',
  LINK_KEYS: KEY,
  APP_KEYS: OTHER_KEY,
  ADMIN_TOKEN: 'admin-token-for-tests-only-0123456789',
};

/** What `readConfig` says of these settings, or nothing when it takes them. */
function faultOf(settings: Record<string, unknown>): string | undefined {
  try {
    readConfig({ ...MINIMAL, ...settings });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
}

function originFault(name: string, got: string): string {
  return (
    `${name} must be an https origin such as "https://files.example.com" ` +
    `(http only for localhost), got ${got}`
  );
}

describe('a deployment without stores', () => {
  test('it needs no more than four settings', () => {
    const config = readConfig(MINIMAL);
    expect(config).toMatchObject({
      publicUrl: 'https://get.example.com',
      adminToken: MINIMAL.ADMIN_TOKEN,
      maxTtlSeconds: 2_592_000,
      storeFaults: new Map(),
    });
    expect(config.linkKeys.map((key) => new TextDecoder().decode(key))).toEqual([
      'link-key-for-tests-only-01234567',
    ]);
    expect(config.appKeys.map((key) => new TextDecoder().decode(key))).toEqual([
      'app-key-for-tests-only-012345678',
    ]);
    expect(config.stores.size).toBe(0);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('root keys are taken newest first, in either base64, padded or not', () => {
    const bytes = new Uint8Array(32).fill(251);
    const base64 = btoa(String.fromCharCode(...bytes));
    const base64url = base64.replaceAll('+', '-').replaceAll('/', '_');
    const { linkKeys } = readConfig({
      ...MINIMAL,
      LINK_KEYS: `${base64url}, ${base64url.replace('=', '')},${KEY}`,
    });
    expect(linkKeys.length).toBe(3);
    expect(linkKeys[0]).toEqual(bytes);
    expect(linkKeys[1]).toEqual(bytes);
    expect(linkKeys[2]).toEqual(readConfig(MINIMAL).linkKeys[0]);
  });

  test('a newer root key may stand in a numbered setting of its own, and stay alone there', () => {
    const keyOf = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
    const newer = keyOf(2);
    const newest = keyOf(10);
    const numbered = { LINK_KEYS_2: newer, LINK_KEYS_10: newest };
    const firstBytes = (settings: Record<string, unknown>) =>
      readConfig({ ...MINIMAL, ...settings }).linkKeys.map(([byte]) => byte);
    expect(firstBytes(numbered)).toEqual([10, 2, 'l'.charCodeAt(0)]);
    expect(firstBytes({ ...numbered, LINK_KEYS: undefined, LINK_KEYS_10: undefined })).toEqual([2]);
    // What isn't such a number isn't a key.
    expect(firstBytes({ LINK_KEYS_0: 'x', LINK_KEYS_1: 'x', LINK_KEYS_OLD: 'x' })).toHaveLength(1);
    expect(faultOf({ APP_KEYS_2: 'short' })).toMatch(/^APP_KEYS_2 must be base64url keys/);
  });

  test.each([
    ['https://get.example.com/', 'https://get.example.com'],
    ['https://GET.example.com:443', 'https://get.example.com'],
    ['https://get.example.com:8443', 'https://get.example.com:8443'],
    ['http://localhost:8787', 'http://localhost:8787'],
    ['http://get.localhost:8787', 'http://get.localhost:8787'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
  ])('PUBLIC_URL may be %s', (value, origin) => {
    expect(readConfig({ ...MINIMAL, PUBLIC_URL: value }).publicUrl).toBe(origin);
  });

  test('STREAM_RECHECK_SECONDS is 10 by default, and 5 minutes at most', () => {
    expect(readConfig(MINIMAL).streamRecheckSeconds).toBe(10);
    expect(readConfig({ ...MINIMAL, STREAM_RECHECK_SECONDS: '60' }).streamRecheckSeconds).toBe(60);
    for (const value of [0, '301', 'often']) {
      expect(faultOf({ STREAM_RECHECK_SECONDS: value })).toContain('from 1 to 300');
    }
  });

  test('LOG_REQUESTS is "refused" by default, "all" or "none"', () => {
    expect(readConfig(MINIMAL).logRequests).toBe('refused');
    for (const which of ['all', 'refused', 'none']) {
      expect(readConfig({ ...MINIMAL, LOG_REQUESTS: which }).logRequests).toBe(which);
    }
    for (const value of ['', 'ALL', true]) {
      expect(faultOf({ LOG_REQUESTS: value })).toBe(
        `LOG_REQUESTS must be one of "all", "refused", "none", got ${JSON.stringify(value)}`,
      );
    }
  });

  test('MAX_TTL_SECONDS is a number or its digits', () => {
    expect(readConfig({ ...MINIMAL, MAX_TTL_SECONDS: 60 }).maxTtlSeconds).toBe(60);
    expect(readConfig({ ...MINIMAL, MAX_TTL_SECONDS: '31536000' }).maxTtlSeconds).toBe(31_536_000);
  });

  test.each([
    [undefined, false],
    ['false', false],
    [false, false],
    ['true', true],
    [true, true],
  ])('WEBHOOKS_ALLOW_LOOPBACK %j is %j', (value, isAllowed) => {
    const config = readConfig({ ...MINIMAL, WEBHOOKS_ALLOW_LOOPBACK: value });
    expect(config.webhooksAllowLoopback).toBe(isAllowed);
  });
});

describe('a wrong setting stops the Worker with one sentence', () => {
  test.each([
    [undefined, 'nothing'],
    ['', '""'],
    [80, '80'],
    ['get.example.com', '"get.example.com"'],
    ['ftp://get.example.com', '"ftp://get.example.com"'],
    ['http://get.example.com', '"http://get.example.com"'],
    ['http://localhost.example.com', '"http://localhost.example.com"'],
    ['http://127.0.0.1.example.com', '"http://127.0.0.1.example.com"'],
    ['http://192.168.0.1', '"http://192.168.0.1"'],
    ['https://get.example.com/links', '"https://get.example.com/links"'],
    ['https://get.example.com/?a', '"https://get.example.com/?a"'],
    ['https://get.example.com/#a', '"https://get.example.com/#a"'],
    ['https://user@get.example.com', '"https://user@get.example.com"'],
  ])('PUBLIC_URL %j', (value, got) => {
    expect(faultOf({ PUBLIC_URL: value })).toBe(originFault('PUBLIC_URL', got));
  });

  test.each(['2 weeks', '', '0', 0, -1, '1.5', 1.5, '1e3', '0x10', ' 60', 31_536_001, true, null])(
    'MAX_TTL_SECONDS %j',
    (value) => {
      expect(faultOf({ MAX_TTL_SECONDS: value })).toBe(
        `MAX_TTL_SECONDS must be a whole number from 1 to 31536000, got ${JSON.stringify(value)}`,
      );
    },
  );

  test.each(['yes', '', '1', 1, null, 'TRUE'])('WEBHOOKS_ALLOW_LOOPBACK %j', (value) => {
    expect(faultOf({ WEBHOOKS_ALLOW_LOOPBACK: value })).toBe(
      `WEBHOOKS_ALLOW_LOOPBACK must be "true" or "false", got ${JSON.stringify(value)}`,
    );
  });

  describe.each(['LINK_KEYS', 'APP_KEYS'])('%s', (name) => {
    test.each([
      ['missing', undefined],
      ['empty', ''],
      ['no text', 42],
      ['too short', KEY.slice(0, -4)],
      ['too long', `${KEY}AAAA`],
      ['of a length no base64 has', KEY.slice(0, 41)],
      ['no base64url', `${KEY.slice(0, -1)}!`],
      ['in standard base64', `${'+/'.repeat(21)}A`],
      ['ended by a comma', `${KEY},`],
      ['followed by a wrong one', `${KEY},secret`],
      ['hex', 'ab'.repeat(32)],
    ])('%s', (_how, value) => {
      expect(faultOf({ [name]: value })).toBe(
        `${name} must be base64url keys of 32 bytes, newest first, separated by commas`,
      );
    });
  });

  test.each([
    ['missing', undefined],
    ['no text', 42],
    ['too short', 'x'.repeat(31)],
    ['with a space', `${'x'.repeat(31)} ${'y'.repeat(31)}`],
    ['with a line break at its end', `${'x'.repeat(32)}\n`],
    ['beyond ASCII', 'ü'.repeat(32)],
  ])('ADMIN_TOKEN %s', (_how, value) => {
    expect(faultOf({ ADMIN_TOKEN: value })).toBe(
      'ADMIN_TOKEN must be at least 32 visible ASCII characters without spaces',
    );
  });

  test.each([
    ['too short', 'x'.repeat(31), 'must be at least 32 visible ASCII characters without spaces'],
    [
      'the same as ADMIN_TOKEN',
      MINIMAL.ADMIN_TOKEN,
      'must be another than ADMIN_TOKEN, which may do everything',
    ],
  ])('METRICS_TOKEN %s', (_how, value, fault) => {
    expect(faultOf({ METRICS_TOKEN: value })).toBe(`METRICS_TOKEN ${fault}`);
  });

  test.each(['', 'demo', '[]', '{', 'null', 1, null, ['demo']].map((value) => [value]))(
    'STORES %j',
    (value) => {
      expect(faultOf({ STORES: value })).toBe(
        'STORES must be tables [vars.STORES.<alias>], or the same as JSON',
      );
    },
  );

  test('a sentence about a secret never holds any of it', () => {
    const secret = 'hunter2-is-the-secret';
    for (const name of ['LINK_KEYS', 'APP_KEYS', 'ADMIN_TOKEN', 'METRICS_TOKEN']) {
      expect(faultOf({ [name]: secret })).toContain(name);
      expect(faultOf({ [name]: secret })).not.toContain('hunter2');
      expect(faultOf({ [name]: [secret] })).not.toContain('hunter2');
    }
  });
});

describe('the dashboard', () => {
  const ACCESS = {
    ACCESS_TEAM: 'https://a.cloudflareaccess.com',
    ACCESS_AUDIENCE: '0a'.repeat(32),
  };

  test('is on every host, signed in to with the admin token, unless it is set otherwise', () => {
    expect(readConfig(MINIMAL)).toMatchObject({ adminHost: undefined, access: undefined });
    const config = readConfig({ ...MINIMAL, ...ACCESS, ADMIN_HOST: 'admin.example.com:8443' });
    expect(config.adminHost).toBe('admin.example.com:8443');
    expect(config.access).toEqual({ team: ACCESS.ACCESS_TEAM, audience: ACCESS.ACCESS_AUDIENCE });
  });

  test.each(['https://admin.example.com', 'admin.example.com/', 'a b', '', 5, 'Admin.example.com'])(
    'is on no host such as %j',
    (host) => {
      expect(faultOf({ ADMIN_HOST: host })).toBe(
        `ADMIN_HOST must be a host such as "admin.example.com", got ${JSON.stringify(host)}`,
      );
    },
  );

  test('is behind Access only where both of its settings are right', () => {
    expect(faultOf({ ...ACCESS, ACCESS_TEAM: undefined })).toBe(
      originFault('ACCESS_TEAM', 'nothing'),
    );
    for (const audience of [undefined, 'x', '0A'.repeat(32)]) {
      expect(faultOf({ ...ACCESS, ACCESS_AUDIENCE: audience })).toContain(
        "ACCESS_AUDIENCE must be the 64 hexadecimal digits of the application's AUD tag, got ",
      );
    }
  });
});
