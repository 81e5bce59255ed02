// What a person sees instead of the file: what happened, what can be done, and for how long to wait.

import { html } from 'hono/html';
import { countdown } from '../lib/countdown.ts';
import { COUNTDOWN_SCRIPT_PATH } from './countdown-script.ts';
import { Page } from './page.tsx';
import type { Language } from './words/words.ts';

export type ProblemShown = {
  readonly title: string;
  /** Where there is a wait, with `{time}` in it. */
  readonly detail: string;
  readonly waitSeconds?: number | undefined;
};

export function problemPage(problem: ProblemShown, language: Language) {
  const isWaiting = problem.waitSeconds !== undefined;
  return html`<!doctype html>${(
    <Page language={language} {...(isWaiting ? { script: COUNTDOWN_SCRIPT_PATH } : {})}>
      <h1>{problem.title}</h1>
      <Detail problem={problem} language={language} />
    </Page>
  )}`;
}

function Detail(props: { readonly problem: ProblemShown; readonly language: Language }) {
  const { problem, language } = props;
  const { detail, waitSeconds } = problem;
  if (waitSeconds === undefined) return <p>{detail}</p>;
  const [before = '', after = ''] = detail.split('{time}');
  return (
    <p>
      {before}
      <span role="timer" data-seconds={waitSeconds}>
        {countdown(language, waitSeconds)}
      </span>
      {after}
    </p>
  );
}
