// What the parts of the soak share.

import { setTimeout as sleep } from 'node:timers/promises';
import type { StartFile } from '../../test/e2e/stack.ts';

export type Sizes = { readonly links: number; readonly kills: number; readonly seconds: number };

/** Answers the promises that did not hold, in words. */
export type Part = (folder: string, sizes: Sizes) => Promise<string[]>;

export function row(name: string, value: string): void {
  console.log(`  ${name.padEnd(44)} ${value}`);
}

export function inUnit(value: number, unit: string, digits = 1): string {
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

type Minted = { readonly id: string; readonly url: string };

const BATCH = 100;

/** Mints many links, a hundred at a time; tells how long each hundred took. */
export async function mintBatch(
  stack: StartFile,
  terms: object,
  count = BATCH,
): Promise<{ readonly links: readonly Minted[]; readonly ms: number }> {
  const link = {
    ...{ store: stack.store, key: stack.objects[0], operation: 'download', ttlSeconds: 3_600 },
    ...terms,
  };
  const began = performance.now();
  const response = await fetch(`${stack.url}/v1/links/batch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ links: Array.from({ length: count }, () => link) }),
  });
  if (response.status !== 200) throw new Error(`the batch answered ${await response.text()}`);
  const { results } = (await response.json()) as { results: { link?: Minted }[] };
  const links = results.flatMap((result) => result.link ?? []);
  return { links, ms: performance.now() - began };
}

/** Asks until the answer is right, for as long as patience lasts. */
export async function until(
  patienceMs: number,
  isSo: () => Promise<boolean>,
): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < patienceMs) {
    if (await isSo()) return performance.now() - began;
    await sleep(500);
  }
  return undefined;
}
