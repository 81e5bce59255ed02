// Asks the ledgers of many apps the same: one that gives no answer leaves the others alone.

import type { Result } from '../lib/result.ts';
import { ok } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { App } from './app.ts';

/** What of each app its ledger answered; `undefined` where it gave no answer. */
export type Answers<Value> = { readonly app: App; readonly value: Value | undefined }[];

/**
 * Asks for each app at once. A ledger that gives no answer leaves the others alone, and so does one that was
 * lost; any other refusal is all of it.
 */
export async function askEach<Value>(
  apps: readonly App[],
  ask: (app: App) => Promise<Result<Value, RequestDenial>>,
): Promise<Result<Answers<Value>, RequestDenial>> {
  const asked = await Promise.all(apps.map((app) => ask(app).catch(onlyUnavailable)));
  const answers: Answers<Value> = [];
  for (const [index, app] of apps.entries()) {
    const result = asked[index];
    if (result && !result.ok && !isLost(result.denial)) return result;
    answers.push({ app, value: result?.ok ? result.value : undefined });
  }
  return ok(answers);
}

/** The directory knows the app, and its ledger doesn't: it was lost, and waits for an import. */
export function isLost({ reason }: RequestDenial): boolean {
  return reason === 'app_not_found';
}

function onlyUnavailable(error: unknown): undefined {
  if (!(error instanceof Unavailable)) throw error;
}

/** The apps that were asked in vain. */
export function silentAmong(answers: Answers<unknown>): App[] {
  return answers.filter(({ value }) => value === undefined).map(({ app }) => app);
}
