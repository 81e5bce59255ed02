// API keys, apps and stores, as apps and operators manage them.

import type { Api, CallOptions, CreateOptions } from './api.ts';
import { pages } from './paging.ts';
import type {
  App,
  AppChange,
  CountedApp,
  CreatedKey,
  Key,
  NewApp,
  NewKey,
  Store,
  StoreCheck,
  StoreProbe,
} from './types.ts';

const PAGE = 200;

/** Operators name the app whose keys are meant; an API key has one. */
type OfApp = CallOptions & { readonly app?: string | undefined };

export function createKeys(api: Api) {
  const path = (id: string) => `/v1/keys/${encodeURIComponent(id)}`;
  return {
    /** Makes an API key; `apiKey` is in this answer and nowhere else. */
    create(key: NewKey, options: CreateOptions = {}): Promise<CreatedKey> {
      return api({
        method: 'POST',
        path: '/v1/keys',
        body: key,
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    list({ app, ...options }: OfApp = {}): AsyncGenerator<Key, void> {
      return pages((cursor) =>
        api({ method: 'GET', path: '/v1/keys', query: { app, limit: PAGE, cursor }, ...options }),
      );
    },
    /** Makes the successor of an API key; both are in force for 24 hours. */
    rotate(id: string, { app, ...options }: OfApp & CreateOptions = {}): Promise<CreatedKey> {
      return api({
        method: 'POST',
        path: `${path(id)}/rotate`,
        query: { app },
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    /** Revokes an API key with those it made, and with `revokeLinks` every link they minted. */
    revoke(
      id: string,
      { app, revokeLinks, ...options }: OfApp & { readonly revokeLinks?: boolean } = {},
    ): Promise<Key> {
      return api({ method: 'DELETE', path: path(id), query: { app, revokeLinks }, ...options });
    },
  };
}

export function createAppsApi(api: Api) {
  const path = (id: string) => `/v1/apps/${encodeURIComponent(id)}`;
  return {
    create(app: NewApp, options: CreateOptions = {}): Promise<App> {
      return api({
        method: 'POST',
        path: '/v1/apps',
        body: app,
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    list(options: CallOptions = {}): AsyncGenerator<App, void> {
      return pages((cursor) =>
        api({ method: 'GET', path: '/v1/apps', query: { limit: PAGE, cursor }, ...options }),
      );
    },
    inspect(id: string, options: CallOptions = {}): Promise<CountedApp> {
      return api({ method: 'GET', path: path(id), ...options });
    },
    change(id: string, change: AppChange, options: CallOptions = {}): Promise<App> {
      return api({ method: 'PATCH', path: path(id), body: change, ...options });
    },
  };
}

export function createStores(api: Api) {
  return {
    list(options: CallOptions = {}): AsyncGenerator<Store, void> {
      return pages(() => api({ method: 'GET', path: '/v1/stores', ...options }));
    },
    /** Tells in words what is wrong with a store, and the least that its identity needs. */
    check(alias: string, probe: StoreProbe = {}, options: CallOptions = {}): Promise<StoreCheck> {
      const path = `/v1/stores/${encodeURIComponent(alias)}/check`;
      return api({ method: 'POST', path, body: probe, ...options });
    },
  };
}
