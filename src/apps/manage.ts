// Operators make apps and give them API keys.

import { encodeBase62 } from '../lib/base62.ts';
import type { Random } from '../lib/random.ts';
import type { Clock } from '../lib/time.ts';
import { API_KEY_RANDOM_BYTES, type ApiKeys, type KeyId } from './api-key.ts';
import type { App, AppBounds, AppDefaults } from './app.ts';
import type { AppKeys, Apps } from './ports.ts';

/** An id names an app, it isn't a secret: 72 bits keep two from meeting. */
const APP_ID_BYTES = 9;

export async function createApp(
  services: { apps: Apps; random: Random; clock: Clock },
  request: AppBounds & { readonly name: string; readonly defaults: AppDefaults },
): Promise<App> {
  const app: App = {
    ...request,
    id: encodeBase62(services.random(APP_ID_BYTES)),
    createdAt: services.clock(),
  };
  await services.apps.add(app);
  return app;
}

export type CreatedKey = {
  readonly id: KeyId;
  readonly app: string;
  /** In clear here and never again. */
  readonly apiKey: string;
  readonly createdAt: number;
};

/** Answers `undefined` when there is no such app. */
export async function createKey(
  services: { appKeys: AppKeys; apiKeys: ApiKeys; random: Random; clock: Clock },
  app: string,
): Promise<CreatedKey | undefined> {
  const createdAt = services.clock();
  const { apiKey, credential } = await services.apiKeys.make(
    app,
    services.random(API_KEY_RANDOM_BYTES),
  );
  const { keyId: id, hash } = credential;
  const known = await services.appKeys.addKey(app, { id, hash, createdAt });
  return known ? { id, app, apiKey, createdAt } : undefined;
}
