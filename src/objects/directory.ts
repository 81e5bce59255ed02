// The directory: one object that knows every app of this deployment.

import { DurableObject } from 'cloudflare:workers';
import type { App, AppSettings } from '../apps/app.ts';
import type { AppChange, DirectoryObject } from '../apps/ports.ts';
import type { Env } from '../config.ts';
import { encodeBase62 } from '../lib/base62.ts';
import { randomBytes } from '../lib/random.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant, systemClock } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { callObject } from './call.ts';

/** An id names an app, it isn't a secret: 72 bits keep two from meeting. */
const APP_ID_BYTES = 9;

type Remembered = { readonly requestHash: string; readonly app: string; readonly at: number };

export class Directory extends DurableObject<Env> implements DirectoryObject {
  async create(
    settings: AppSettings,
    idempotency?: Idempotency,
  ): Promise<Result<App, RequestDenial>> {
    const now = systemClock();
    const { kv } = this.ctx.storage;
    const name = `idempotency:${idempotency?.key}`;
    const earlier = idempotency && kv.get<Remembered>(name);
    if (earlier && now < earlier.at + DAY_MS) {
      if (!idempotency.requestHashes.includes(earlier.requestHash)) {
        return denied({ reason: 'idempotency_key_reused' });
      }
      const app = kv.get<App>(keyOf(earlier.app));
      if (app) return ok(app);
    }
    const app: App = { ...settings, id: encodeBase62(randomBytes(APP_ID_BYTES)), createdAt: now };
    if (idempotency) {
      const [requestHash = ''] = idempotency.requestHashes;
      kv.put<Remembered>(name, { requestHash, app: app.id, at: now });
    }
    await this.#keep(app);
    return ok(app);
  }

  async list(): Promise<App[]> {
    const apps = [...this.ctx.storage.kv.list<App>({ prefix: keyOf('') })].map(([, app]) => app);
    return apps.sort((a, b) => b.createdAt - a.createdAt);
  }

  async find(id: string): Promise<App | undefined> {
    return this.ctx.storage.kv.get<App>(keyOf(id));
  }

  async change(id: string, change: AppChange): Promise<App | undefined> {
    const app = this.ctx.storage.kv.get<App>(keyOf(id));
    if (!app) return undefined;
    const changed: App = {
      ...app,
      name: change.name ?? app.name,
      stores: change.stores ?? app.stores,
      keyPrefixes: change.keyPrefixes ?? app.keyPrefixes,
      defaults: change.defaults ?? app.defaults,
      suspendedAt: suspendedAt(app, change.suspended),
    };
    await this.#keep(changed);
    return changed;
  }

  /** The ledger comes first, so that an app in the directory always has one that knows it. */
  async #keep(app: App): Promise<void> {
    const ledger = () => this.env.LEDGERS.getByName(app.id);
    await callObject('ledger', ledger, (object) => object.configure(app));
    this.ctx.storage.kv.put(keyOf(app.id), app);
  }
}

function keyOf(id: string): string {
  return `app:${id}`;
}

function suspendedAt(app: App, suspended: boolean | undefined): Instant | undefined {
  if (suspended === undefined) return app.suspendedAt;
  return suspended ? (app.suspendedAt ?? systemClock()) : undefined;
}
