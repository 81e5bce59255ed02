// What an operator sees in place of a page that there isn't.

import { html } from 'hono/html';
import type { FormProblem } from './form.tsx';
import { AdminPage } from './frame.tsx';

export function problemView({ title, detail, errors = [] }: FormProblem) {
  return html`<!doctype html>${(
    <AdminPage title={title}>
      <h1>{title}</h1>
      <p>{detail}</p>
      {errors.map((error) => (
        <p>
          {error.pointer.slice(1)} {error.detail}.
        </p>
      ))}
      <p>
        <a href="/admin">Go to the overview</a>
      </p>
    </AdminPage>
  )}`;
}
