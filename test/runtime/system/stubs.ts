// The objects themselves, with nothing in between.

import { runInDurableObject } from 'cloudflare:test';
import { realEnv } from '../../support/api.ts';

export type Kind = 'gate' | 'ledger' | 'directory' | 'outbox' | 'sessions';

type Method = (...inputs: unknown[]) => Promise<unknown>;

let storages: Record<string, Method> | undefined;

/** All storages have one prototype, which only an object can show. */
export async function learnStorages(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_, { storage }) => {
    storages = Object.getPrototypeOf(storage);
  });
}

export function storagePrototype() {
  return storages;
}

type Namespaces = 'GATES' | 'LEDGERS' | 'DIRECTORY' | 'OUTBOXES' | 'SESSIONS';

export const BINDINGS: Record<Kind, Namespaces> = {
  gate: 'GATES',
  ledger: 'LEDGERS',
  directory: 'DIRECTORY',
  outbox: 'OUTBOXES',
  sessions: 'SESSIONS',
};

/** The object itself, with nothing in between. */
export function stubOf(binding: Namespaces, name: string): DurableObjectStub {
  const namespace = realEnv[binding] as unknown as DurableObjectNamespace;
  return namespace.get(namespace.idFromName(name));
}

/** Looks into an object, at its next life when it has just died. */
export async function within<Value>(
  stub: DurableObjectStub,
  look: (object: DurableObject, state: DurableObjectState) => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await runInDurableObject(stub, look);
  } catch (error) {
    if ((error as { durableObjectReset?: boolean }).durableObjectReset !== true) throw error;
    // A stub stays as broken as its object was.
    const name = stub.name ?? '';
    return runInDurableObject(stubOf(BINDINGS[kindOf(name)], name), look);
  }
}

export function kindOf(name: string): Kind {
  if (name.startsWith('lnk_')) return 'gate';
  if (name.startsWith('wh_')) return 'outbox';
  return name === 'directory' || name === 'sessions' ? name : 'ledger';
}
