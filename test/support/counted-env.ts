// The real environment with every storage operation written down, or with parts of it replaced.

import type { Env } from '../../src/config.ts';
import { realEnv } from './api.ts';

export type CountedEnv = { readonly env: Env; readonly operations: string[] };

/** Names each operation `kv.get`, `gate.open`, `ledger.mint` and so on, in their order. */
export function countedEnv(replaced: Partial<Env> = {}): CountedEnv {
  const operations: string[] = [];
  const base = { ...realEnv, ...replaced };
  const env = {
    ...base,
    GRANTS: counted(base.GRANTS, 'kv', operations),
    GATES: { getByName: (id: string) => counted(base.GATES.getByName(id), 'gate', operations) },
    LEDGERS: {
      getByName: (id: string) => counted(base.LEDGERS.getByName(id), 'ledger', operations),
    },
    DIRECTORY: {
      getByName: (id: string) => counted(base.DIRECTORY.getByName(id), 'directory', operations),
    },
  };
  return { env, operations };
}

function counted<Target extends object>(target: Target, name: string, operations: string[]) {
  return new Proxy(target, {
    get(_, method) {
      return (...inputs: unknown[]) => {
        operations.push(`${name}.${String(method)}`);
        const call = Reflect.get(target, method) as (...inputs: unknown[]) => unknown;
        return Reflect.apply(call, target, inputs);
      };
    },
  });
}

/** An object namespace whose objects answer every call as `answer` does. */
export function answering<Namespace>(answer: () => Promise<unknown>): Namespace {
  const stub = new Proxy({}, { get: () => answer });
  return { getByName: () => stub } as Namespace;
}
