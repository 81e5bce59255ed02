// What the parts of a ledger share.

import type { App } from '../apps/app.ts';
import { type Config, type Env, readConfig } from '../config.ts';
import { systemClock } from '../lib/time.ts';
import { createPasswords, type Passwords } from '../links/password.ts';
import type { Gates, Grants, VerifyObject } from '../links/ports.ts';
import { createKvGrants } from '../storage/kv-grants.ts';
import { createObjectVerifier } from '../stores/verify-object.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { createGates } from './clients.ts';
import { createIdempotentWork, type IdempotentWork } from './idempotency.ts';

import { migrateLedger } from './ledger-schema.ts';
import { createLedgerTables, type LedgerTables } from './ledger-tables.ts';
import { createLinkCarrier, type LinkCarrier } from './link-carrier.ts';

/** Key of the app's record; everything else is in tables. */
const APP = 'app';

export type LedgerContext = {
  readonly config: Config;
  readonly storage: DurableObjectStorage;
  readonly tables: LedgerTables;
  readonly alarm: Alarm;
  readonly gates: Gates;
  readonly grants: Grants;
  readonly carrier: LinkCarrier;
  readonly idempotent: IdempotentWork;
  readonly passwords: Passwords;
  readonly verifyObject: VerifyObject;
  /** The app as it is configured now; a ledger without one knows nobody. */
  app(): App | undefined;
  configure(app: App): void;
};

export function createLedgerContext(storage: DurableObjectStorage, env: Env): LedgerContext {
  const config = readConfig(env);
  const tables = createLedgerTables(storage.sql);
  const alarm = createAlarm(storage);
  const gates = createGates(env);
  const grants = createKvGrants(env.GRANTS, systemClock);
  const app = () => storage.kv.get<App>(APP);
  // An object that nobody configured keeps nothing, not even tables.
  if (app()) migrateLedger(storage);
  return {
    config,
    storage,
    tables,
    alarm,
    gates,
    grants,
    carrier: createLinkCarrier({ gates, grants, storage, tables, alarm }),
    idempotent: createIdempotentWork(tables.idempotency),
    passwords: createPasswords(config.linkKeys, config.passwordIterations),
    verifyObject: createObjectVerifier(config, systemClock, (url, init) => fetch(url, init)),
    app,
    configure(settings) {
      migrateLedger(storage);
      storage.kv.put(APP, settings);
    },
  };
}
