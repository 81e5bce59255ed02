// A gateway that loses its power in the middle of work: whatever it had answered holds afterwards.

import { setTimeout as sleep } from 'node:timers/promises';
import { AMPLE_RATE, drawClaim, redeemByHeader } from '../../test/e2e/redeem.ts';
import {
  type Link,
  mintLink,
  openLink,
  portsOf,
  revokeLink,
  type Stack,
  startStack,
} from '../../test/e2e/stack.ts';
import { type Part, row, until } from './part.ts';

const WORKERS = 8;
/** At most so long after its start a gateway is killed. */
const LIFE_MS = 1_500;
const MAX_USES = 3;
const PATIENCE_MS = 60_000;

/** What the gateway has said of a link, and what was asked of it without an answer. */
type Told = {
  readonly link: Link;
  readonly claims: Set<string>;
  revoked: 'no' | 'asked' | 'yes';
};

export const soakKills: Part = async (folder, { kills }) => {
  const told: Told[] = [];
  let ports = { gateway: 0, s3: 0 };
  for (let round = 0; round < kills; round++) {
    const stack = await startStack(folder, ports);
    ports = portsOf(stack);
    const isOver = { now: false };
    const work = Array.from({ length: WORKERS }, () => workUntil(stack, told, isOver));
    await sleep(Math.random() * LIFE_MS);
    await stack.kill();
    isOver.now = true;
    await Promise.all(work);
    if ((round + 1) % 10 === 0) row(`killed ${round + 1} times`, `${told.length} links so far`);
  }

  const stack = await startStack(folder, ports);
  try {
    const broken = await lookAt(told);
    return [...broken, ...(await findingsOf(stack))];
  } finally {
    await stack.interrupt();
  }
};

/** Mints, redeems and revokes until nobody answers any more. */
async function workUntil(stack: Stack, told: Told[], isOver: { now: boolean }): Promise<void> {
  const [key] = stack.objects;
  while (!isOver.now) {
    try {
      const link = await mintLink(stack, { key, maxUses: MAX_USES, rateLimit: AMPLE_RATE });
      const mine: Told = { link, claims: new Set(), revoked: 'no' };
      told.push(mine);
      for (let uses = 0; uses < MAX_USES + 1; uses++) {
        const claim = drawClaim();
        const { status } = await redeemByHeader(link.url, claim);
        if (status === 302) mine.claims.add(claim);
      }
      if (Math.random() < 0.5) {
        mine.revoked = 'asked';
        const { status } = await revokeLink(stack, link.id);
        // 202 is a promise too, which is kept later.
        if (status === 200 || status === 202) mine.revoked = 'yes';
      }
    } catch {
      return;
    }
  }
}

/** Where ledger, gates and KV don't agree, once what was left undone has been done. */
async function findingsOf(stack: Stack): Promise<string[]> {
  let found: string[] = [];
  const took = await until(PATIENCE_MS, async () => {
    found = await check(stack);
    return found.length === 0;
  });
  row('ledger, gates and KV agree', took === undefined ? 'no' : 'yes');
  return found;
}

/** As `hallpass fsck` does, without repairing. */
async function check({ url, adminToken }: Stack): Promise<string[]> {
  const headers = { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' };
  const listed = await fetch(`${url}/v1/apps`, { headers });
  const { items: apps } = (await listed.json()) as { items: { id: string }[] };
  const found: string[] = [];
  for (const { id } of apps) {
    let cursor: string | null = null;
    do {
      const body = JSON.stringify(cursor === null ? {} : { cursor });
      const response = await fetch(`${url}/v1/apps/${id}/check`, { method: 'POST', headers, body });
      const page = (await response.json()) as {
        findings: { linkId: string; kind: string }[];
        nextCursor: string | null;
      };
      found.push(...page.findings.map((finding) => `${finding.linkId}: ${finding.kind}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return found;
}

async function lookAt(told: readonly Told[]): Promise<string[]> {
  const broken: string[] = [];
  let [revoked, claims] = [0, 0];
  for (const { link, ...said } of told) {
    if (said.revoked === 'yes') {
      revoked += 1;
      const isShut = await until(
        PATIENCE_MS,
        async () => (await openLink(link.url)).status === 410,
      );
      if (isShut === undefined) broken.push(`${link.id} opens though it was revoked`);
      continue;
    }
    if (said.revoked === 'asked') continue;
    for (const claim of said.claims) {
      claims += 1;
      const { status } = await redeemByHeader(link.url, claim);
      if (status !== 302) broken.push(`${link.id} forgot a claim: ${status}`);
    }
    const more = await Promise.all(
      Array.from({ length: MAX_USES + 1 }, () => redeemByHeader(link.url, drawClaim())),
    );
    const given = said.claims.size + more.filter(({ status }) => status === 302).length;
    if (given > MAX_USES) broken.push(`${link.id} gave ${given} claims of ${MAX_USES}`);
  }
  row('links minted, and there afterwards', String(told.length));
  row('revocations that held', String(revoked));
  row('claims that were still known', String(claims));
  return broken;
}
