// The state of an API key as a badge.

import type { KeyState } from './app-words.ts';

const STATES = {
  live: ['badge good', 'Live'],
  rotated: ['badge', 'Rotated'],
  expired: ['badge', 'Expired'],
  revoked: ['badge', 'Revoked'],
} as const satisfies Record<KeyState, readonly [string, string]>;

export function KeyBadge({ state }: { readonly state: KeyState }) {
  const [look, word] = STATES[state];
  return <span class={look}>{word}</span>;
}
