// What a person sees instead of the file: what happened, and what can be done.

import { html } from 'hono/html';
import { Page } from './page.tsx';
import type { Language } from './words/words.ts';

export type ProblemShown = { readonly title: string; readonly detail: string };

export function problemPage(problem: ProblemShown, language: Language) {
  return html`<!doctype html>${(
    <Page language={language}>
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
    </Page>
  )}`;
}
