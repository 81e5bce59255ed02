// Which secrets production needs, and where each that is missing comes from. One that is there is never
// written again: it can't be read back, so nothing could tell whether it would change.

import { rootKeyNumber, rootKeySetting, storeSecretName } from '../../src/config.ts';
import { ROOT_KEY_NAMES, type RootKeyName } from './options.ts';
import type { Settings } from './production.ts';

/** `shown`: drawn as well, and shown this once. `none`: there is nobody to ask or to show it to. */
export type Source = 'environment' | 'drawn' | 'shown' | 'asked' | 'none';

export type Missing = { readonly name: string; readonly source: Source };

export type Surroundings = {
  readonly environment: Settings;
  /** Whether somebody sits at the terminal, and may be asked. */
  readonly canAsk: boolean;
  /** Whether what is printed is read by that person alone, and not kept as a log. */
  readonly canShow: boolean;
};

/** A secret is needed unless it, or for root keys one of its successors, is there. */
export function missingSecrets(
  stores: readonly string[],
  present: readonly string[],
  surroundings: Surroundings,
): Missing[] {
  const isRootKeyThere = (name: string) =>
    present.some((one) => rootKeyNumber(name, one) !== undefined);
  const isThere = (name: string) => present.includes(name);
  const storeSecrets = stores.map((alias) => `${storeSecretName(alias)}_SECRET_ACCESS_KEY`);
  const names = [
    ...ROOT_KEY_NAMES.filter((name) => !isRootKeyThere(name)),
    ...['ADMIN_TOKEN', ...storeSecrets].filter((name) => !isThere(name)),
  ];
  return names.map((name) => ({ name, source: sourceOf(name, surroundings) }));
}

function sourceOf(name: string, { environment, canAsk, canShow }: Surroundings): Source {
  if (environment[name]) return 'environment';
  if (ROOT_KEY_NAMES.some((rootKey) => rootKey === name)) return 'drawn';
  if (name === 'ADMIN_TOKEN') return canShow ? 'shown' : 'none';
  return canAsk ? 'asked' : 'none';
}

/** The secret in which the next key goes, in front of those that are there. */
export function successorOf(
  rootKey: RootKeyName,
  present: readonly string[],
  { environment }: Surroundings,
): Missing {
  const numbers = present.flatMap((name) => rootKeyNumber(rootKey, name) ?? []);
  const name = rootKeySetting(rootKey, Math.max(...numbers, 1) + 1);
  return { name, source: environment[name] ? 'environment' : 'drawn' };
}
