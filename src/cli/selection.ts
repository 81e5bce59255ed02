// Which links a revocation means: those named on the command line or on standard input, or a filter.

import { createInterface } from 'node:readline';
import type { Selection } from '../client/types.ts';
import { revokeBody } from '../schemas/link-filter.ts';
import { usageError } from './cli-error.ts';
import { type Args, bodyOf, partsOf } from './flags/body.ts';
import { fieldsOf } from './flags/field.ts';
import { isLinkUrl } from './link-name.ts';
import type { Session } from './session.ts';

/** How many the gateway takes in one call. */
const NAMES_AT_ONCE = 1_000;

const BY_HAND = ['app', 'ids', 'urls', 'all', 'dryRun'];
export const filterFields = fieldsOf(revokeBody, BY_HAND);

export type Selected = {
  /** What to send, one after the other. */
  readonly selections: readonly Selection[];
  /** The links, where they were named one by one. */
  readonly names: readonly string[] | undefined;
  /** Whether somebody wrote each of them out, and so needs no second thought. */
  readonly isSpelledOut: boolean;
};

export async function select(session: Session, args: Args): Promise<Selected> {
  const written = (args.link ?? []) as readonly string[];
  const app = args.app === undefined ? {} : { app: String(args.app) };
  const isFilter = args.all === true || Object.keys(partsOf(filterFields, args)).length > 0;
  if (isFilter && written.length > 0) throw usageError('Name links or give a filter, not both.');
  if (isFilter) {
    const all = args.all === true ? { all: true } : {};
    const selection = bodyOf(revokeBody, filterFields, args, { ...app, ...all });
    return { selections: [selection], names: undefined, isSpelledOut: false };
  }
  const isPiped = written.includes('-') || (written.length === 0 && !session.stdin.isTTY);
  if (written.length === 0 && !isPiped) {
    throw usageError('Name links by id or URL, or give a filter such as --tag, or --all.');
  }
  const piped = isPiped ? await readNames(session) : [];
  const names = [...new Set([...written.filter((name) => name !== '-'), ...piped])];
  const selections = inParts(names).map((part) => ({ ...app, ...byKind(part) }));
  return { selections, names, isSpelledOut: !isPiped };
}

/** The first word of each line, as `hallpass ls` writes them. */
async function readNames({ stdin }: Session): Promise<string[]> {
  const names: string[] = [];
  for await (const line of createInterface({ input: stdin })) {
    const [name] = line.trim().split(/\s/);
    if (name) names.push(name);
  }
  return names;
}

function inParts(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / NAMES_AT_ONCE);
  return Array.from({ length: count }, (_, part) =>
    names.slice(part * NAMES_AT_ONCE, (part + 1) * NAMES_AT_ONCE),
  );
}

function byKind(names: readonly string[]) {
  const urls = names.filter(isLinkUrl);
  const ids = names.filter((name) => !isLinkUrl(name));
  return { ...(ids.length > 0 && { ids }), ...(urls.length > 0 && { urls }) };
}
