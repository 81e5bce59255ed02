// What operators do to look after an app's links.

import type { Api, CallOptions } from './api.ts';
import type { AppCheck } from './types.ts';

export type CheckOptions = CallOptions & {
  /** Whether what differs is written again. */
  readonly repair?: boolean | undefined;
};

export function createUpkeep(api: Api) {
  const path = (id: string) => `/v1/apps/${encodeURIComponent(id)}`;
  return {
    /** Compares every link of an app with its gate and KV, some at a time, newest first. */
    async *check(
      app: string,
      { repair = false, ...options }: CheckOptions = {},
    ): AsyncGenerator<AppCheck, void> {
      let cursor: string | undefined;
      do {
        const page = await api<AppCheck>({
          method: 'POST',
          path: `${path(app)}/check`,
          body: { repair, cursor },
          ...options,
        });
        yield page;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
    },
  };
}
