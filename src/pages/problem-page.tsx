// What a person sees instead of the file: what happened, and what can be done.

import { html } from 'hono/html';
import { secondsInWords } from '../lib/amounts.ts';
import { fillIn } from '../lib/fill-in.ts';
import { Page } from './page.tsx';
import { type Language, type Words, wordsIn } from './words/words.ts';

export type ProblemShown = {
  readonly title: string;
  readonly detail: string;
  /** Until when there is no use in trying again. */
  readonly wait?: { readonly sentence: keyof Words['wait']; readonly seconds: number } | undefined;
};

export function problemPage(problem: ProblemShown, language: Language) {
  return html`<!doctype html>${(
    <Page language={language}>
      <h1>{problem.title}</h1>
      <p>
        {problem.detail}
        {problem.wait && ` ${waitInWords(problem.wait, language)}`}
      </p>
    </Page>
  )}`;
}

function waitInWords(wait: NonNullable<ProblemShown['wait']>, language: Language): string {
  const time = secondsInWords(language, wait.seconds);
  return fillIn(wordsIn(language).wait[wait.sentence], { time });
}
