// Signing in to the dashboard. Whoever was signed out meanwhile loses nothing of what they had typed.

import { html } from 'hono/html';
import { Page } from '../page.tsx';
import { type FormProblem, Hidden, ProblemNotice } from './form.tsx';

type SignIn = {
  /** Where to go then: a path of the dashboard. */
  readonly returnTo: string;
  /** The fields of a form that was sent without a session. */
  readonly kept?: string | undefined;
  readonly problem?: FormProblem | undefined;
};

export function signInPage({ returnTo, kept, problem }: SignIn) {
  return html`<!doctype html>${(
    <Page title="Sign in · Hallpass">
      <h1>Sign in to Hallpass</h1>
      <p>
        {kept === undefined
          ? 'This is the dashboard of its operators.'
          : 'Your session has ended before the form was sent. Sign in, and nothing of it is lost.'}
      </p>
      <ProblemNotice problem={problem} />
      <form method="post" action="/admin/sign-in">
        <Hidden name="returnTo" value={returnTo} />
        {kept !== undefined && <Hidden name="kept" value={kept} />}
        <label>
          Admin token
          <input
            type="password"
            name="token"
            required
            autofocus
            autocomplete="current-password"
            aria-invalid={problem ? 'true' : undefined}
          />
        </label>
        <button type="submit">Sign in</button>
      </form>
    </Page>
  )}`;
}
