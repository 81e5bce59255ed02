// Apps to choose from, by their ids: the newest, and the one that is chosen already.

import type { App } from '../../apps/app.ts';
import { shortened } from './app-words.ts';

/** With more than these nobody chooses from a list, and pages would grow with each app. */
const MOST_OPTIONS = 100;

export function appOptions(apps: readonly App[], chosen: string | null): Record<string, string> {
  const offered = apps.filter(({ id }, index) => index < MOST_OPTIONS || id === chosen);
  return Object.fromEntries(offered.map(({ id, name }) => [id, shortened(name)]));
}
