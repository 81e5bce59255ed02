// Cloudflare Access in front of the dashboard: it lets in whom its team's keys vouch for, and nobody else.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { adminForm, adminGet, signedIn, signIn } from '../../support/admin.ts';
import { OPERATOR, realEnv, request } from '../../support/api.ts';

const TEAM = 'https://example.cloudflareaccess.com';
const AUDIENCE = 'a'.repeat(64);
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const HOUR = 3_600;

let pair: CryptoKeyPair;
let strangers: CryptoKeyPair;

let answer: () => Response;

beforeAll(async () => {
  const algorithm = { ...RSA, modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };
  const make = () =>
    crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  [pair, strangers] = await Promise.all([make(), make()]);
  const one = await publicKey(pair, 'one');
  answer = () => Response.json({ keys: [one] });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    expect(String(url)).toBe(`${TEAM}/cdn-cgi/access/certs`);
    return answer();
  });
});

async function publicKey({ publicKey }: CryptoKeyPair, kid: string) {
  const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey;
  return { ...jwk, kid, alg: 'RS256', use: 'sig' };
}

const env = { ...realEnv, ACCESS_TEAM: TEAM, ACCESS_AUDIENCE: AUDIENCE };

const inBase64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

async function assertion(claims: object = {}, header: object = {}, by = pair): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const own = { iss: TEAM, aud: [AUDIENCE], iat: now, exp: now + HOUR, email: 'a@example.com' };
  const parts = [
    { alg: 'RS256', kid: 'one', typ: 'JWT', ...header },
    { ...own, ...claims },
  ].map((part) => inBase64Url(new TextEncoder().encode(JSON.stringify(part))));
  const signed = new TextEncoder().encode(parts.join('.'));
  const signature = await crypto.subtle.sign(RSA, by.privateKey, signed);
  return [...parts, inBase64Url(new Uint8Array(signature))].join('.');
}

async function visit(jwt: string | undefined): Promise<number> {
  const headers = { Accept: 'text/html', ...(jwt && { 'Cf-Access-Jwt-Assertion': jwt }) };
  return (await request('GET', '/admin/stores', { env, headers })).status;
}

describe('with Access', () => {
  it('whoever it let in is in, and its keys are fetched once', async () => {
    expect(await visit(await assertion())).toBe(200);
    expect(await visit(await assertion())).toBe(200);
    expect(vi.mocked(fetch)).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['another application', { aud: ['b'.repeat(64)] }, {}],
    ['another team', { iss: 'https://evil.cloudflareaccess.com' }, {}],
    ['an hour ago', { exp: 1 }, {}],
    ['ever', { exp: undefined }, {}],
    ['later', { nbf: 99_999_999_999 }, {}],
    ['no algorithm', {}, { alg: 'none' }],
    ['a shared secret', {}, { alg: 'HS256' }],
    ['an unknown key', {}, { kid: 'two' }],
  ])('nobody is let in for %s', async (_, claims, header) => {
    expect(await visit(await assertion(claims, header))).toBe(403);
  });

  it('nobody is let in by a key of somebody else’s, or by nothing', async () => {
    expect(await visit(await assertion({}, {}, strangers))).toBe(403);
    expect(await visit(undefined)).toBe(403);
    expect(await visit('not.a.token')).toBe(403);
  });

  it('the admin token opens nothing', async () => {
    const cookie = await signedIn();
    expect((await adminGet('/admin/stores', cookie, { env })).status).toBe(403);
    const signed = await signIn(OPERATOR, {}, { env });
    expect(signed.status).toBe(403);
  });

  it('signing out leads to the one of Access', async () => {
    const out = await adminForm('/admin/sign-out', {}, undefined, { env });
    expect(out.headers.get('Location')).toBe('/cdn-cgi/access/logout');
  });

  it('a form of another site does nothing either', async () => {
    const headers = {
      'Cf-Access-Jwt-Assertion': await assertion(),
      'Sec-Fetch-Site': 'cross-site',
    };
    const form = await adminForm('/admin/stores/demo/check', {}, undefined, {
      env,
      headers,
      isForeign: true,
    });
    expect(form.status).toBe(403);
  });
});

describe('the keys of Access', () => {
  const MINUTE = 60_000;

  it('are asked for again when a token comes by one that is new, and forgotten when withdrawn', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * MINUTE });
    const before = answer;
    try {
      expect(await visit(await assertion())).toBe(200);
      const two = await publicKey(strangers, 'two');
      answer = () => Response.json({ keys: [two] });
      vi.setSystemTime(Date.now() + MINUTE);
      expect(await visit(await assertion({}, { kid: 'two' }, strangers))).toBe(200);
      expect(await visit(await assertion())).toBe(403);
    } finally {
      answer = before;
      vi.useRealTimers();
    }
  });

  it('lock nobody out by an answer that is none, and let nobody in', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * MINUTE });
    const before = answer;
    try {
      answer = () => Response.json({ error: 'down' }, { status: 500 });
      expect(await visit(await assertion())).toBe(503);
      answer = before;
      vi.setSystemTime(Date.now() + MINUTE);
      expect(await visit(await assertion())).toBe(200);
      // Those that are known are good for a while longer.
      answer = () => Response.json({ keys: [] });
      vi.setSystemTime(Date.now() + 11 * MINUTE);
      expect(await visit(await assertion())).toBe(200);
      vi.setSystemTime(Date.now() + 11 * MINUTE);
      expect(await visit(await assertion())).toBe(503);
    } finally {
      answer = before;
      vi.useRealTimers();
    }
  });
});
