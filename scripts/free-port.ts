// Ports of this machine, as a browser that opens `localhost` sees them.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** `localhost` may mean either: a stranger on one of them would be answered instead of us. */
const LOOPBACKS = ['127.0.0.1', '::1'];

export async function isPortFree(port: number): Promise<boolean> {
  for (const host of LOOPBACKS) {
    try {
      await bindOnce(port, host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
      // Anything else is an address this machine doesn't have.
    }
  }
  return true;
}

/** A port that was free a moment ago: another process may still be faster. */
export function findFreePort(): Promise<number> {
  return bindOnce(0, '127.0.0.1');
}

async function bindOnce(port: number, host: string): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return address.port;
}
