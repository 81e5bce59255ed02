// An app, its API key and a sample link, made through the HTTP API as any operator would.

import { readJson, writeJson } from './private-file.ts';
import { stop } from './stop.ts';

const EVERY_SCOPE = [
  'links:mint',
  'links:read',
  'links:revoke',
  'events:read',
  'webhooks:manage',
  'keys:manage',
];

type DemoAccess = { apiKey: string; stores: string[] };

export type SampleLink = { id: string; url: string; expiresAt: string };

/** The kept API key while the gateway accepts it and it is for these stores, else a new one. */
export async function keepApiKey(options: {
  file: string;
  gateway: string;
  adminToken: string;
  stores: string[];
}): Promise<string> {
  const { file, gateway, adminToken, stores } = options;
  const kept = readJson<DemoAccess>(file);
  const isForStores = kept?.stores.join() === stores.join();
  if (kept && isForStores && (await isAccepted(gateway, kept.apiKey))) return kept.apiKey;

  const app = await post<{ id: string }>(`${gateway}/v1/apps`, adminToken, {
    name: 'demo',
    stores,
  });
  const { apiKey } = await post<{ apiKey: string }>(`${gateway}/v1/keys`, adminToken, {
    app: app.id,
    scopes: EVERY_SCOPE,
  });
  writeJson(file, { apiKey, stores } satisfies DemoAccess);
  return apiKey;
}

export function mintLink(gateway: string, apiKey: string, terms: object): Promise<SampleLink> {
  return post(`${gateway}/v1/links`, apiKey, terms);
}

async function isAccepted(gateway: string, apiKey: string): Promise<boolean> {
  // No such link: the answer is 404 to a good key and 401 to any other.
  const url = `${gateway}/v1/links/lnk_none`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${apiKey}` } });
  await response.body?.cancel();
  return response.status !== 401;
}

async function post<T>(url: string, secret: string, body: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (response.ok) return JSON.parse(answer) as T;
  stop(`The gateway answered ${response.status} to POST ${new URL(url).pathname}: ${answer}`);
}
