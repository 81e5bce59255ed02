// The log of whatever answers requests. The platform keeps each line together with the URL of the request
// within which it was written, invocation logs or not, and a link's URL holds its token; of tokens it takes
// seven in eight for secrets and leaves them out. So a line is written by an entrypoint of its own that this
// Worker calls, and that call has no URL. Durable Objects are called without one too, and write their lines
// themselves.

import { exports, WorkerEntrypoint, waitUntil } from 'cloudflare:workers';
import type { Log, LogLevel, LogLine } from '../lib/log.ts';

export class OperatorLog extends WorkerEntrypoint {
  write(level: LogLevel, line: LogLine): void {
    console[level](line);
  }
}

type Exports = { readonly OperatorLog: { write(level: LogLevel, line: LogLine): Promise<void> } };

export const writeApart: Log = (level, line) => {
  const { OperatorLog: entrypoint } = exports as unknown as Exports;
  // A line that is lost is better than one that tells a token.
  waitUntil(entrypoint.write(level, line).catch(() => {}));
};
