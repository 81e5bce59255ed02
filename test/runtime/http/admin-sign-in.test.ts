// Signing in to the dashboard, being signed in, and being signed out.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createSessionSecrets } from '../../../src/operators/session.ts';
import { adminForm, adminGet, cookieOf, ORIGIN, signedIn, signIn } from '../../support/admin.ts';
import { makeApp, OPERATOR, realEnv, request } from '../../support/api.ts';
import { answering } from '../../support/counted-env.ts';

const HOUR_MS = 3_600_000;

/** Makes sessions look older than they are. */
async function age(ms: number, field: 'startedAt' | 'seenAt'): Promise<void> {
  const namespace = (env as unknown as { SESSIONS: DurableObjectNamespace }).SESSIONS;
  await runInDurableObject(namespace.getByName('sessions'), async (_, { storage }) => {
    const kept = [...storage.kv.list<Record<string, number>>({ prefix: 'session:' })];
    for (const [key, session] of kept) {
      storage.kv.put(key, { ...session, [field]: (session[field] as number) - ms });
    }
  });
}

describe('signing in', () => {
  it('gives a cookie that is sent to this host and from its own pages alone', async () => {
    const response = await signIn(OPERATOR);
    expect(response.status).toBe(303);
    expect(response.headers.get('Location')).toBe('/admin');
    const cookie = response.headers.get('Set-Cookie') ?? '';
    expect(cookie).toMatch(/^__Host-hallpass_session=[0-9A-Za-z]{29}; Path=\/; /);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Strict']) {
      expect(cookie.split('; ')).toContain(attribute);
    }
    expect((await adminGet('/admin/stores', cookieOf(response))).status).toBe(200);
  });

  it.each([
    ['/admin/links?state=active', '/admin/links?state=active'],
    ['https://evil.example/admin', '/admin'],
    ['//evil.example/admin', '/admin'],
    ['/\\evil.example/admin', '/admin'],
    ['/admin/../4mWQ0kXvTtPzB7cJr2LsYd', '/admin'],
    ['/administer', '/admin'],
    ['javascript:alert(1)', '/admin'],
    ['/admin/sign-out', '/admin'],
  ])('after being at %s leads to %s', async (returnTo, location) => {
    const response = await signIn(OPERATOR, { returnTo });
    expect(response.headers.get('Location')).toBe(location);
  });

  it('with a wrong token is refused, and then for a while with the right one too', async () => {
    const from = { headers: { 'CF-Connecting-IP': '203.0.113.7' } };
    for (let tries = 0; tries < 5; tries++) {
      const wrong = await signIn(`${OPERATOR}x`, {}, from);
      expect(wrong.status).toBe(403);
      expect(wrong.headers.get('Set-Cookie')).toBeNull();
      const page = await wrong.text();
      expect(page).toContain('This is not the admin token');
      expect(page).not.toContain(OPERATOR);
    }
    const locked = await signIn(OPERATOR, {}, from);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('Retry-After'))).toBeGreaterThan(200);
    // Not even by tries from a hundred others is it forgotten.
    for (let other = 0; other < 100; other++) {
      await signIn('wrong', {}, { headers: { 'CF-Connecting-IP': `198.51.100.${other}` } });
    }
    expect((await signIn(OPERATOR, {}, from)).status).toBe(429);
    // Nobody else is locked out by that.
    const elsewhere = { headers: { 'CF-Connecting-IP': '203.0.113.8' } };
    expect((await signIn(OPERATOR, {}, elsewhere)).status).toBe(303);
  });
});

describe('a session', () => {
  it('is kept by its id alone', async () => {
    const cookie = await signedIn();
    const namespace = (env as unknown as { SESSIONS: DurableObjectNamespace }).SESSIONS;
    await runInDurableObject(namespace.getByName('sessions'), async (_, { storage }) => {
      const kept = JSON.stringify([...storage.kv.list()]);
      expect(kept).toContain('session:');
      expect(kept).not.toContain(cookie.split('=')[1]);
    });
  });

  it.each([
    ['idle for half an hour', HOUR_MS / 2, 'seenAt'],
    ['older than twelve hours', 12 * HOUR_MS, 'startedAt'],
  ] as const)('that is %s has ended', async (_, ms, field) => {
    const cookie = await signedIn();
    await age(ms - 5_000, field);
    expect((await adminGet('/admin/stores', cookie)).status).toBe(200);
    await age(ms, field);
    const ended = await adminGet('/admin/stores', cookie);
    expect(ended.status).toBe(303);
    expect(ended.headers.get('Location')).toBe('/admin/sign-in?returnTo=%2Fadmin%2Fstores');
  });

  it('really ends with signing out, for whoever has its cookie', async () => {
    const cookie = await signedIn();
    const out = await adminForm('/admin/sign-out', {}, cookie);
    expect(out.status).toBe(303);
    expect(out.headers.get('Set-Cookie')).toContain('Max-Age=0');
    expect((await adminGet('/admin/stores', cookie)).status).toBe(303);
  });

  it('of another admin token is none', async () => {
    const keys = [new Uint8Array(32).fill(7)];
    const random = (length: number) => new Uint8Array(length).fill(9);
    const before = createSessionSecrets(keys, 'a'.repeat(32), random);
    const after = createSessionSecrets(keys, 'b'.repeat(32), random);
    const { text, id } = await before.draw();
    expect(await before.read(text)).toBe(id);
    expect(await after.read(text)).toBeUndefined();
  });

  it('doesn’t live on by what a page asks for alone', async () => {
    const cookie = await signedIn();
    for (let minutes = 0; minutes < 30; minutes += 10) {
      await age(HOUR_MS / 6, 'seenAt');
      await adminGet('/admin/links/revoke/result?all=true', cookie);
    }
    expect((await adminGet('/admin/stores', cookie)).status).toBe(303);
  });

  it('that is forged is refused without asking anybody', async () => {
    const SESSIONS = answering<typeof realEnv.SESSIONS>(() => Promise.reject(new Error('asked')));
    const options = { env: { ...realEnv, SESSIONS } };
    const cookie = `__Host-hallpass_session=${'x'.repeat(29)}`;
    expect((await adminGet('/admin/stores', cookie, options)).status).toBe(303);
    expect((await adminGet('/admin/stores', await signedIn(), options)).status).toBe(503);
  });

  it('is not the admin token itself, nor an API key', async () => {
    for (const Authorization of [`Bearer ${OPERATOR}`]) {
      const response = await request('GET', '/admin/stores', { headers: { Authorization } });
      expect(response.status).toBe(303);
    }
  });
});

describe('a form', () => {
  it.each([
    ['another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['a sister of this site', { Origin: 'https://a.example.com', 'Sec-Fetch-Site': 'same-site' }],
    ['nowhere', {}],
  ])('from %s does nothing', async (_, headers) => {
    const cookie = await signedIn();
    const refused = await adminForm('/admin/sign-out', {}, cookie, { headers, isForeign: true });
    expect(refused.status).toBe(403);
    expect((await adminGet('/admin/stores', cookie)).status).toBe(200);
  });

  it.each(['application/json', 'text/html', 'multipart/form-data; boundary=x'])(
    'that is no form but %s does nothing, wherever it comes from',
    async (type) => {
      const cookie = await signedIn();
      const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
      const refused = await adminForm('/admin/sign-out', {}, cookie, { headers, isForeign: true });
      expect([403, 415]).toContain(refused.status);
      expect((await adminGet('/admin/stores', cookie)).status).toBe(200);
    },
  );

  it('that can’t be carried out is there to be sent again', async () => {
    const cookie = await signedIn();
    const LEDGERS = answering<typeof realEnv.LEDGERS>(() => Promise.reject(new Error('down')));
    const app = await makeApp();
    const fields = {
      app: app.id,
      store: 'demo',
      key: '<i>x</i>',
      ttlSeconds: '1',
      operation: 'download',
    };
    const options = { env: { ...realEnv, LEDGERS } };
    const failed = await adminForm('/admin/links/new', fields, cookie, options);
    expect(failed.status).toBe(503);
    expect(failed.headers.has('Retry-After')).toBe(true);
    const page = await failed.text();
    expect(page).toContain('action="/admin/links/new"');
    expect(page).toContain('name="key" value="&lt;i&gt;x&lt;/i&gt;"');
    expect(page).toContain('aria-label="Dashboard"');
  });

  it('that comes after the session has ended is kept until its sender signed in again', async () => {
    const fields = { key: '<i>x</i>', prefix: 'a/', password: 'correct horse' };
    const asked = await adminForm('/admin/stores/demo/check', fields);
    expect(asked.status).toBe(401);
    const page = await asked.text();
    expect(page).toContain('nothing of it is lost');
    const kept = new URLSearchParams(fields).toString();
    expect(page).toContain(kept.replaceAll('&', '&amp;'));

    const returnTo = '/admin/stores/demo/check';
    const again = await signIn(OPERATOR, { returnTo, kept });
    expect(again.status).toBe(200);
    const form = await again.text();
    expect(form).toContain(`action="${returnTo}"`);
    expect(form).toContain('name="key" value="&lt;i&gt;x&lt;/i&gt;"');
    expect(form).toContain('<dd>••••••</dd>');
  });

  it('to another host than ADMIN_HOST finds nothing', async () => {
    const moved = { env: { ...realEnv, ADMIN_HOST: 'admin.example.com' } };
    expect((await request('GET', '/admin/sign-in', moved)).status).toBe(404);
    const there = { env: { ...realEnv, ADMIN_HOST: new URL(ORIGIN).host } };
    expect((await request('GET', '/admin/sign-in', there)).status).toBe(200);
  });
});

describe('every page', () => {
  it('runs no script but its own file, loads nothing from elsewhere, and is framed by nobody', async () => {
    const cookie = await signedIn();
    for (const path of ['/admin', '/admin/sign-in', '/admin/links', '/admin/nowhere']) {
      const { headers } = await adminGet(path, cookie);
      expect(headers.get('Content-Security-Policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
          "img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
      );
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(headers.get('Referrer-Policy')).toBe('same-origin');
    }
  });
});
