// The ledger of one app: its keys, links and events, and what has still to be carried to gates. It
// admits each call and hands it to the part that knows; every intent is a row here before a gate hears
// of it, and the alarm carries on what was left undone.

import { DurableObject } from 'cloudflare:workers';
import type { KeyId } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type { Scope } from '../apps/bounds.ts';
import { type Caller, HALLPASS, OPERATOR } from '../apps/caller.ts';
import type {
  Answer,
  AppLedgerObject,
  BatchItem,
  BatchResult,
  CreatedKey,
  KeyTerms,
  LinkCount,
  ShownKey,
} from '../apps/ports.ts';
import type { Env } from '../config.ts';
import type { EventFilter, EventPage } from '../events/event.ts';
import type { PageRequest } from '../lib/position.ts';
import { ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import type { LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { MintTerms } from '../links/draft.ts';
import type { BulkRevocation, LinkFilter, LinkPage, LinkSelection } from '../links/filter.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Idempotency, MintedLink } from '../links/ports.ts';
import type { GateReport, ReportReceipt } from '../links/report.ts';
import { type Admit, type Admitted, createAdmission } from './admission.ts';
import { type BulkEnding, createBulkEnding, LINKS_AT_ONCE } from './bulk-ending.ts';
import { type Catalog, createCatalog, viewOf } from './catalog.ts';
import { type Changing, createChanging } from './changing.ts';
import { createEnding, type Ending } from './ending.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { createLedgerContext, type LedgerContext } from './ledger-context.ts';
import { createMinting, isOverdue, MINT_LEASE_MS, type Minting } from './minting.ts';
import { createReporting, type Reporting } from './reporting.ts';
import { createSweeping, type Sweeping } from './sweeping.ts';

/** How long one alarm carries on before it lets others in. */
const ALARM_MS = 15 * SECOND_MS;

export class AppLedger extends DurableObject<Env> implements AppLedgerObject {
  readonly #context: LedgerContext;
  readonly #admit: Admit;
  readonly #catalog: Catalog;
  readonly #minting: Minting;
  readonly #changing: Changing;
  readonly #ending: Ending;
  readonly #bulkEnding: BulkEnding;
  readonly #keyRing: KeyRing;
  readonly #eventLog: EventLog;
  readonly #reporting: Reporting;
  readonly #sweeping: Sweeping;
  /** How far the alarm has come with what gates have still to be told. */
  #carriedUpTo: Link | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#context = createLedgerContext(ctx.storage, env);
    this.#admit = createAdmission(this.#context.tables.keys);
    this.#catalog = createCatalog(this.#context.tables.links);
    this.#minting = createMinting(this.#context, this.#catalog);
    this.#changing = createChanging(this.#context);
    this.#ending = createEnding(this.#context);
    this.#bulkEnding = createBulkEnding(this.#context, this.#catalog);
    this.#keyRing = createKeyRing(this.#context, this.#bulkEnding);
    this.#eventLog = createEventLog(this.#context.tables);
    this.#reporting = createReporting(this.#context);
    this.#sweeping = createSweeping(this.#context);
  }

  async configure(app: App): Promise<void> {
    const before = this.#context.app();
    this.#context.configure(app);
    // Events that were kept for longer may be due now.
    if (before) await this.#context.alarm.ringBy(systemClock() + SECOND_MS);
    if (app.suspendedAt === undefined) return;
    const request = { actor: OPERATOR, dryRun: false, now: systemClock() };
    await this.#bulkEnding.revokeMany({ app }, { filter: {} }, request);
  }

  async mint(
    caller: Caller,
    terms: MintTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<MintedLink>> {
    return this.#serve(caller, 'links:mint', (admitted, now) =>
      this.#minting.mint(admitted, terms, idempotency, now),
    );
  }

  async mintMany(
    caller: Caller,
    items: readonly BatchItem[],
    idempotency?: Idempotency,
    isFurtherPart?: boolean,
  ): Promise<Answer<BatchResult[]>> {
    return this.#serve(
      caller,
      'links:mint',
      (admitted, now) => this.#minting.mintMany(admitted, items, idempotency, now),
      isFurtherPart,
    );
  }

  async inspect(caller: Caller, id: LinkId): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:read', async (admitted) =>
      this.#catalog.reach(viewOf(admitted), id),
    );
  }

  async change(caller: Caller, id: LinkId, patch: LinkPatch): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:mint', async (admitted, now) => {
      const found = this.#catalog.reach(viewOf(admitted), id);
      return found.ok ? this.#changing.change(admitted, found.value, patch, now) : found;
    });
  }

  async revoke(caller: Caller, id: LinkId): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:revoke', async (admitted, now) => {
      const found = this.#catalog.reach(viewOf(admitted), id);
      return found.ok ? ok(await this.#ending.revoke(found.value, admitted.actor, now)) : found;
    });
  }

  async list(caller: Caller, filter: LinkFilter, page: PageRequest): Promise<Answer<LinkPage>> {
    return this.#serve(caller, 'links:read', async (admitted, now) =>
      ok(this.#catalog.list(viewOf(admitted), filter, page, now)),
    );
  }

  async revokeMany(
    caller: Caller,
    selection: LinkSelection,
    dryRun: boolean,
  ): Promise<Answer<BulkRevocation>> {
    return this.#serve(caller, 'links:revoke', async (admitted, now) =>
      this.#bulkEnding.revokeMany(viewOf(admitted), selection, {
        actor: admitted.actor,
        dryRun,
        now,
      }),
    );
  }

  async countLinks(caller: Caller): Promise<Answer<LinkCount>> {
    const { links } = this.#context.tables;
    return this.#serve(caller, 'links:read', async () =>
      ok({ live: links.counts.live(), revoking: links.countRevoking() }),
    );
  }

  async readEvents(
    caller: Caller,
    filter: EventFilter,
    after: number,
    limit: number,
  ): Promise<Answer<EventPage>> {
    return this.#serve(caller, 'events:read', async (admitted) =>
      ok(this.#eventLog.read(admitted, filter, after, limit)),
    );
  }

  async report(report: GateReport): Promise<ReportReceipt> {
    return this.#reporting.take(report, systemClock());
  }

  async createKey(
    caller: Caller,
    terms: KeyTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedKey>> {
    return this.#serve(caller, 'keys:manage', (admitted, now) =>
      this.#keyRing.create(admitted, terms, idempotency, now),
    );
  }

  async rotateKey(
    caller: Caller,
    id: KeyId,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedKey>> {
    return this.#serve(caller, 'keys:manage', (admitted, now) =>
      this.#keyRing.rotate(admitted, id, idempotency, now),
    );
  }

  async listKeys(caller: Caller): Promise<Answer<ShownKey[]>> {
    return this.#serve(caller, 'keys:manage', async (admitted) => ok(this.#keyRing.list(admitted)));
  }

  async revokeKey(caller: Caller, id: KeyId, withLinks: boolean): Promise<Answer<ShownKey>> {
    return this.#serve(caller, 'keys:manage', (admitted, now) =>
      this.#keyRing.revoke(admitted, id, withLinks, now),
    );
  }

  /** Carries on what a crash or an unreachable gate left undone. Never throws. */
  override async alarm(): Promise<void> {
    const { alarm } = this.#context;
    try {
      await this.#carryOn(systemClock());
    } catch (error) {
      console.error({ event: 'ledger.alarm_failed', error: String(error) });
      alarm.failed();
      await alarm.retry();
    }
  }

  async #serve<Value>(
    caller: Caller,
    scope: Scope,
    work: (admitted: Admitted, now: Instant) => Promise<Result<Value, RequestDenial>>,
    isFurtherPart = false,
  ): Promise<Answer<Value>> {
    const now = systemClock();
    const { result, rate } = this.#admit(this.#context.app(), caller, scope, now, isFurtherPart);
    return { result: result.ok ? await work(result.value, now) : result, rate };
  }

  async #carryOn(now: Instant): Promise<void> {
    const { tables, alarm, carrier } = this.#context;
    const app = this.#context.app();
    if (!app) return;
    let arrived = 0;
    let isMore = true;
    while (isMore && systemClock() < now + ALARM_MS) {
      // Where the last round ended, so that gates that don't answer keep no others waiting.
      const left = tables.links.unsettled(app.id, LINKS_AT_ONCE, this.#carriedUpTo);
      this.#carriedUpTo = left.length === LINKS_AT_ONCE ? left.at(-1) : undefined;
      const due = left.filter((link) => link.status !== 'pending' || isOverdue(link, now));
      for (const link of due) {
        if (link.status === 'pending') this.#ending.fail(link, HALLPASS, now);
      }
      const arrivedNow = await carrier.tryCarryAll(due);
      arrived += arrivedNow;
      // What was revoked before comes to its gates before more is revoked.
      isMore = this.#carriedUpTo !== undefined || this.#bulkEnding.step({ app }, now);
      // The next ring goes on after those that don't answer.
      if (due.length > 0 && arrivedNow === 0) break;
      // Whoever waits for the ledger comes in here.
      await scheduler.wait(0);
    }
    const isLeft = tables.links.unsettled(app.id, 1).length > 0;
    if (isLeft && arrived === 0) alarm.failed();
    else alarm.succeeded();
    const sweepAt = this.#sweeping.sweep(app, now);
    if (sweepAt !== undefined) await alarm.ringBy(sweepAt);
    if (tables.revocations.next()) await alarm.retry();
    const [next] = tables.links.unsettled(app.id, 1);
    if (!next) return;
    if (next.status === 'pending') await alarm.ringBy(next.createdAt + MINT_LEASE_MS);
    else await alarm.retry();
  }
}
