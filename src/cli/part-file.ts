// The part of a download that is there, and what a later run needs to go on: beside the file, under a name
// that tells the link's token to nobody.

import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawClaim } from '../client/redeem.ts';

export type PartState = {
  /** Comes back for the same use. Drawn and kept before the first request. */
  readonly claim: string;
  readonly etag?: string | undefined;
  readonly size?: number | undefined;
  readonly filename?: string | undefined;
};

export type PartFile = {
  readonly path: string;
  readonly state: PartState;
  /** How many bytes of it are there. */
  readonly offset: number;
  keep(state: PartState): void;
  forget(): void;
  /** Gives the whole its name. */
  finish(file: string): void;
};

const NAME_LENGTH = 16;

export function openPart(folder: string, link: string, isRestarted: boolean): PartFile {
  const digest = createHash('sha256').update(link).digest('hex').slice(0, NAME_LENGTH);
  const path = join(folder, `.hallpass-${digest}.part`);
  const stateFile = `${path}.json`;
  const kept = readState(stateFile);
  const isUsable = kept !== undefined && !isRestarted;
  if (!isUsable) rmSync(path, { force: true });
  const state = isUsable ? kept : { claim: kept?.claim ?? drawClaim() };
  const keep = (next: PartState) => writeFileSync(stateFile, JSON.stringify(next), { mode: 0o600 });
  keep(state);
  return {
    path,
    state,
    offset: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    keep,
    forget: () => rmSync(stateFile, { force: true }),
    finish(file) {
      renameSync(path, file);
      rmSync(stateFile, { force: true });
    },
  };
}

function readState(file: string): PartState | undefined {
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as Partial<PartState>;
    return typeof state.claim === 'string' ? (state as PartState) : undefined;
  } catch {
    return undefined;
  }
}
