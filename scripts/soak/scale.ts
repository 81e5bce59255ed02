// Many links: whether the time of a mint stays as it is, whether all that gates count arrives, and what a
// link takes on disk.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openLink, type StartFile, startStack } from '../../test/e2e/stack.ts';
import { inUnit, median, mintBatch, type Part, row, until } from './part.ts';

const OPENED = 500;
const PATIENCE_MS = 120_000;
const MILLION = 1_000_000;

export const soakScale: Part = async (folder, { links: count }) => {
  const stack = await startStack(folder);
  const broken: string[] = [];
  try {
    const before = sizesOf(folder);
    const perLink: number[] = [];
    const minted: string[] = [];
    while (minted.length < count) {
      const { links, ms } = await mintBatch(stack, {});
      perLink.push(ms / links.length);
      minted.push(...links.map(({ url }) => url));
    }
    const tenth = Math.max(1, Math.floor(perLink.length / 10));
    const first = median(perLink.slice(0, tenth));
    const last = median(perLink.slice(-tenth));
    row(`minted in batches of 100`, inUnit(minted.length, 'links', 0));
    row('per link, the first tenth (median)', inUnit(first, 'ms', 2));
    row(
      'per link, the last tenth (median)',
      `${inUnit(last, 'ms', 2)}, ${(last / first).toFixed(2)} ×`,
    );
    for (const [part, bytes] of sizesOf(folder)) {
      const perLink = (bytes - (before.get(part) ?? 0)) / minted.length;
      const million = inUnit((perLink * MILLION) / 1e9, 'GB', 2);
      const shown = `${inUnit(perLink / 1_000, 'kB', 2)}; a million (extrapolated) ${million}`;
      row(`on disk per link: ${part}`, shown);
    }

    for (const url of minted.slice(0, OPENED)) await openLink(url);
    const opened = Math.min(OPENED, minted.length);
    const took = await until(PATIENCE_MS, async () => (await opensOf(stack)) >= opened);
    row(
      `${opened} opens counted in the ledger after`,
      took === undefined ? 'never' : inUnit(took / 1_000, 's'),
    );
    const counted = await opensOf(stack);
    if (counted !== opened) broken.push(`${opened} opens were counted as ${counted}`);
  } finally {
    await stack.interrupt();
  }
  return broken;
};

/** All opens that the events of the app tell of. */
async function opensOf({ url, apiKey }: StartFile): Promise<number> {
  let opens = 0;
  let after = '';
  for (;;) {
    const query = new URLSearchParams({
      type: 'link.opened',
      limit: '200',
      ...(after && { after }),
    });
    const response = await fetch(`${url}/v1/events?${query}`, {
      headers: { Authorization: `Bearer ${apiKey}` },
    });
    const page = (await response.json()) as {
      items: { data: { count: number } }[];
      nextCursor: string;
      upToDate: boolean;
    };
    for (const { data } of page.items) opens += data.count;
    if (page.upToDate) return opens;
    after = page.nextCursor;
  }
}

/** Where Miniflare keeps them, below the folder of its state. */
const PARTS = { ledger: 'do/-AppLedger', gates: 'do/-LinkGate', KV: 'kv' };

/** Blocks in use, as SQLite files may have holes. */
function sizesOf(folder: string): Map<string, number> {
  const sizes = Object.entries(PARTS).map(([part, path]) => {
    const told = execFileSync('du', ['-sk', join(folder, 'state', path)]).toString();
    return [part, Number.parseInt(told, 10) * 1_024] as const;
  });
  return new Map(sizes);
}
