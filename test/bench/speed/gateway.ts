// The product's API as the bench uses it: apps without quotas in its way, links of each kind, and ledgers
// that hold many.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fillLedger } from '../fill.ts';
import { ADMIN_TOKEN } from './workers.ts';

const SCOPES = ['links:mint', 'links:read', 'links:revoke'];
/** As many as a key may have, and quotas that need no counting of rows. */
const REQUESTS_PER_MINUTE = 60_000;
const PLENTY = 10_000_000;
const LARGEST_BATCH = 100;

export const DOWNLOAD = {
  store: 'demo',
  key: 'reports/q3.pdf',
  operation: 'download',
  ttlSeconds: 86_400,
} as const;

export type BenchApp = { readonly id: string; readonly apiKey: string; readonly keyId: string };

type Link = { readonly id: string; readonly url: string };

export async function makeApp(origin: string): Promise<BenchApp> {
  const operator = (method: string, path: string, body: object) =>
    call<Record<'id' | 'apiKey', string>>(origin, ADMIN_TOKEN, method, path, body);
  const { id } = await operator('POST', '/v1/apps', { name: 'Bench', stores: ['demo'] });
  const quotas = { liveLinks: PLENTY, mintsPerDay: PLENTY };
  await operator('PATCH', `/v1/apps/${id}`, { quotas });
  const terms = { app: id, scopes: SCOPES, requestsPerMinute: REQUESTS_PER_MINUTE };
  const key = await operator('POST', '/v1/keys', terms);
  return { id, apiKey: key.apiKey, keyId: key.id };
}

export async function mintLinks(
  origin: string,
  { apiKey }: BenchApp,
  count: number,
  terms: object = {},
): Promise<Link[]> {
  const links: Link[] = [];
  while (links.length < count) {
    const length = Math.min(LARGEST_BATCH, count - links.length);
    const body = { links: Array.from({ length }, () => ({ ...DOWNLOAD, ...terms })) };
    const batch = await call<{ results: { link: Link }[] }>(
      origin,
      apiKey,
      'POST',
      '/v1/links/batch',
      body,
    );
    links.push(...batch.results.map(({ link }) => link));
  }
  return links;
}

/** Writes copies of a link into the ledger that has it. Its workerd must have been stopped. */
export async function fillStoppedLedger(
  stateFolder: string,
  original: string,
  size: number,
): Promise<void> {
  const folder = join(stateFolder, 'do', '-AppLedger');
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.sqlite') || name === 'metadata.sqlite') continue;
    const database = new DatabaseSync(join(folder, name));
    try {
      if (!hasLink(database, original)) continue;
      await fillLedger(original, size, (statements) => {
        database.exec('BEGIN');
        for (const { sql, bindings } of statements) database.prepare(sql).run(...bindings);
        database.exec('COMMIT');
      });
      return;
    } finally {
      database.close();
    }
  }
  throw new Error('no ledger has the link');
}

function hasLink(database: DatabaseSync, id: string): boolean {
  const query = "SELECT 1 FROM sqlite_master WHERE name = 'links'";
  if (!database.prepare(query).get()) return false;
  return database.prepare('SELECT 1 FROM links WHERE id = ?').get(id) !== undefined;
}

async function call<Body>(
  origin: string,
  bearer: string,
  method: string,
  path: string,
  body: object,
): Promise<Body> {
  const response = await fetch(origin + path, {
    method,
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Body;
}
