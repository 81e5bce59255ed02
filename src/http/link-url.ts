// The URL of a link.

import type { Config } from '../config.ts';

/** What recipients open; it is shown whole to whoever minted it, or holds it already. */
export function linkUrl({ publicUrl }: Config, token: string): string {
  return `${publicUrl}/${token}`;
}
