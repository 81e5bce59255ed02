import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import {
  type ApiOptions,
  json,
  type MintedOnWire,
  makeApp,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { answering, countedEnv } from '../../support/counted-env.ts';

const SECOND = 1_000;
const CLAIM = 'a-claim-of-22-characters-or-more';
const OTHER = 'another-claim-with-22-characters';
const BROUGHT = { 'Hallpass-Claim': CLAIM };
const PERSON = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

let app: TestApp;
let link: MintedOnWire;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Seen = {
  state: string;
  opens: number;
  usesLeft?: number;
  denials: Record<string, number>;
  lastOpenedAt: string | null;
};
const seen = async () =>
  json<Seen>(await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }));

function redeem(body: Record<string, string> = {}, options: ApiOptions = {}): Promise<Response> {
  return open(link.url, {
    ...options,
    method: 'POST',
    body: new URLSearchParams(body).toString(),
    headers: { ...FORM, ...options.headers },
  });
}
const withClaim = (claim: string) => open(link.url, { headers: { 'Hallpass-Claim': claim } });
const reasonOf = async (response: Response) => (await json(response)).reason;

describe('a link with one use', () => {
  beforeEach(async () => {
    link = await minted(app, { maxUses: 1 });
  });

  it('shows people a page and spends nothing', async () => {
    const page = await open(link.url, { headers: PERSON });
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('q3.pdf');
    expect(text).toContain('It can be used once.');
    expect(text).not.toContain('private-bucket');
    expect(text).not.toContain('reports/');
    expect(await seen()).toMatchObject({ state: 'active', usesLeft: 1, opens: 0, denials: {} });
  });

  it('tells programs how to redeem it, and spends nothing', async () => {
    const answer = await open(link.url, { headers: { Accept: '*/*' } });
    expect(answer.status).toBe(428);
    const problem = await json(answer);
    expect(problem).toMatchObject({ reason: 'confirm_required', needsPassword: false });
    expect(problem.detail).toContain('Hallpass-Claim');
    expect(await seen()).toMatchObject({ usesLeft: 1 });
  });

  it('answers HEAD with 200 and no URL', async () => {
    const head = await open(link.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('Location')).toBeNull();
    expect(await seen()).toMatchObject({ usesLeft: 1 });
  });

  it('answers HEAD with a claim likewise', async () => {
    const headers = { 'Hallpass-Claim': CLAIM };
    expect((await open(link.url, { method: 'HEAD', headers })).status).toBe(200);
    expect(await seen()).toMatchObject({ usesLeft: 1 });
  });

  it.each(['prefetch', 'prefetch;prerender'])(
    'refuses a browser that is ahead: %s',
    async (purpose) => {
      const { env, operations } = countedEnv();
      const answer = await open(link.url, { env, headers: { ...PERSON, 'Sec-Purpose': purpose } });
      expect(answer.status).toBe(503);
      expect(operations).toEqual([]);
    },
  );

  it('is redeemed by a POST with 303, and then used up', async () => {
    const redeemed = await redeem();
    expect(redeemed.status).toBe(303);
    expect(redeemed.headers.get('Location')).toContain('private-bucket/reports/q3.pdf?');
    expect(redeemed.headers.get('Hallpass-Claim')).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(await seen()).toMatchObject({ state: 'used_up', usesLeft: 0, opens: 1 });

    const again = await redeem();
    expect(again.status).toBe(410);
    expect(await reasonOf(again)).toBe('used_up');
    expect((await open(link.url, { headers: PERSON })).status).toBe(410);
    expect((await open(link.url, { method: 'HEAD' })).status).toBe(410);
  });

  it('gives JSON to who asks for it', async () => {
    const redeemed = await redeem({ claim: CLAIM }, { headers: { Accept: 'application/json' } });
    expect(redeemed.status).toBe(200);
    const { url, claim, expiresAt } = await json<Record<string, string>>(redeemed);
    expect(url).toContain('X-Amz-Signature=');
    expect(claim).toBe(CLAIM);
    expect(Date.parse(expiresAt ?? '')).toBeLessThanOrEqual(Date.now() + 60 * SECOND);
  });

  it('is redeemed by a GET with a claim, which repeats for one use', async () => {
    for (let times = 0; times < 3; times++) expect((await withClaim(CLAIM)).status).toBe(302);
    expect(await seen()).toMatchObject({ usesLeft: 0, opens: 3 });
    expect(await reasonOf(await withClaim(OTHER))).toBe('used_up');
  });

  it('leaves the claim with the browser, for this link alone', async () => {
    const cookie = (await redeem({ claim: CLAIM })).headers.get('Set-Cookie') ?? '';
    const { pathname } = new URL(link.url);
    expect(cookie.split('; ').sort()).toEqual(
      [
        `claim=${CLAIM}`,
        'HttpOnly',
        'Max-Age=600',
        `Path=${pathname}`,
        'SameSite=Lax',
        'Secure',
      ].sort(),
    );
    const page = await open(link.url, { headers: { ...PERSON, Cookie: `claim=${CLAIM}` } });
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain(`value="${CLAIM}"`);
    expect(text).toContain('You have used it');
    expect((await redeem({ claim: CLAIM })).status).toBe(303);
    expect(await seen()).toMatchObject({ usesLeft: 0, opens: 2 });
  });

  it('spends nothing by a cookie alone', async () => {
    await open(link.url, { headers: { ...PERSON, Cookie: `claim=${OTHER}` } });
    expect(await seen()).toMatchObject({ usesLeft: 1 });
  });

  it('forgets a claim after its window, and never gives a second use for it', async () => {
    link = await minted(app, { maxUses: 1, claimSeconds: 60 });
    expect((await withClaim(CLAIM)).status).toBe(302);
    vi.setSystemTime(Date.now() + 59 * SECOND);
    expect((await withClaim(CLAIM)).status).toBe(302);
    vi.setSystemTime(Date.now() + SECOND);
    expect(await reasonOf(await withClaim(CLAIM))).toBe('used_up');
  });

  it('gives nothing for a claim once it was revoked', async () => {
    await withClaim(CLAIM);
    await revoke(app, link.id);
    expect(await reasonOf(await withClaim(CLAIM))).toBe('revoked');
  });

  it("takes another link's claim for a new one", async () => {
    const first = link;
    await withClaim(CLAIM);
    link = await minted(app, { maxUses: 1 });
    await withClaim(CLAIM);
    expect(await seen()).toMatchObject({ usesLeft: 0, opens: 1 });
    link = first;
    expect(await seen()).toMatchObject({ usesLeft: 0, opens: 1 });
  });

  it.each(['short', 'x'.repeat(87), 'with a space and 22 chars', '"quoted-claim-of-22-chars"'])(
    'refuses the claim %j before anything is looked up',
    async (claim) => {
      const { env, operations } = countedEnv();
      for (const url of [link.url, 'https://x/AAAAAAAAAAAAAAAAAAAAAA']) {
        const answer = await open(url, { env, headers: { 'Hallpass-Claim': claim } });
        expect(answer.status).toBe(400);
        expect(await reasonOf(answer)).toBe('claim_invalid');
      }
      expect(operations).toEqual([]);
    },
  );

  it('costs one KV read and one gate call', async () => {
    const { env, operations } = countedEnv();
    await redeem({ claim: CLAIM }, { env });
    expect(operations).toEqual(['kv.get', 'gate.open']);
  });

  it('spends one use when the answer of the gate was lost', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const decide = LinkGate.prototype.open;
    const lost = vi.spyOn(LinkGate.prototype, 'open').mockImplementationOnce(async function (
      this: LinkGate,
      ...facts
    ) {
      await decide.apply(this, facts);
      throw new Error('the answer was lost');
    });
    expect((await withClaim(CLAIM)).status).toBe(503);
    lost.mockRestore();
    expect((await withClaim(CLAIM)).status).toBe(302);
    expect(await seen()).toMatchObject({ usesLeft: 0 });
  });

  it.each([
    ['points elsewhere', { STORES: { demo: { ...TEST_BINDINGS.STORES.demo, bucket: 'another' } } }],
    [
      'has no credentials any more',
      {
        STORE_DEMO_SESSION_TOKEN: 'session',
        STORE_DEMO_SESSION_EXPIRES_AT: new Date(Date.now() - SECOND).toISOString(),
      },
    ],
  ])('spends nothing while its store %s', async (_how, settings) => {
    const env = { ...realEnv, ...settings };
    for (const bring of [redeem({}, { env }), open(link.url, { env, headers: BROUGHT })]) {
      const response = await bring;
      expect(response.status).toBe(503);
      expect(await reasonOf(response)).toBe('store_unavailable');
    }
    expect(await seen()).toMatchObject({ usesLeft: 1 });
    expect((await withClaim(OTHER)).status).toBe(302);
    // What else there is to say of the link comes first.
    await revoke(app, link.id);
    expect((await redeem({}, { env })).status).toBe(410);
  });

  it('tells the claim of a use that was spent though the store is gone', async () => {
    const env = {
      ...realEnv,
      STORES: { demo: { ...TEST_BINDINGS.STORES.demo, bucket: 'another' } },
      // Without KV nobody knows before the gate does.
      GRANTS: { get: async () => null } as unknown as KVNamespace,
    };
    const refused = await redeem({}, { env });
    expect(refused.status).toBe(503);
    const claim = refused.headers.get('Hallpass-Claim') ?? '';
    expect((await withClaim(claim)).status).toBe(302);
  });

  it('hands out nothing while the gate is down', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const GATES = answering<typeof realEnv.GATES>(() => Promise.reject(new Error('down')));
    const answer = await redeem({ claim: CLAIM }, { env: { ...realEnv, GATES } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('Location')).toBeNull();
    expect(answer.headers.get('Retry-After')).toBe('5');
  });

  it('refuses a form with a field it does not know, and other kinds of body', async () => {
    expect((await redeem({ passwort: 'x' })).status).toBe(400);
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    expect((await open(link.url, { method: 'POST', body: '--x--', headers })).status).toBe(415);
    expect(await seen()).toMatchObject({ usesLeft: 1 });
  });
});

describe('a link to be confirmed', () => {
  it('asks for the step and counts no uses', async () => {
    link = await minted(app, { confirm: true });
    expect((await open(link.url)).status).toBe(428);
    expect((await redeem()).status).toBe(303);
    expect((await redeem()).status).toBe(303);
    const now = await seen();
    expect(now).toMatchObject({ state: 'active', opens: 2 });
    expect(now.usesLeft).toBeUndefined();
  });

  it('shows a hostile file name harmlessly', async () => {
    link = await minted(app, { confirm: true, filename: '<img src=x onerror=alert(1)>.pdf' });
    const page = await open(link.url, { headers: PERSON });
    expect(await page.text()).not.toContain('<img');
  });

  it('shows a file name as it is saved: in no other reading direction', async () => {
    link = await minted(app, { confirm: true, filename: 'invoice\u202efdp.exe' });
    const html = await (await open(link.url, { headers: PERSON })).text();
    expect(html).toContain('<bdi>invoicefdp.exe</bdi>');
  });
});

describe('a link with a password', () => {
  const PASSWORD = 'Schlüssel zum Büro';
  const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } });

  beforeEach(async () => {
    link = await minted(app, { password: PASSWORD });
  });

  it('never shows the password, not even to its app', async () => {
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    const text = await shown.text();
    expect(JSON.parse(text)).toMatchObject({ hasPassword: true });
    expect(text).not.toContain('password"');
    expect(text).not.toContain(PASSWORD);
  });

  it('opens with it, composed or decomposed', async () => {
    for (const password of [PASSWORD.normalize('NFC'), PASSWORD.normalize('NFD')]) {
      expect((await redeem({ password })).status).toBe(303);
    }
  });

  it('takes it as JSON from programs', async () => {
    const body = { password: PASSWORD };
    const headers = { Accept: 'application/json' };
    expect((await open(link.url, { method: 'POST', body, headers })).status).toBe(200);
  });

  it('says that it is missing or wrong, and gives people the form again', async () => {
    expect(await reasonOf(await redeem())).toBe('password_required');
    const wrong = await redeem({ password: 'wrong', claim: CLAIM }, { headers: PERSON });
    expect(wrong.status).toBe(403);
    const page = await wrong.text();
    expect(page).toContain('This password is wrong');
    expect(page).toContain('name="password"');
    expect(page).toContain(`value="${CLAIM}"`);
    expect(page).not.toContain('"wrong"');
  });

  it('spends no use for a wrong one', async () => {
    link = await minted(app, { password: PASSWORD, maxUses: 1 });
    await redeem({ password: 'wrong' });
    expect(await seen()).toMatchObject({ usesLeft: 1, denials: { password_wrong: 1 } });
    expect((await redeem({ password: PASSWORD, claim: CLAIM })).status).toBe(303);
    expect((await withClaim(CLAIM)).status).toBe(302);
  });

  it('locks a site after five wrong ones for five minutes, whoever it claims to be', async () => {
    for (let times = 0; times < 5; times++) {
      const headers = { 'CF-Connecting-IP': '203.0.113.7', 'X-Forwarded-For': `10.0.0.${times}` };
      expect((await redeem({ password: `wrong ${times}` }, { headers })).status).toBe(403);
    }
    const locked = await redeem({ password: PASSWORD }, from('203.0.113.7'));
    expect(locked.status).toBe(429);
    expect(locked.headers.get('Retry-After')).toBe('300');
    expect(await reasonOf(locked)).toBe('password_locked');
    expect((await redeem({ password: PASSWORD }, from('203.0.113.8'))).status).toBe(303);

    vi.setSystemTime(Date.now() + 300 * SECOND);
    expect((await redeem({ password: PASSWORD }, from('203.0.113.7'))).status).toBe(303);
  });

  it('takes an IPv6 /64 for one site', async () => {
    for (let times = 0; times < 5; times++) {
      await redeem({ password: 'wrong' }, from(`2001:db8:1:2::${times + 1}`));
    }
    expect((await redeem({ password: PASSWORD }, from('2001:db8:1:2:3::9'))).status).toBe(429);
    expect((await redeem({ password: PASSWORD }, from('2001:db8:1:3::9'))).status).toBe(303);
  });

  it('locks for everyone after fifty wrong ones in an hour', async () => {
    for (let times = 0; times < 50; times++) {
      await redeem({ password: 'wrong' }, from(`198.51.100.${Math.floor(times / 5)}`));
    }
    const locked = await redeem({ password: PASSWORD }, from('203.0.113.9'));
    expect(locked.status).toBe(429);
    expect(locked.headers.get('Retry-After')).toBe('3600');
    vi.setSystemTime(Date.now() + 3_600 * SECOND);
    expect(await reasonOf(await redeem({ password: PASSWORD }))).toBe('expired');
  }, 20_000);

  it('counts tries that come all at once', async () => {
    const tries = Array.from({ length: 20 }, () =>
      redeem({ password: 'wrong' }, from('192.0.2.1')),
    );
    const statuses = (await Promise.all(tries)).map((response) => response.status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it('still opens after the iterations of new passwords were changed', async () => {
    const env = { ...realEnv, PASSWORD_ITERATIONS: '20000' };
    expect((await redeem({ password: PASSWORD }, { env })).status).toBe(303);
    expect(await reasonOf(await redeem({ password: 'wrong' }, { env }))).toBe('password_wrong');
  });

  it('drops the claims of an old password', async () => {
    expect((await redeem({ password: PASSWORD, claim: CLAIM })).status).toBe(303);
    expect((await withClaim(CLAIM)).status).toBe(302);
    const path = `/v1/links/${link.id}`;
    const changed = { bearer: app.apiKey, body: { password: 'new password' } };
    expect((await request('PATCH', path, changed)).status).toBe(200);
    expect(await reasonOf(await withClaim(CLAIM))).toBe('password_required');
    expect((await redeem({ password: PASSWORD, claim: CLAIM })).status).toBe(403);
    expect((await redeem({ password: 'new password', claim: CLAIM })).status).toBe(303);
  });
});

describe('conditions', () => {
  it('keep a link shut until its time, to the second', async () => {
    const notBefore = new Date(Math.ceil(Date.now() / SECOND) * SECOND + 60 * SECOND);
    link = await minted(app, { notBefore: notBefore.toISOString() });
    expect(link.state).toBe('scheduled');
    const early = await open(link.url);
    expect(early.status).toBe(403);
    expect(await json(early)).toMatchObject({
      reason: 'not_yet',
      notBefore: notBefore.toISOString(),
    });
    vi.setSystemTime(notBefore.getTime());
    expect((await open(link.url)).status).toBe(302);
  });

  it('let in who comes from an allowed network, by the address Cloudflare saw', async () => {
    link = await minted(app, { allowCidrs: ['203.0.113.0/24', '2001:db8::/32'] });
    const at = (address: string, more = {}) =>
      open(link.url, { headers: { 'CF-Connecting-IP': address, ...more } });
    expect((await at('203.0.113.200')).status).toBe(302);
    expect((await at('2001:db8::1')).status).toBe(302);
    const spoofed = await at('198.51.100.1', { 'X-Forwarded-For': '203.0.113.1' });
    expect(spoofed.status).toBe(403);
    expect(await reasonOf(spoofed)).toBe('not_for_you');
    expect((await open(link.url)).status).toBe(403);
    expect(await seen()).toMatchObject({ denials: { address_not_allowed: 2 } });
  });

  it('let in nobody whose country is not known or not allowed', async () => {
    link = await minted(app, { allowCountries: ['DE', 'JP'] });
    const unknown = await open(link.url);
    expect(unknown.status).toBe(403);
    expect(await reasonOf(unknown)).toBe('not_for_you');
    expect(await seen()).toMatchObject({ denials: { country_not_allowed: 1 } });
  });
});

describe('the rate of a link', () => {
  it('lets exactly its limit through, and what comes at Retry-After passes', async () => {
    link = await minted(app, { rateLimit: { limit: 5, windowSeconds: 10 } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => open(link.url)));
    expect(answers.filter((answer) => answer.status === 302)).toHaveLength(5);
    const [limited] = answers.filter((answer) => answer.status === 429);
    expect(limited?.headers.get('Retry-After')).toBe('2');
    expect(limited?.headers.get('RateLimit-Policy')).toBe('"link";q=5;w=10');
    expect(limited?.headers.get('RateLimit')).toBe('"link";r=0;t=2');
    vi.setSystemTime(Date.now() + 2 * SECOND);
    const passed = await open(link.url);
    expect(passed.status).toBe(302);
    expect(passed.headers.get('RateLimit')).toBeNull();
    expect(await seen()).toMatchObject({ opens: 6, denials: { rate_limited: 95 } });
  });

  it('is 60 in 60 seconds, or what the app says', async () => {
    const modest = await makeApp({ defaults: { rateLimit: { limit: 1, windowSeconds: 60 } } });
    const { url } = await minted(modest);
    expect([(await open(url)).status, (await open(url)).status]).toEqual([302, 429]);
  });

  it('is not used up by pages, 428 and HEAD of limited links', async () => {
    link = await minted(app, { maxUses: 9, rateLimit: { limit: 1, windowSeconds: 60 } });
    for (let times = 0; times < 3; times++) {
      await open(link.url, { headers: PERSON });
      await open(link.url);
      await open(link.url, { method: 'HEAD' });
    }
    expect((await redeem()).status).toBe(303);
    expect((await redeem()).status).toBe(429);
    expect(await seen()).toMatchObject({ usesLeft: 8 });
  });

  it('holds for claims too', async () => {
    link = await minted(app, { maxUses: 1, rateLimit: { limit: 1, windowSeconds: 60 } });
    expect((await withClaim(CLAIM)).status).toBe(302);
    expect((await withClaim(CLAIM)).status).toBe(429);
  });
});

describe('a flood', () => {
  it('is shed before any storage where the binding says so', async () => {
    link = await minted(app);
    const FLOODS = { limit: async () => ({ success: false }) };
    const { env, operations } = countedEnv({ FLOODS });
    const answer = await open(link.url, { env });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('Retry-After')).toBe('10');
    expect(await reasonOf(answer)).toBe('rate_limited');
    expect(operations).toEqual([]);
  });

  it('is told apart by link, and nobody else is asked about', async () => {
    link = await minted(app);
    const keys: string[] = [];
    const FLOODS = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: true };
      },
    };
    await open(link.url, { env: { ...realEnv, FLOODS } });
    await open('https://x/AAAAAAAAAAAAAAAAAAAAAA', { env: { ...realEnv, FLOODS } });
    expect(keys).toEqual([link.id]);
  });

  it('is left to the gate where there is no binding, or one that fails', async () => {
    link = await minted(app);
    const failing = { limit: () => Promise.reject(new Error('down')) };
    for (const FLOODS of [undefined, failing]) {
      const env = { ...realEnv, FLOODS } as typeof realEnv;
      expect((await open(link.url, { env })).status).toBe(302);
    }
  });
});

describe('the page of a link', () => {
  const page = async (owner: TestApp, terms: object = {}) => {
    const link = await minted(owner, { confirm: true, ...terms });
    return (await open(link.url, { headers: { Accept: 'text/html' } })).text();
  };

  it('says from whom the file is, as text, and nothing where the app tells no name', async () => {
    const owner = await makeApp();
    expect(await page(owner)).not.toContain('From ');
    const publicName = '<b>Example\u202e</b> 😀';
    await request('PATCH', `/v1/apps/${owner.id}`, { bearer: OPERATOR, body: { publicName } });
    expect(await page(owner)).toContain('From <bdi>&lt;b&gt;Example\u202e&lt;/b&gt; 😀</bdi>');
    await request('PATCH', `/v1/apps/${owner.id}`, {
      bearer: OPERATOR,
      body: { publicName: null },
    });
    expect(await page(owner)).not.toContain('From ');
  });

  it('says what type it is served as, where that is known', async () => {
    const owner = await makeApp();
    expect(await page(owner, { contentType: 'application/pdf' })).toContain('<p>PDF</p>');
    const html = await page(owner, { contentType: 'application/vnd.ms-excel; charset=x' });
    expect(html).toContain('<p>application/vnd.ms-excel</p>');
  });
});
