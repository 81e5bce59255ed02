// Questions to whoever sits at the terminal, asked on standard error so that output stays clean.

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { usageError } from './cli-error.ts';
import { isAttended, type Session, tell } from './session.ts';

type Question = { readonly prompt: string; readonly isHidden?: boolean };

export async function ask(session: Session, { prompt, isHidden }: Question): Promise<string> {
  const { stdin, stderr, signal } = session;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: stdin,
    output: isHidden ? silent : stderr,
    terminal: true,
    historySize: 0,
  });
  // The terminal is in raw mode: Ctrl-C comes as a character, and Ctrl-D ends the input.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    if (isHidden) stderr.write(prompt);
    const answer = await Promise.race([lines.question(isHidden ? '' : prompt, { signal }), ended]);
    return answer.trim();
  } finally {
    lines.close();
    if (isHidden || signal.aborted) stderr.write('\n');
  }
}

/** Typed without an echo at a terminal, else the whole of standard input. */
export async function readSecret(session: Session, prompt: string): Promise<string> {
  const secret = isAttended(session)
    ? await ask(session, { prompt, isHidden: true })
    : (await text(session.stdin)).trim();
  if (secret === '') throw usageError(`${prompt.replace(/: $/, '')} must not be empty.`);
  return secret;
}

/** Throws a usage error where nobody can be asked and --yes wasn't given; false means no. */
export async function confirm(
  session: Session,
  question: string,
  isConfirmed: boolean,
): Promise<boolean> {
  if (isConfirmed) return true;
  if (!isAttended(session)) {
    throw usageError(`${question} Nobody can be asked here: say so with --yes.`);
  }
  const answer = await ask(session, { prompt: `${question} [y/N] ` });
  const isYes = /^y(?:es)?$/i.test(answer);
  if (!isYes) tell(session, 'Nothing was done.');
  return isYes;
}
