// The Durable Objects behind the ports of the nouns.

import type { AppKeys, Apps } from '../apps/ports.ts';
import type { Env } from '../config.ts';
import type { Gates, Ledgers } from '../links/ports.ts';
import { callObject } from './call.ts';

/** The directory is one object, whatever its name. */
const DIRECTORY_NAME = 'directory';

export function createGates(env: Env): Gates {
  const gateOf = (id: string) => () => env.GATES.getByName(id);
  return {
    async open(id, facts, wantsGrant) {
      return callObject('gate', gateOf(id), (gate) => gate.open(facts, wantsGrant));
    },
    async write(id, record) {
      return callObject('gate', gateOf(id), (gate) => gate.write(record));
    },
    async inspect(id) {
      return callObject('gate', gateOf(id), (gate) => gate.inspect());
    },
  };
}

export function createLedgers(env: Env): Ledgers & AppKeys {
  const ledgerOf = (app: string) => () => env.LEDGERS.getByName(app);
  return {
    async addKey(app, key) {
      return callObject('ledger', ledgerOf(app), (ledger) => ledger.addKey(key));
    },
    async mint(credential, command) {
      return callObject('ledger', ledgerOf(credential.app), (ledger) =>
        ledger.mint(credential, command),
      );
    },
    async inspect(credential, id) {
      return callObject('ledger', ledgerOf(credential.app), (ledger) =>
        ledger.inspect(credential, id),
      );
    },
    async change(credential, id, patch) {
      return callObject('ledger', ledgerOf(credential.app), (ledger) =>
        ledger.change(credential, id, patch),
      );
    },
    async revoke(credential, id) {
      return callObject('ledger', ledgerOf(credential.app), (ledger) =>
        ledger.revoke(credential, id),
      );
    },
  };
}

export function createApps(env: Env): Apps {
  return {
    async add(app) {
      const directory = () => env.DIRECTORY.getByName(DIRECTORY_NAME);
      return callObject('directory', directory, (object) => object.add(app));
    },
  };
}
