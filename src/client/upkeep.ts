// What operators do to look after an app: check its links, export it, and import what was exported.

import type { Api, CallOptions } from './api.ts';
import { pages } from './paging.ts';
import type { AppCheck, ExportRecord, Imported } from './types.ts';

export type CheckOptions = CallOptions & {
  /** Whether what differs is written again. */
  readonly repair?: boolean | undefined;
};

/** What one request may import. */
const MAX_RECORDS = 100;
const MAX_LINKS = 10;
const MAX_CHARACTERS = 300_000;

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
    /** Every record of an app's export: it is whole once one of the kind `end` has come. */
    export(app: string, options: CallOptions = {}): AsyncGenerator<ExportRecord, void> {
      return pages(async (cursor) => {
        const { records, nextCursor } = await api<{
          records: ExportRecord[];
          nextCursor: string | null;
        }>({ method: 'GET', path: `${path(app)}/export`, query: { cursor }, ...options });
        return { items: records, nextCursor };
      });
    },
    /** Imports records in their order, some at a time; each answer is about some of them. */
    async *import(
      app: string,
      records: AsyncIterable<ExportRecord> | Iterable<ExportRecord>,
      options: CallOptions = {},
    ): AsyncGenerator<Imported, void> {
      for await (const some of parted(records)) {
        yield await api<Imported>({
          method: 'POST',
          path: `${path(app)}/import`,
          body: { records: some },
          ...options,
        });
      }
    },
  };
}

async function* parted(
  records: AsyncIterable<ExportRecord> | Iterable<ExportRecord>,
): AsyncGenerator<ExportRecord[]> {
  let part: ExportRecord[] = [];
  let [links, characters] = [0, 0];
  for await (const record of records) {
    const length = JSON.stringify(record).length;
    const isFull =
      part.length === MAX_RECORDS ||
      (record.kind === 'link' && links === MAX_LINKS) ||
      characters + length > MAX_CHARACTERS;
    if (isFull && part.length > 0) {
      yield part;
      part = [];
      [links, characters] = [0, 0];
    }
    part.push(record);
    characters += length;
    if (record.kind === 'link') links += 1;
  }
  if (part.length > 0) yield part;
}
