// A form that could not be sent, or could not be carried out: to be sent again, or left.

import { html } from 'hono/html';
import { type FormProblem, Hidden, ProblemNotice } from './form.tsx';
import { AdminPage } from './frame.tsx';

/** What isn't typed. */
const UNSEEN = /^(?:once|version|.*Unit)$/;

/** Without a problem its session had ended. */
export function unsentFormPage(action: string, fields: URLSearchParams, problem?: FormProblem) {
  const shown = [...fields].filter(([name, value]) => value !== '' && !UNSEEN.test(name));
  return html`<!doctype html>${(
    <AdminPage title="Send your form">
      <h1>{problem ? 'This could not be done' : 'You are signed in again'}</h1>
      <ProblemNotice problem={problem} />
      <p>
        {problem
          ? 'Nothing that you typed is lost. Send it again in a moment?'
          : 'This form wasn’t sent, since your session had ended. Send it now?'}
      </p>
      <dl class="facts">
        {shown.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{/password|token/i.test(name) ? '••••••' : <bdi>{value}</bdi>}</dd>
          </>
        ))}
      </dl>
      <form method="post" action={action}>
        {[...fields].map(([name, value]) => (
          <Hidden name={name} value={value} />
        ))}
        <div class="actions">
          <button type="submit">Send it</button>
          <a href="/admin">Leave it, and go to the overview</a>
        </div>
      </form>
    </AdminPage>
  )}`;
}
