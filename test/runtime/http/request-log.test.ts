// The line of log that a request leaves, and the measurement: what is in them, and which requests have one.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import type { Env } from '../../../src/config.ts';
import {
  type ApiOptions,
  DOWNLOAD,
  json,
  makeApp,
  mint,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  type TestApp,
} from '../../support/api.ts';
import { answering, countedEnv } from '../../support/counted-env.ts';
import { untilLogged } from '../../support/log.ts';

type Line = Record<string, unknown>;

let app: TestApp;
let lines: Line[];
let points: AnalyticsEngineDataPoint[];
/** Keeps every line and every data point. */
let env: Env;

beforeEach(async () => {
  app = await makeApp();
  lines = [];
  points = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  env = watched({ LOG_REQUESTS: 'all' });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function logged(): Promise<Line[]> {
  await untilLogged();
  return lines;
}

function watched(settings: object): Env {
  const ANALYTICS = {
    writeDataPoint: (point: AnalyticsEngineDataPoint) => void points.push(point),
  };
  return { ...realEnv, ANALYTICS, ...settings };
}

const redeem = (url: string, fields: object, options: ApiOptions = {}) =>
  open(url, { env, method: 'POST', body: fields, ...options });
const measured = () => points.map(({ blobs }) => `${blobs?.[0]} ${blobs?.[1]}`);

describe('the line of a request', () => {
  it('has the template of its route, and what was done with which link of whom', async () => {
    const response = await mint(app, {}, { env });
    const { id, url } = await json<{ id: string; url: string }>(response);
    await open(url, { env });
    await request('DELETE', `/v1/links/${id}`, { bearer: OPERATOR, env });
    expect(await logged()).toEqual([
      {
        ...{ event: 'request.answered', route: '/v1/links', method: 'POST', status: 201 },
        ...{ outcome: 'minted', link: id, app: app.id, durationMs: expect.any(Number) },
      },
      {
        ...{ event: 'request.answered', route: '/:token', method: 'GET', status: 302 },
        ...{ outcome: 'opened', link: id, app: app.id, durationMs: expect.any(Number) },
      },
      {
        ...{ event: 'request.answered', route: '/v1/links/:id', method: 'DELETE', status: 200 },
        ...{ outcome: 'revoked', link: id, app: app.id, durationMs: expect.any(Number) },
      },
    ]);
  });

  it('has the reason that operators see, not the one that the public is told', async () => {
    const { id, url } = await minted(app, { allowCidrs: ['192.0.2.0/24'] });
    const response = await open(url, { env, headers: { 'CF-Connecting-IP': '198.51.100.7' } });
    expect((await json(response)).reason).toBe('not_for_you');
    expect(await logged()).toMatchObject([
      { outcome: 'refused', status: 403, reason: 'address_not_allowed', link: id, app: app.id },
    ]);
    expect(JSON.stringify(await logged())).not.toContain('198.51.100.7');
  });

  it('tells a redeem, a page that asks for one, and an outage apart', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { url } = await minted(app, { maxUses: 2 });
    await open(url, { env, headers: { Accept: 'text/html' } });
    await open(url, { env });
    await open(url, { env, method: 'HEAD' });
    await redeem(url, {});
    const down = answering<Env['GATES']>(() => Promise.reject(new Error('down')));
    await redeem(url, {}, { env: { ...env, GATES: down } });
    await open(url, { env, headers: { 'Sec-Purpose': 'prefetch' } });
    expect(
      (await logged()).map(({ method, outcome, reason }) => [method, outcome, reason]),
    ).toEqual([
      ['GET', 'confirm_asked', undefined],
      ['GET', 'refused', 'confirm_required'],
      ['HEAD', 'confirm_asked', undefined],
      ['POST', 'redeemed', undefined],
      ['POST', 'failed', 'unavailable'],
      ['GET', 'refused', 'prefetch'],
    ]);
  });

  it('has nothing that a client wrote, but a ray id that is one', async () => {
    const { url } = await minted(app);
    const token = new URL(url).pathname.slice(1);
    const bearer = `${app.apiKey}x`;
    const headers = { 'cf-ray': '8f2a3b4c5d6e7f80-FRA', 'X-Secret': token };
    await open(url, { env, headers: { 'cf-ray': token } });
    await open(`${url}?password=${token}`, { env, headers });
    await request('GET', `/v1/links/${token}`, { env, bearer: app.apiKey });
    await request('GET', `/v1/links/lnk_${token}?app=${token}`, { env, bearer: OPERATOR });
    await request('GET', `/v1/events?app=${token}`, { env, bearer: OPERATOR });
    await request('DELETE', `/v1/links/${token}`, { env, bearer });
    await request('GET', `/${token}/${token}`, { env });
    await request('GET', `/${token}x`, { env });
    await request('POST', `/${token}/uploads/${token}/complete`, { env });
    await request('GET', `/admin/links?q=${token}`, { env });
    await request('REPORT', `/${token}`, { env });
    expect(await logged()).toHaveLength(11);
    const text = JSON.stringify(await logged());
    for (const secret of [token, app.apiKey]) expect(text).not.toContain(secret);
    expect((await logged()).map(({ ray }) => ray).filter(Boolean)).toEqual([
      '8f2a3b4c5d6e7f80-FRA',
    ]);
    expect((await logged()).map(({ method, route, reason }) => [method, route, reason])).toEqual([
      ['GET', '/:token', undefined],
      ['GET', '/:token', undefined],
      ['GET', '/v1/links/:id', 'link_not_found'],
      ['GET', '/v1/links/:id', 'app_not_found'],
      ['GET', '/v1/events', 'app_not_found'],
      ['DELETE', '/v1/links/:id', 'unauthenticated'],
      ['GET', '/*', 'not_found'],
      ['GET', '/:token', 'not_found'],
      ['POST', '/:token/uploads/:id/complete', 'upload_not_found'],
      ['GET', '/admin/links', undefined],
      ['OTHER', '/:token', 'method_not_allowed'],
    ]);
  });

  it('is there by default only for what was refused or failed', async () => {
    const { url } = await minted(app);
    const { url: ended, id: endedId } = await minted(app);
    await request('DELETE', `/v1/links/${endedId}`, { bearer: app.apiKey });

    const settings = [
      { LOG_REQUESTS: undefined },
      { LOG_REQUESTS: 'refused' },
      { LOG_REQUESTS: 'none' },
    ];
    const found: unknown[] = [];
    for (const setting of settings) {
      lines.length = 0;
      await open(url, { env: watched(setting) });
      await open(ended, { env: watched(setting) });
      found.push((await logged()).map(({ reason }) => reason));
    }
    expect(found).toEqual([['revoked'], ['revoked'], []]);
  });

  it('is not there for a stranger’s guess, however many there are', async () => {
    const { url } = await minted(app);
    const byDefault = { env: watched({ LOG_REQUESTS: undefined }) };
    await open(`${url}x`, byDefault);
    await request('GET', '/nothing/here', byDefault);
    await request('GET', '/v1/links', { ...byDefault, bearer: 'hp_guessed' });
    expect(await logged()).toEqual([]);
    // Of whoever has a key it is.
    await request('GET', '/v1/links/lnk_guessed', { ...byDefault, bearer: app.apiKey });
    expect((await logged()).map(({ reason }) => reason)).toEqual(['link_not_found']);
  });

  it('is never there for what is the same for everybody', async () => {
    const files = createHallpass().routes.flatMap(({ path }) => (path.includes('.') ? [path] : []));
    expect(files).toEqual(expect.arrayContaining(['/style.css', '/upload.js', '/openapi.json']));
    for (const path of ['/', '/healthz', '/docs', ...files]) await request('GET', path, { env });
    expect(await logged()).toEqual([]);
    expect(points).toEqual([]);
  });
});

describe('a measurement', () => {
  it('is one data point for each outcome of an open, a redeem, a mint and a revoke', async () => {
    const response = await mint(app, { maxUses: 1 }, { env });
    const { id, url } = await json<{ id: string; url: string }>(response);
    await mint(app, { ttlSeconds: 1e12 }, { env });
    await redeem(url, {});
    await redeem(url, {});
    await request('GET', `/v1/links/${id}`, { bearer: app.apiKey, env });
    await request('DELETE', `/v1/links/${id}`, { bearer: app.apiKey, env });
    expect(measured()).toEqual([
      '/v1/links minted',
      '/v1/links invalid_request',
      '/:token redeemed',
      '/:token used_up',
      '/v1/links/:id revoked',
    ]);
    expect(points[0]).toEqual({
      indexes: [app.id],
      blobs: ['/v1/links', 'minted', '-'],
      doubles: [expect.any(Number), 1],
    });
  });

  it('counts what a batch minted and a bulk revocation ended, and nothing of a dry run', async () => {
    const links = [DOWNLOAD, DOWNLOAD, { ...DOWNLOAD, store: 'other' }, {}];
    await request('POST', '/v1/links/batch', { bearer: app.apiKey, body: { links }, env });
    const body = { all: true, dryRun: true };
    await request('POST', '/v1/links/revoke', { bearer: app.apiKey, body, env });
    await request('POST', '/v1/links/revoke', { bearer: app.apiKey, body: { all: true }, env });
    expect(points.map(({ blobs, doubles }) => [blobs?.[1], doubles?.[1]])).toEqual([
      ['minted', 2],
      ['outside_bounds', 1],
      ['invalid_request', 1],
      ['revoked', 2],
    ]);
  });

  it('has the country, and knows the app of what was refused where KV knows it', async () => {
    const { url } = await minted(app, { ttlSeconds: 60 });
    await open(`${url}x`, { env });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    await open(url, { env });
    vi.useRealTimers();
    expect(points.map(({ indexes, blobs }) => [indexes?.[0], blobs?.[1]])).toEqual([
      ['-', 'not_found'],
      [app.id, 'expired'],
    ]);
  });

  it('that goes wrong changes no answer', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { url } = await minted(app);
    const writeDataPoint = () => {
      throw new TypeError('no more data points');
    };
    const response = await open(url, { env: { ...env, ANALYTICS: { writeDataPoint } } });
    expect(response.status).toBe(302);
    await untilLogged();
    expect(warned.mock.calls).toEqual([[{ event: 'measurement.lost', error: 'TypeError' }]]);
  });
});

it('lines and measurements cost an open, a redeem and a mint no storage operation', async () => {
  const operationsOf = async (settings: object) => {
    const { env, operations } = countedEnv({ ...watched(settings) });
    const response = await mint(app, {}, { env });
    const { url } = await json<{ url: string }>(response);
    await open(url, { env });
    await open(`${url}x`, { env });
    const limited = await minted(app, { maxUses: 1 });
    await redeem(limited.url, {}, { env });
    return operations;
  };
  const none = await operationsOf({ LOG_REQUESTS: 'none', ANALYTICS: undefined });
  expect(await logged()).toEqual([]);
  expect(none).toEqual([
    ...['ledger.mint', 'kv.put'],
    ...['kv.get', 'gate.open'],
    ...['kv.get', 'gate.open'],
  ]);
  expect(await operationsOf({ LOG_REQUESTS: 'all' })).toEqual(none);
  expect(await logged()).toHaveLength(4);
  expect(points).toHaveLength(4);
});
