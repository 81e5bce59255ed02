// Hallpass for programs: `createHallpass` for apps and operators, `redeem` and `download` for
// recipients. It runs in Node 20, browsers and Workers on nothing but fetch.

import { createAppsApi, createKeys, createStores } from './access.ts';
import { type ClientOptions, createApi } from './api.ts';
import { createEvents } from './events.ts';
import { createLinks } from './links.ts';
import { createUpkeep } from './upkeep.ts';
import { createWebhooks } from './webhooks.ts';

/** A client of one gateway. Each call throws `HallpassError` for what is refused. */
export function createHallpass(options: ClientOptions) {
  const api = createApi(options);
  return {
    links: createLinks(api),
    keys: createKeys(api),
    events: createEvents(api),
    apps: { ...createAppsApi(api), ...createUpkeep(api) },
    stores: createStores(api),
    webhooks: createWebhooks(api),
  };
}

export type Hallpass = ReturnType<typeof createHallpass>;
