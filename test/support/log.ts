// Waits for lines of the log: they are written apart from the requests that they are about.

import { exports } from 'cloudflare:workers';
import { vi } from 'vitest';

type Exports = { readonly OperatorLog: { write(level: string, line: object): Promise<void> } };

/** Until everything has been written that was to be logged before. */
export async function untilLogged(): Promise<void> {
  const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
  await (exports as unknown as Exports).OperatorLog.write('debug', {});
  debug.mockRestore();
}
