#!/usr/bin/env node
// The command line `hallpass`: one session, one command, one exit code.

import { EXIT_CODES } from './exit-codes.ts';
import { type Failure, failureOf } from './failure.ts';
import { styleFor } from './output/style.ts';
import { runProgram } from './program.ts';
import type { Session } from './session.ts';

const interruption = new AbortController();
const { stdin, stdout, stderr, env } = process;
const args = process.argv.slice(2);
const session: Session = {
  stdin,
  stdout,
  stderr,
  env,
  signal: interruption.signal,
  isJson: args.includes('--json'),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice doesn't want to wait.
    if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
    interruption.abort();
  });
}
// `hallpass ls | head` has seen enough.
stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === 'EPIPE' ? EXIT_CODES.done.code : EXIT_CODES.refused.code);
});

try {
  process.exitCode = EXIT_CODES[await runProgram(session, args)].code;
} catch (error) {
  const failure = failureOf(error, interruption.signal.aborted);
  tellFailure(failure);
  process.exitCode = EXIT_CODES[failure.exit].code;
}

function tellFailure({ exit, sentence, reason, problem }: Failure): void {
  if (session.isJson) {
    const exitCode = EXIT_CODES[exit].code;
    stderr.write(`${JSON.stringify({ ...problem, reason, detail: sentence, exitCode })}\n`);
    return;
  }
  stderr.write(`${styleFor(stderr, env)('red', 'hallpass:')} ${sentence}\n`);
}
