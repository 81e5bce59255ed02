// The directory: one object that knows every app of this deployment.

import { DurableObject } from 'cloudflare:workers';
import type { App, AppSettings } from '../apps/app.ts';
import { OPERATOR } from '../apps/caller.ts';
import type { AppChange, DirectoryObject } from '../apps/ports.ts';
import type { Env } from '../config.ts';
import { encodeBase62 } from '../lib/base62.ts';
import { isSameJson } from '../lib/canonical-json.ts';
import { mergePatch } from '../lib/merge-patch.ts';
import { ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { createTurns } from '../lib/turns.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { callObject } from './call.ts';
import { createIdempotentWork } from './idempotency.ts';
import { createIdempotencyTable, IDEMPOTENCY_SCHEMA } from './idempotency-table.ts';

/** An id names an app, it isn't a secret: 72 bits keep two from meeting. */
const APP_ID_BYTES = 9;

/** How soon a ledger that gave no answer is asked again. */
const RETRY_MS = 10 * SECOND_MS;

export class Directory extends DurableObject<Env> implements DirectoryObject {
  readonly #inTurn = createTurns();
  readonly #idempotent = createIdempotentWork(createIdempotencyTable(this.ctx.storage.sql));

  async create(
    settings: AppSettings,
    idempotency?: Idempotency,
  ): Promise<Result<App, RequestDenial>> {
    const now = systemClock();
    this.ctx.storage.sql.exec(IDEMPOTENCY_SCHEMA);
    this.#idempotent.forget(now);
    return this.#idempotent.once({
      actor: OPERATOR,
      idempotency,
      now,
      again: (id) => {
        const app = this.ctx.storage.kv.get<App>(keyOf(id));
        return app && Promise.resolve(ok(app));
      },
      make: async (takeNonce, remember) => {
        const id = encodeBase62(takeNonce().slice(0, APP_ID_BYTES));
        const app: App = { ...settings, id, createdAt: now };
        // The ledger comes first, so that an app in the directory always has one that knows it.
        await configureLedger(this.env, app);
        this.#keep(app);
        remember(id);
        return ok(app);
      },
    });
  }

  async list(): Promise<App[]> {
    const apps = [...this.ctx.storage.kv.list<App>({ prefix: keyOf('') })].map(([, app]) => app);
    return apps.sort((a, b) => b.createdAt - a.createdAt);
  }

  async find(id: string): Promise<App | undefined> {
    return this.ctx.storage.kv.get<App>(keyOf(id));
  }

  async change(id: string, change: AppChange): Promise<App | undefined> {
    // Before anything is kept: what the ledger doesn't hear of now it hears of later.
    await this.ctx.storage.setAlarm(systemClock() + RETRY_MS);
    const app = this.ctx.storage.kv.get<App>(keyOf(id));
    if (!app) return undefined;
    const changed = changedApp(app, change);
    this.#keep(changed);
    this.ctx.storage.kv.put(unsentOf(id), true);
    await this.#configure(id, (kept, newer) =>
      isSameJson(kept, changed) ? changedApp(newer, change) : outdone(kept, newer),
    );
    return this.ctx.storage.kv.get<App>(keyOf(id));
  }

  async restore(app: App): Promise<boolean> {
    return this.#inTurn(app.id, async () => {
      const kept = this.ctx.storage.kv.get<App>(keyOf(app.id));
      // It may be the ledger alone that was lost, or the directory alone.
      const newer = await configureLedger(this.env, kept ?? app);
      if (!kept) this.#keep(newer ?? app);
      return kept === undefined;
    });
  }

  async reconcile(id: string): Promise<void> {
    const isUnsent = this.ctx.storage.kv.get(unsentOf(id)) !== undefined;
    await this.#configure(id, isUnsent ? outdone : (_, newer) => newer);
  }

  /** Brings changes to ledgers that gave no answer. Never throws. */
  override async alarm(): Promise<void> {
    for (const [name] of [...this.ctx.storage.kv.list({ prefix: unsentOf('') })]) {
      const id = name.slice(unsentOf('').length);
      try {
        await this.#configure(id, outdone);
      } catch (error) {
        console.warn({ event: 'directory.app_not_configured', app: id, error: String(error) });
        await this.ctx.storage.setAlarm(systemClock() + RETRY_MS);
      }
    }
  }

  #keep(app: App): void {
    this.ctx.storage.kv.put(keyOf(app.id), app);
  }

  /**
   * Of two changes at once none may undo the other: the ledger ends with what is newest here. Only a directory
   * that was restored has a ledger that knows newer; `rebase` says what is to be then.
   */
  #configure(id: string, rebase: (kept: App, newer: App) => App): Promise<void> {
    const kept = () => this.ctx.storage.kv.get<App>(keyOf(id));
    return this.#inTurn(id, async () => {
      for (let sent = kept(); sent; sent = kept()) {
        const newer = await configureLedger(this.env, sent);
        const current = kept() ?? sent;
        if (newer) this.#keep(rebase(current, newer));
        else if (isSameJson(current, sent)) this.ctx.storage.kv.delete(unsentOf(id));
        if (!newer) return;
      }
    });
  }
}

function changedApp(app: App, { suspended, ...settings }: AppChange): App {
  return {
    ...mergePatch<App>(app, settings),
    version: (app.version ?? 0) + 1,
    suspendedAt: suspendedAt(app, suspended),
  };
}

/** Settings from here, above what the ledger has; what either suspended stays so. */
function outdone(kept: App, newer: App): App {
  return {
    ...kept,
    version: Math.max(kept.version ?? 0, (newer.version ?? 0) + 1),
    suspendedAt: kept.suspendedAt ?? newer.suspendedAt,
  };
}

function configureLedger(env: Env, app: App): Promise<App | undefined> {
  const ledger = () => env.LEDGERS.getByName(app.id);
  return callObject('ledger', ledger, (object) => object.configure(app));
}

function unsentOf(id: string): string {
  return `unsent:${id}`;
}

function keyOf(id: string): string {
  return `app:${id}`;
}

function suspendedAt(app: App, suspended: boolean | undefined): Instant | undefined {
  if (suspended === undefined) return app.suspendedAt;
  return suspended ? (app.suspendedAt ?? systemClock()) : undefined;
}
