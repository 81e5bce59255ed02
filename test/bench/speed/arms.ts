// The arms of the bench: the baselines, and the product doing each of its jobs.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type BenchApp, DOWNLOAD, fillStoppedLedger, makeApp, mintLinks } from './gateway.ts';
import type { Arm } from './measure.ts';
import { type BenchWorker, productWorker, startBaseline } from './workers.ts';

/** Among so many links opens are spread: one alone would be one object's queue, and a flood. */
const LINKS = 64;
const LEDGER_SIZES = [1_000, 100_000, 1_000_000];
/** The most that a link allows; without it a strong link opens 60 times a minute. */
const FAST = { rateLimit: { limit: 10_000, windowSeconds: 1 } };
const REVOCATIONS_PER_ROUND = 320;
const SIGNATURES_PER_REQUEST = 20;

const CONSTANT = 'constant 302';
const KV_REDIRECT = 'Hono + KV read + 302';
const SAME_IO = 'same I/O, AwsClient.sign';
const PLAIN_SIGN = 'AwsClient.sign';

export async function startArms(folder: string, largestLedger: number): Promise<Arm[]> {
  const constant = await startBaseline(folder, 'constant');
  const kvRedirect = await startBaseline(folder, 'kv-redirect');
  const sameIo = await startBaseline(folder, 'same-io');
  const signing = await startBaseline(folder, 'presign');
  const sizes = LEDGER_SIZES.filter((size) => size <= largestLedger);
  const { product, apps } = await startFilledProduct(folder, sizes);
  const app = await makeApp(product.origin);
  const paths = Array.from({ length: LINKS }, (_, index) => `/link-${index}`);

  const signatures = { status: 200, perRequest: SIGNATURES_PER_REQUEST };
  return [
    { name: CONSTANT, ...on(constant), status: 302, requests: gets(paths) },
    { name: KV_REDIRECT, ...on(kvRedirect), status: 302, requests: gets(paths) },
    { name: SAME_IO, ...on(sameIo), status: 302, requests: gets(paths) },
    { name: PLAIN_SIGN, ...on(signing), ...signatures, requests: gets(['/aws4fetch']) },
    {
      name: 'presign',
      baseline: PLAIN_SIGN,
      ...on(signing),
      ...signatures,
      requests: gets(['/product']),
    },
    {
      name: 'forged token',
      baseline: CONSTANT,
      ...on(product),
      status: 404,
      requests: gets(paths.map(() => `/${forgedToken()}`)),
    },
    {
      name: 'edge open',
      baseline: KV_REDIRECT,
      ...on(product),
      status: 302,
      requests: gets(await tokens(product, app, { consistency: 'edge' })),
    },
    {
      name: 'strong open',
      baseline: SAME_IO,
      ...on(product),
      status: 302,
      requests: gets(await tokens(product, app, FAST)),
    },
    {
      name: 'limited open, a new claim each',
      baseline: SAME_IO,
      ...on(product),
      status: 302,
      requests: (await tokens(product, app, { ...FAST, maxUses: 1_000_000 })).map((path) => ({
        path,
        setupRequest: (request) => ({ ...request, headers: { 'Hallpass-Claim': newClaim() } }),
      })),
    },
    {
      name: 'mint',
      ...on(product),
      status: 201,
      requests: [
        {
          method: 'POST',
          path: '/v1/links',
          headers: { ...bearer(app), 'Content-Type': 'application/json' },
          body: JSON.stringify({ ...DOWNLOAD, tags: ['bench'] }),
        },
      ],
    },
    revokeArm(product, app),
    ...sizes.flatMap((size, index) => listArms(product, apps[index] as BenchApp, size, sizes)),
  ];
}

/** The ledgers are filled while nobody has them open. */
async function startFilledProduct(folder: string, sizes: readonly number[]) {
  const start = await productWorker(folder);
  const first = await start();
  const apps: BenchApp[] = [];
  const originals: string[] = [];
  for (const _ of sizes) {
    const app = await makeApp(first.origin);
    const [link] = await mintLinks(first.origin, app, 1, { tags: ['tag-0'] });
    apps.push(app);
    originals.push(link?.id ?? '');
  }
  await first.stop();
  for (const [index, size] of sizes.entries()) {
    await fillStoppedLedger(join(folder, 'product-state'), originals[index] as string, size);
  }
  return { product: await start(), apps };
}

function revokeArm(product: BenchWorker, app: BenchApp): Arm {
  const waiting: string[] = [];
  return {
    name: 'revoke',
    ...on(product),
    status: 200,
    async prepare() {
      const links = await mintLinks(product.origin, app, REVOCATIONS_PER_ROUND);
      waiting.splice(0, waiting.length, ...links.map(({ id }) => id));
      return REVOCATIONS_PER_ROUND;
    },
    requests: [
      {
        method: 'DELETE',
        headers: bearer(app),
        // autocannon builds each connection's first request once more, before there is anything to end.
        setupRequest: (request) => ({ ...request, path: `/v1/links/${waiting.pop() ?? 'none'}` }),
      },
    ],
  };
}

function listArms(
  product: BenchWorker,
  app: BenchApp,
  size: number,
  sizes: readonly number[],
): Arm[] {
  const queries = {
    newest: '',
    'store + key': '?store=demo&key=reports/17.pdf',
    tag: '?tag=tag-17',
    mintedBy: `?mintedBy=${app.keyId}`,
  };
  const nameOf = (query: string, links: number) =>
    `list ${query}, ${links.toLocaleString('en')} links`;
  return Object.entries(queries).map(([query, search]) => ({
    name: nameOf(query, size),
    baseline: size === sizes[0] ? undefined : nameOf(query, sizes[0] as number),
    ...on(product),
    status: 200,
    requests: [{ path: `/v1/links${search}`, headers: bearer(app) }],
  }));
}

const on = ({ origin, pid }: BenchWorker) => ({ origin, pid });

const gets = (paths: readonly string[]) => paths.map((path) => ({ path }));

const bearer = ({ apiKey }: BenchApp) => ({ Authorization: `Bearer ${apiKey}` });

const newClaim = () => randomBytes(16).toString('hex');

/** Of the right length and letters, and authentic by a chance of 2⁻⁴⁰. */
const forgedToken = () =>
  `1${randomBytes(21).toString('base64url').replace(/[-_]/g, '0').slice(0, 21)}`;

async function tokens(product: BenchWorker, app: BenchApp, terms: object): Promise<string[]> {
  const links = await mintLinks(product.origin, app, LINKS, terms);
  return links.map(({ url }) => new URL(url).pathname);
}
