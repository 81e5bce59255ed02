// What was spent stays spent, and whoever spent it keeps it, through Ctrl-C and through kill -9.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { AMPLE_RATE, drawClaim, type Redeemed, redeemByForm } from './redeem.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  openLink,
  portsOf,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

/** How many redeems are on their way at any time. */
const AT_ONCE = 20;
/** After how many URLs the power goes. */
const URLS_BEFORE_KILL = 20;

let folder: string;
const running: Stack[] = [];

async function start(ports?: { gateway: number; s3: number }): Promise<Stack> {
  const stack = await startStack(folder, ports);
  running.push(stack);
  return stack;
}

beforeEach(() => {
  folder = makeFolder();
});
afterEach(async () => {
  for (const stack of running.splice(0)) await stack.interrupt();
  removeFolder(folder);
});

type Attempt = { readonly link: Link; readonly claim: string };
type LimitedLink = Link & { readonly maxUses: number };

async function mintLimited(stack: Stack, maxUses: number): Promise<LimitedLink> {
  const [key] = stack.objects;
  return { ...(await mintLink(stack, { key, maxUses, rateLimit: AMPLE_RATE })), maxUses };
}

/** Makes the attempts in their order, some at once. What fails has no answer. */
async function redeemAll(
  attempts: readonly Attempt[],
  onAnswer: (attempt: Attempt, answer: Redeemed) => void,
): Promise<void> {
  const queue = attempts.values();
  const worker = async () => {
    for (const attempt of queue) {
      const answer = await redeemByForm(attempt.link.url, attempt.claim).catch(() => undefined);
      if (answer) onAnswer(attempt, answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

it('never more claims get a URL than a link has uses, though all is killed in the middle', async () => {
  const first = await start();
  const one = await mintLimited(first, 1);
  const seven = await mintLimited(first, 7);
  // More links, each used up soon, so that the kill finds some of them being used.
  const singles = await Promise.all(Array.from({ length: 40 }, () => mintLimited(first, 1)));
  const attempts = Array.from({ length: 200 }, (_, index) =>
    [one, seven, singles[Math.floor(index / 5)] as LimitedLink].map((link) => ({
      link,
      claim: drawClaim(),
    })),
  ).flat();

  const before = new Map<string, number>();
  const given = new Set<string>();
  let killed: Promise<void> | undefined;
  await redeemAll(attempts, ({ claim }, { status, url }) => {
    before.set(claim, status);
    if (url) given.add(claim);
    if (given.size >= URLS_BEFORE_KILL) killed ??= first.kill();
  });
  await killed;
  expect(killed).toBeDefined();
  expect(new Set(before.values())).toEqual(new Set([303, 410]));
  expect(before.size).toBeLessThan(attempts.length);

  const second = await start(portsOf(first));
  const after = new Map<string, number>();
  // In reverse: a use that was forgotten would go to somebody else.
  await redeemAll(attempts.toReversed(), ({ claim }, { status }) => after.set(claim, status));
  expect(after.size).toBe(attempts.length);
  const broken = [...given].filter((claim) => after.get(claim) !== 303);
  expect(broken).toEqual([]);

  for (const link of [one, seven, ...singles]) {
    const claims = attempts.filter((attempt) => attempt.link === link).map(({ claim }) => claim);
    const served = claims.filter((claim) => given.has(claim) || after.get(claim) === 303);
    expect(served).toHaveLength(link.maxUses);
    const { usesLeft, state } = await inspectLink(second, link.id);
    expect({ usesLeft, state }).toEqual({ usesLeft: 0, state: 'used_up' });
  }
});

it('uses, claims, revocations and wrong passwords are kept by Ctrl-C and by kill -9', async () => {
  const first = await start();
  const [key] = first.objects;
  const link = await mintLimited(first, 3);
  const revoked = await mintLimited(first, 3);
  const password = 'correct horse';
  const locked = await mintLink(first, { key, password });
  const statusOf = async ({ url }: Link, claim: string) => (await redeemByForm(url, claim)).status;
  const tryPassword = async (text: string) => {
    const body = new URLSearchParams({ password: text });
    return (await openLink(locked.url, { method: 'POST', body })).status;
  };

  const ada = drawClaim();
  const bob = drawClaim();
  const eve = drawClaim();
  expect(await statusOf(link, ada)).toBe(303);
  expect(await statusOf(revoked, ada)).toBe(303);
  expect((await revokeLink(first, revoked.id)).status).toBe(200);
  for (let tries = 0; tries < 4; tries++) expect(await tryPassword('wrong')).toBe(403);
  expect(await first.interrupt()).toBe(0);

  const second = await start(portsOf(first));
  expect(await statusOf(link, ada)).toBe(303);
  expect((await inspectLink(second, link.id)).usesLeft).toBe(2);
  expect(await statusOf(revoked, ada)).toBe(410);
  // At once before the kill: whatever was answered must be on disk already.
  const late = await mintLimited(second, 1);
  expect(await tryPassword('wrong')).toBe(403);
  expect(await statusOf(link, bob)).toBe(303);
  expect(await statusOf(late, bob)).toBe(303);
  expect((await revokeLink(second, late.id)).status).toBe(200);
  await second.kill();

  const third = await start(portsOf(first));
  expect((await inspectLink(third, link.id)).usesLeft).toBe(1);
  for (const claim of [ada, bob, eve]) expect(await statusOf(link, claim)).toBe(303);
  expect(await statusOf(link, drawClaim())).toBe(410);
  for (const ended of [revoked, late]) {
    for (const claim of [ada, bob, eve]) expect(await statusOf(ended, claim)).toBe(410);
    expect((await inspectLink(third, ended.id)).state).toBe('revoked');
  }
  expect(await tryPassword(password)).toBe(429);
});
