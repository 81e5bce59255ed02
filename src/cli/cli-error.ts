// A failure that the command line finds itself: one or two sentences that say what to do.

import type { Exit } from './exit-codes.ts';

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: Exit;

  constructor(exit: Exit, message: string) {
    super(message);
    this.exit = exit;
  }
}

export function usageError(message: string): CliError {
  return new CliError('usage', message);
}
