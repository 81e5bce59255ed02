// What objects write while something is done, as it is billed: rows by the table they belong to (those of
// its indexes included), values of the key-value side, and alarms set. Each of these is a row written.
// https://developers.cloudflare.com/durable-objects/platform/pricing/

import { runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';
import { realEnv } from './api.ts';

export type RowsWritten = Readonly<Record<string, number>>;

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** All objects together; those that wrote nothing are left out. */
export async function rowsWrittenBy(work: () => Promise<unknown>): Promise<RowsWritten> {
  const cursors: { readonly table: string; readonly cursor: Cursor }[] = [];
  const rows: Record<string, number> = {};
  const add = (what: string, count: number) => {
    if (count > 0) rows[what] = (rows[what] ?? 0) + count;
  };
  const { sql, kv, storage } = await prototypes();
  const { exec } = sql;
  const { put } = kv;
  const { setAlarm } = storage;
  const spies = [
    vi.spyOn(sql, 'exec').mockImplementation(function (this: SqlStorage, query, ...bindings) {
      const cursor = exec.call(this, query, ...bindings);
      cursors.push({ table: tableOf(query), cursor });
      return cursor as never;
    }),
    vi.spyOn(kv, 'put').mockImplementation(function (this: SyncKvStorage, key, value) {
      add('values', 1);
      put.call(this, key, value);
    }),
    vi.spyOn(storage, 'setAlarm').mockImplementation(function (
      this: DurableObjectStorage,
      at,
      options,
    ) {
      add('alarms', 1);
      return setAlarm.call(this, at, options);
    }),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  // A cursor knows it when it has been read.
  for (const { table, cursor } of cursors) add(table, cursor.rowsWritten);
  return rows;
}

export function sumOf(rows: RowsWritten): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

/** All objects of the Worker share them. */
function prototypes() {
  const any = realEnv.LEDGERS.getByName('anybody') as unknown as DurableObjectStub;
  return runInDurableObject(any, (_, { storage }) => ({
    sql: Object.getPrototypeOf(storage.sql) as SqlStorage,
    kv: Object.getPrototypeOf(storage.kv) as SyncKvStorage,
    storage: Object.getPrototypeOf(storage) as DurableObjectStorage,
  }));
}

function tableOf(query: string): string {
  return /\b(?:INTO|UPDATE|FROM|TABLE IF NOT EXISTS)\s+(\w+)/.exec(query)?.[1] ?? query;
}
