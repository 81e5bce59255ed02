// The deliberate step before a link is redeemed: what it is, how often it may be used, one button.

import { html } from 'hono/html';
import { type Instant, toIso } from '../lib/time.ts';
import { Page } from './page.tsx';

type Confirm = {
  readonly filename: string;
  readonly usesLeft?: number | undefined;
  /** Whoever looks has spent a use and may come back for it. */
  readonly isClaimKnown: boolean;
  readonly expiresAt: Instant;
  readonly needsPassword: boolean;
  readonly claim: string;
};

export function confirmPage(confirm: Confirm) {
  const { filename, expiresAt, needsPassword, claim } = confirm;
  return html`<!doctype html>${(
    <Page>
      <h1>
        <bdi>{filename}</bdi>
      </h1>
      <p>
        {usesText(confirm)}
        This link ends on <time datetime={toIso(expiresAt)}>{shownInstant(expiresAt)}</time>.
      </p>
      <RedeemForm claim={claim} needsPassword={needsPassword} />
    </Page>
  )}`;
}

/** The form again, after a missing or wrong password. */
export function passwordPage(
  problem: { readonly title: string; readonly detail: string },
  claim: string,
) {
  return html`<!doctype html>${(
    <Page>
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <RedeemForm claim={claim} needsPassword />
    </Page>
  )}`;
}

function RedeemForm({ claim, needsPassword }: Pick<Confirm, 'claim' | 'needsPassword'>) {
  return (
    <form method="post">
      <input type="hidden" name="claim" value={claim} />
      {needsPassword && (
        <label>
          Password
          <input type="password" name="password" required autofocus autocomplete="off" />
        </label>
      )}
      <button type="submit">Download</button>
    </form>
  );
}

function usesText({ usesLeft, isClaimKnown }: Confirm): string {
  if (usesLeft === undefined) return '';
  if (isClaimKnown) return 'You have used it and may download it again for a while. ';
  return usesLeft === 1 ? 'It can be used once. ' : `It can be used ${usesLeft} more times. `;
}

function shownInstant(instant: Instant): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat('en-GB', format).format(instant)} UTC`;
}
