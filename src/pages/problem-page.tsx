// What a person sees instead of the file: what happened, and what can be done.

import { html } from 'hono/html';
import { Page } from './page.tsx';

export function problemPage(problem: { readonly title: string; readonly detail: string }) {
  return html`<!doctype html>${(
    <Page>
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
    </Page>
  )}`;
}
