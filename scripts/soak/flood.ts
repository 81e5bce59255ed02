// One link that everybody opens at once: it sheds what is too much, and nobody else notices.

import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { mintLink, openLink, startStack } from '../../test/e2e/stack.ts';
import { inUnit, median, mintBatch, type Part, row } from './part.ts';

const PER_SECOND = 1_000;
const CONNECTIONS = 50;
const TICK_MS = 20;
const OTHERS = 20;

export const soakFlood: Part = async (folder, { seconds }) => {
  const stack = await startStack(folder);
  const broken: string[] = [];
  try {
    const [key] = stack.objects;
    const hot = await mintLink(stack, { key, rateLimit: { limit: 10_000, windowSeconds: 60 } });
    const { links: others } = await mintBatch(
      stack,
      { rateLimit: { limit: 10_000, windowSeconds: 60 } },
      OTHERS,
    );
    const calm = await timesOf(
      others.map(({ url }) => url),
      2_000,
    );

    const flood = openSteadily(hot.url, seconds);
    const busy = await timesOf(
      others.map(({ url }) => url),
      seconds * 1_000,
    );
    const statuses = await flood;

    const told = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
    const sent = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    row('opens of the one link', `${inUnit(sent / seconds, 'per second', 0)}: ${told}`);
    row('another link meanwhile (median)', inUnit(median(busy.ms), 'ms', 2));
    row('another link before (median)', inUnit(median(calm.ms), 'ms', 2));
    row('other links refused or failed', `${busy.failed} of ${busy.ms.length + busy.failed}`);
    if (busy.failed > 0) broken.push(`${busy.failed} opens of other links failed during the flood`);
    const strange = [...statuses.keys()].filter((status) => ![302, 429, 503].includes(status));
    if (strange.length > 0) broken.push(`the one link answered ${strange.join(', ')}`);
  } finally {
    await stack.interrupt();
  }
  return broken;
};

/** Opens so often a second, and counts what comes back; 0 where nothing did. */
async function openSteadily(url: string, seconds: number): Promise<Map<number, number>> {
  const { statusCodeStats, errors } = await autocannon({
    url,
    connections: CONNECTIONS,
    overallRate: PER_SECOND,
    duration: seconds,
    // Apart from the one that looks at the others.
    workers: 1,
  });
  const statuses = Object.entries(statusCodeStats).map(
    ([status, { count }]) => [Number(status), count] as const,
  );
  return new Map([...statuses, ...(errors > 0 ? [[0, errors] as const] : [])]);
}

/** How long opens of other links take, one after the other. */
async function timesOf(
  urls: readonly string[],
  forMs: number,
): Promise<{ readonly ms: number[]; readonly failed: number }> {
  const ms: number[] = [];
  let failed = 0;
  const began = performance.now();
  for (let index = 0; performance.now() - began < forMs; index++) {
    const sentAt = performance.now();
    const response = await openLink(urls[index % urls.length] ?? '').catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 302) ms.push(performance.now() - sentAt);
    else failed += 1;
    await sleep(TICK_MS);
  }
  return { ms, failed };
}
