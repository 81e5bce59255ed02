// The state of a link in a word.

import type { LinkState } from '../../links/link.ts';

const WORDS = {
  pending: 'Being minted',
  scheduled: 'Scheduled',
  active: 'Active',
  used_up: 'Used up',
  expired: 'Expired',
  revoking: 'Being revoked',
  revoked: 'Revoked',
  failed: 'Failed',
} as const satisfies Record<LinkState, string>;

export const STATE_WORDS: Readonly<Record<LinkState, string>> = WORDS;

const CLASSES: Partial<Record<LinkState, string>> = {
  active: 'good',
  failed: 'bad',
  revoking: 'bad',
};

export function StateBadge({ state }: { readonly state: LinkState }) {
  return <span class={`badge ${CLASSES[state] ?? ''}`}>{WORDS[state]}</span>;
}
