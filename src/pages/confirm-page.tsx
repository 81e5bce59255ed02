// The deliberate step before a link is redeemed: what it is, how often it may be used, one button.

import { html } from 'hono/html';
import { bytesInWords } from '../lib/amounts.ts';
import { type Instant, toIso } from '../lib/time.ts';
import { Page } from './page.tsx';
import type { ProblemShown } from './problem-page.tsx';
import { usesLeftInWords } from './uses-left.ts';
import { type Language, type Words, wordsIn } from './words/words.ts';

type Confirm = {
  readonly language: Language;
  readonly timeZone: string;
  readonly filename: string;
  /** From whom it is, where the app tells. */
  readonly from?: string | undefined;
  /** Where they are known. */
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
  readonly usesLeft?: number | undefined;
  /** Whoever looks has spent a use and may come back for it. */
  readonly isClaimKnown: boolean;
  readonly expiresAt: Instant;
  readonly needsPassword: boolean;
  readonly claim: string;
};

export function confirmPage(confirm: Confirm) {
  const { language, filename, expiresAt, needsPassword, claim } = confirm;
  const words = wordsIn(language);
  const [before = '', after = ''] = words.confirm.endsOn.split('{time}');
  return html`<!doctype html>${(
    <Page language={language}>
      <h1>
        <bdi>{filename}</bdi>
      </h1>
      <About {...confirm} />
      <p>
        {before}
        <time datetime={toIso(expiresAt)}>{shownInstant(confirm)}</time>
        {after}
        {usesText(words, confirm)}
      </p>
      <RedeemForm words={words} claim={claim} needsPassword={needsPassword} />
    </Page>
  )}`;
}

function About({ language, from, size, contentType }: Confirm) {
  const [before = '', after = ''] = wordsIn(language).confirm.from.split('{name}');
  const facts = [
    ...(size === undefined ? [] : [bytesInWords(wordsIn(language).locale, size)]),
    ...(contentType === undefined ? [] : [typeInWords(contentType)]),
  ];
  return (
    <>
      {from !== undefined && (
        <p>
          {before}
          <bdi>{from}</bdi>
          {after}
        </p>
      )}
      {facts.length > 0 && <p>{facts.join(' · ')}</p>}
    </>
  );
}

/** Short names are what people call these types: PDF, PNG, MP4. */
function typeInWords(contentType: string): string {
  const [essence = ''] = contentType.split(';');
  const [, name = ''] = essence.trim().split('/');
  return /^[a-z0-9]{2,5}$/i.test(name) ? name.toUpperCase() : essence;
}

/** The form again, after a missing or wrong password. */
export function passwordPage(problem: ProblemShown, claim: string, language: Language) {
  return html`<!doctype html>${(
    <Page language={language}>
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <RedeemForm words={wordsIn(language)} claim={claim} needsPassword />
    </Page>
  )}`;
}

function RedeemForm(props: {
  readonly words: Words;
  readonly claim: string;
  readonly needsPassword: boolean;
}) {
  const { words, claim, needsPassword } = props;
  return (
    <form method="post">
      <input type="hidden" name="claim" value={claim} />
      {needsPassword && (
        <label>
          {words.password}
          <input type="password" name="password" required autofocus autocomplete="off" />
        </label>
      )}
      <button type="submit">{words.confirm.download}</button>
    </form>
  );
}

function usesText(words: Words, { usesLeft, isClaimKnown }: Confirm): string {
  if (usesLeft === undefined) return '';
  if (isClaimKnown) return ` ${words.confirm.usedByYou}`;
  return ` ${usesLeftInWords(words, usesLeft)}`;
}

function shownInstant({ language, timeZone, expiresAt }: Confirm): string {
  const options: Intl.DateTimeFormatOptions = {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone, timeZoneName: 'short' },
  };
  return new Intl.DateTimeFormat(wordsIn(language).locale, options).format(expiresAt);
}
