// The page of an upload link as it leaves the gateway; what it does in a browser is tested end to end.

import { beforeEach, describe, expect, it } from 'vitest';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  open,
  realEnv,
  request,
  type TestApp,
} from '../../support/api.ts';

const PERSON = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const HOSTILE = '"><script>alert(1)</script>';

let app: TestApp;

beforeEach(async () => {
  app = await makeApp({ stores: ['demo', 'other'] });
});

function mintUpload(more: object = {}, upload: object = {}): Promise<MintedOnWire> {
  return minted(app, {
    key: 'secret-place/report.pdf',
    operation: 'upload',
    upload: { maxBytes: 5_000_000, ...upload },
    ...more,
  });
}
const look = (link: MintedOnWire, options = {}) => open(link.url, { headers: PERSON, ...options });
const pageOf = async (link: MintedOnWire) => (await look(link)).text();
const cookieOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split(';')[0];
const begin = (link: MintedOnWire, body: object = { size: 1 }) =>
  request('POST', `${new URL(link.url).pathname}/uploads`, { body });

describe('the page of an upload link', () => {
  it('says what may be sent before anything is', async () => {
    const html = await pageOf(
      await mintUpload({ maxUses: 3 }, { contentTypes: ['image/*', 'application/pdf'] }),
    );
    expect(html).toContain('<title>Private link</title>');
    expect(html).toContain('This link takes one file of up to 5 MB.');
    expect(html).toContain('It takes images and PDF documents only.');
    expect(html).toMatch(/It ends in <time [^>]*>10 minutes<\/time>\./);
    expect(html).toContain('It can be used 3 more times.');
    expect(html).toContain('accept="image/*,application/pdf"');
    expect(html).not.toMatch(/<input[^>]* multiple/);
  });

  it('takes many files where a prefix is granted', async () => {
    const html = await pageOf(await mintUpload({ key: 'drop/' }));
    expect(html).toContain('This link takes files of up to 5 MB each.');
    expect(html).toMatch(/<input[^>]* multiple/);
  });

  it('shows the field for a password only where there is one', async () => {
    const form = /<form id="password-form"[^>]*>/;
    expect((await pageOf(await mintUpload({ password: 'x' }))).match(form)?.[0]).not.toMatch(
      /hidden/,
    );
    expect((await pageOf(await mintUpload())).match(form)?.[0]).toMatch(/hidden/);
  });

  it('tells nothing of keys, buckets and notes', async () => {
    const hostile = await mintUpload({
      ...{ key: `secret-place/${HOSTILE}`, note: HOSTILE },
    });
    const html = await pageOf(hostile);
    expect(html).not.toMatch(/secret-place|private-bucket|eu-central-1|alert\(1\)/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it('gives two lines of curl to who runs no script, at the address that links have', async () => {
    const link = await mintUpload();
    const [noscript = ''] = /<noscript>.*<\/noscript>/s.exec(await pageOf(link)) ?? [];
    expect(noscript).toContain(`&#39;${link.url}/uploads&#39; -o upload.curl`);
    expect(noscript).toContain('curl -fsS -K upload.curl -T FILE');
    expect(noscript).not.toContain('PASSWORD');
    const locked = await mintUpload({ password: 'one-password' });
    const lockedPage = await pageOf(locked);
    expect(lockedPage).toContain('--data-urlencode password=PASSWORD');
    expect(lockedPage).toContain('Replace FILE, TYPE and PASSWORD');
  });

  it('may send to the gateway and the store of its grant, and run its own script alone', async () => {
    const policyOf = async (link: MintedOnWire) =>
      (await look(link)).headers.get('Content-Security-Policy')?.split('; ');
    const policy = await policyOf(await mintUpload());
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self' https://s3.eu-central-1.amazonaws.com");
    expect(policy?.join()).not.toMatch(/unsafe|\*/);
    const virtual = await mintUpload({ store: 'other' }, { overwrite: true });
    expect(await policyOf(virtual)).toContain(
      "connect-src 'self' https://other-bucket.account.r2.cloudflarestorage.com",
    );
  });

  it('is not there when the store was pointed elsewhere', async () => {
    const link = await mintUpload();
    const demo = { ...(realEnv.STORES as Record<string, object>).demo, bucket: 'another-bucket' };
    const env = { ...realEnv, STORES: { demo } };
    expect((await look(link, { env })).status).toBe(503);
  });

  it('is a problem to programs, and nothing at all to HEAD', async () => {
    const link = await mintUpload();
    const program = await open(link.url);
    expect(program.status).toBe(409);
    expect((await json(program)).reason).toBe('wrong_operation');
    const head = await look(link, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    expect(head.headers.get('X-Robots-Tag')).toBe('noindex, nofollow');
  });

  it('is shown to its own sender and nobody else once the link is used up', async () => {
    const link = await mintUpload({ maxUses: 1 });
    const begun = await begin(link);
    expect(begun.headers.get('Set-Cookie')).toContain(`Path=${new URL(link.url).pathname};`);
    expect((await look(link)).status).toBe(410);
    const own = await look(link, { headers: { ...PERSON, Cookie: cookieOf(begun) } });
    expect(own.status).toBe(200);
    expect(await own.text()).toContain('takes nothing but what you began to send');
  });
});

describe('the script of the upload page', () => {
  it('is served at the path that the page names, and may be kept', async () => {
    const [, path = ''] =
      /<script type="module" src="([^"]+)"/.exec(await pageOf(await mintUpload())) ?? [];
    expect(path).toMatch(/^\/upload\.js\?v=[0-9a-f]{12}$/);
    const script = await request('GET', path);
    expect(script.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('Cache-Control')).toBe('public, max-age=3600');
    expect(script.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('fits with the page and the style into 30 KiB, compressed', async () => {
    const link = await mintUpload();
    const texts = [await pageOf(link)];
    for (const path of ['/upload.js', '/style.css']) {
      texts.push(await (await request('GET', path)).text());
    }
    let bytes = 0;
    for (const text of texts) {
      const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
      bytes += (await new Response(zipped).arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThan(30 * 1_024);
  });
});
