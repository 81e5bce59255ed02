// What went wrong, in one or two sentences and an exit code. No stack, no key and no presigned URL gets
// past here.

import { ObjectChangedError } from '../client/download.ts';
import { HallpassError } from '../client/hallpass-error.ts';
import { StoreError } from '../client/store-error.ts';
import type { Problem } from '../client/types.ts';
import { CliError } from './cli-error.ts';
import type { Exit } from './exit-codes.ts';
import { sentenceOf } from './flags/body.ts';

export type Failure = {
  readonly exit: Exit;
  readonly sentence: string;
  readonly reason: string;
  /** What the gateway said, if it was the gateway. */
  readonly problem?: Problem | undefined;
};

/** What reads better here than in the words for those who write HTTP. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthenticated: 'Run `hallpass login` with a key that is in force, or set HALLPASS_API_KEY.',
  operators_only: 'Log in with the admin token instead of an API key.',
  apps_only: 'Log in with an API key of the app instead of the admin token.',
  not_hallpass: 'Check the URL of the gateway: HALLPASS_URL, or `hallpass login`.',
  confirm_required: 'Open it with `hallpass download`.',
  password_required: 'Give it with --password.',
};

export function failureOf(error: unknown, isInterrupted: boolean): Failure {
  const failure = isInterrupted ? interrupted(error) : known(error);
  return { ...failure, sentence: redact(failure.sentence) };
}

function interrupted(error: unknown): Failure {
  const told =
    error instanceof CliError && error.exit === 'interrupted' ? error.message : undefined;
  const sentence = told ?? 'Interrupted. What was sent before may have been carried out.';
  return { exit: 'interrupted', reason: 'interrupted', sentence };
}

function known(error: unknown): Failure {
  if (error instanceof CliError) {
    return { exit: error.exit, reason: error.exit, sentence: error.message };
  }
  if (error instanceof HallpassError) return refusal(error.problem);
  if (error instanceof StoreError) return storeFailure(error);
  if (error instanceof ObjectChangedError) {
    const sentence = `${error.message} --restart fetches it from the beginning.`;
    return { exit: 'refused', reason: 'object_changed', sentence };
  }
  const { code, syscall, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  if (error instanceof TypeError && error.message === 'fetch failed') return noAnswer(cause?.code);
  if (code && syscall && /^(?:open|write|rename|mkdir|stat|unlink)$/.test(syscall)) {
    return { exit: 'usage', reason: 'file', sentence: `A file can’t be written: ${code}.` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exit: 'refused', reason: 'unexpected', sentence: `Something went wrong: ${message}` };
}

function refusal(problem: Problem): Failure {
  const { title, detail, reason, errors, scope } = problem;
  const faults = errors && errors.length > 0 ? sentenceOf(errors) : undefined;
  const missing = scope && `It lacks the scope ${scope}.`;
  const sentence = `${title}. ${faults ?? missing ?? ADVICE[reason] ?? detail}`;
  return { exit: exitOf(problem), reason, sentence, problem };
}

function exitOf({ status, reason }: Problem): Exit {
  if (status >= 500 || reason === 'not_hallpass') return 'unavailable';
  return status === 404 ? 'notFound' : 'refused';
}

function storeFailure({ status, message }: StoreError): Failure {
  if (status === 404) {
    const sentence = 'The object isn’t there. Tell whoever sent the link.';
    return { exit: 'notFound', reason: 'object_not_found', sentence };
  }
  const exit = status >= 500 ? 'unavailable' : 'refused';
  return { exit, reason: 'store', sentence: `${message} Try again later.` };
}

function noAnswer(code: string | undefined): Failure {
  const sentence = `There was no answer${code ? ` (${code})` : ''}. Check the network and the URL of the gateway, and try again.`;
  return { exit: 'unavailable', reason: 'no_answer', sentence };
}

/** A last line of defence: what fails deep below may quote what it was given. */
function redact(text: string): string {
  return text
    .replace(/hp_[0-9A-Za-z]+_[0-9A-Za-z]+/g, 'hp_…')
    .replace(/https?:\/\/\S*X-Amz-\S*/gi, '<presigned URL>');
}
