// The arms of the bench: the baselines, and the product doing each of its jobs.

import { randomBytes } from 'node:crypto';
import { type BenchApp, DOWNLOAD, fillStoppedLedger, makeApp, mintLinks } from './gateway.ts';
import type { Arm } from './measure.ts';
import { type BenchWorker, productWorker, startBaseline, stateFolder } from './workers.ts';

/** Among so many links opens are spread, so that no one object is a queue. */
const LINKS = 16;
/** The most that a link allows; without it a strong link opens 60 times a minute. */
const FAST = { rateLimit: { limit: 10_000, windowSeconds: 1 } };
/** Gates write behind within 5 s, and report then. */
const SETTLE_SECONDS = 6;
const LEDGER_SIZES = [1_000, 100_000, 1_000_000];
const REVOCATIONS_PER_ROUND = 320;
const SIGNATURES_PER_REQUEST = 20;

/** Headers that the connection makes of its own. */
const OF_CONNECTION = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

const CONSTANT = 'constant 302';
const KV_REDIRECT = 'Hono + KV read + 302';
const SAME_IO = 'same I/O, AwsClient.sign';
const PLAIN_SIGN = 'AwsClient.sign';

/** Each in a workerd of its own: what one leaves to be done is on nobody else's account. */
export async function startArms(folder: string, largestLedger: number): Promise<Arm[]> {
  const sizes = LEDGER_SIZES.filter((size) => size <= largestLedger);
  const start = await productWorker(folder);
  return [
    ...(await baselineArms(folder)),
    ...(await forgedArms(folder, start)),
    await openArm(start, 'edge open', KV_REDIRECT, { consistency: 'edge' }),
    await openArm(start, 'strong open', SAME_IO, FAST),
    await limitedArm(start),
    await mintArm(start),
    await revokeArm(start),
    ...(sizes.length > 0 ? await listArms(folder, start, sizes) : []),
  ];
}

type StartProduct = (name: string) => Promise<BenchWorker>;

async function baselineArms(folder: string): Promise<Arm[]> {
  const constant = await startBaseline(folder, 'constant');
  const kvRedirect = await startBaseline(folder, 'kv-redirect');
  const sameIo = await startBaseline(folder, 'same-io');
  const signing = await startBaseline(folder, 'presign');
  const paths = Array.from({ length: LINKS }, (_, index) => ({ path: `/link-${index}` }));
  const signatures = { ...on(signing), status: 200, perRequest: SIGNATURES_PER_REQUEST };
  return [
    { name: CONSTANT, ...on(constant), status: 302, requests: paths },
    { name: KV_REDIRECT, ...on(kvRedirect), status: 302, requests: paths },
    {
      name: SAME_IO,
      ...on(sameIo),
      status: 302,
      requests: paths,
      settleSeconds: SETTLE_SECONDS,
    },
    { name: PLAIN_SIGN, ...signatures, requests: [{ path: '/aws4fetch' }] },
    { name: 'presign', baseline: PLAIN_SIGN, ...signatures, requests: [{ path: '/product' }] },
  ];
}

/** A forged token, and beside it what its answer costs when nothing is checked. */
async function forgedArms(folder: string, start: StartProduct): Promise<Arm[]> {
  const requests = Array.from({ length: LINKS }, () => ({ path: `/${forgedToken()}` }));
  const product = await start('forged');
  const answer = await fetch(`${product.origin}/${forgedToken()}`);
  const { status } = answer;
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !OF_CONNECTION.has(name)),
  );
  const ANSWER = { status, headers, body: await answer.text() };
  const constant = await startBaseline(folder, 'answer', { ANSWER });
  const terms = { baseline: CONSTANT, status, requests };
  return [
    { name: 'its answer, constant', ...on(constant), ...terms },
    { name: 'forged token', ...on(product), ...terms },
  ];
}

async function openArm(
  start: StartProduct,
  name: string,
  baseline: string,
  terms: object,
): Promise<Arm> {
  const product = await start(name);
  const requests = await linkRequests(product, terms);
  const settleSeconds = baseline === SAME_IO ? SETTLE_SECONDS : undefined;
  return { name, baseline, ...on(product), status: 302, requests, settleSeconds };
}

async function limitedArm(start: StartProduct): Promise<Arm> {
  const terms = { ...FAST, maxUses: 1_000_000 };
  const arm = await openArm(start, 'limited open, a new claim each', SAME_IO, terms);
  const requests = arm.requests.map((asked) => ({
    ...asked,
    setupRequest: (request: object) => ({ ...request, headers: { 'Hallpass-Claim': newClaim() } }),
  }));
  return { ...arm, requests };
}

async function mintArm(start: StartProduct): Promise<Arm> {
  const product = await start('mint');
  const headers = {
    ...bearer(await makeApp(product.origin)),
    'Content-Type': 'application/json',
  };
  const body = JSON.stringify({ ...DOWNLOAD, tags: ['bench'] });
  return {
    name: 'mint',
    ...on(product),
    status: 201,
    requests: [{ method: 'POST', path: '/v1/links', headers, body }],
  };
}

async function revokeArm(start: StartProduct): Promise<Arm> {
  const product = await start('revoke');
  const app = await makeApp(product.origin);
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

/** The ledgers are filled while nobody has them open. */
async function listArms(
  folder: string,
  start: StartProduct,
  sizes: readonly number[],
): Promise<Arm[]> {
  const name = 'lists';
  const first = await start(name);
  const ledgers: { app: BenchApp; size: number; original: string }[] = [];
  for (const size of sizes) {
    const app = await makeApp(first.origin);
    const [link] = await mintLinks(first.origin, app, 1, { tags: ['tag-0'] });
    ledgers.push({ app, size, original: link?.id ?? '' });
  }
  await first.stop();
  for (const { original, size } of ledgers) {
    await fillStoppedLedger(stateFolder(folder, name), original, size);
  }
  const product = await start(name);
  return ledgers.flatMap(({ app, size }) => listArmsOf(product, app, size, sizes[0] ?? size));
}

function listArmsOf(product: BenchWorker, app: BenchApp, size: number, smallest: number): Arm[] {
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
    baseline: size === smallest ? undefined : nameOf(query, smallest),
    ...on(product),
    status: 200,
    requests: [{ path: `/v1/links${search}`, headers: bearer(app) }],
  }));
}

const on = ({ origin, pid }: BenchWorker) => ({ origin, pid });

const bearer = ({ apiKey }: BenchApp) => ({ Authorization: `Bearer ${apiKey}` });

const newClaim = () => randomBytes(16).toString('hex');

/** Of the right length and letters, and authentic by a chance of 2⁻⁴⁰. */
const forgedToken = () =>
  `1${randomBytes(21).toString('base64url').replace(/[-_]/g, '0').slice(0, 21)}`;

async function linkRequests(product: BenchWorker, terms: object) {
  const app = await makeApp(product.origin);
  const links = await mintLinks(product.origin, app, LINKS, terms);
  return links.map(({ url }) => ({ path: new URL(url).pathname }));
}
