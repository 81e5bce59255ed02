// The ledger of one app: its keys, links and events, and what has still to be carried to gates. It
// admits each call and hands it to the part that knows; every intent is a row here before a gate hears
// of it, and the alarm carries on what was left undone.

import { DurableObject } from 'cloudflare:workers';
import type { KeyId } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type { ExportPage, ExportPlace, ExportRecord, ImportResult } from '../apps/backup.ts';
import type { Scope } from '../apps/bounds.ts';
import { type Caller, OPERATOR } from '../apps/caller.ts';
import type {
  Answer,
  AppLedgerObject,
  BatchItem,
  BatchResult,
  CheckRequest,
  CreatedKey,
  KeyTerms,
  LedgerCheck,
  LedgerMetrics,
  LedgerOverview,
  LedgerOverviewRequest,
  LinkCount,
  ShownKey,
} from '../apps/ports.ts';
import type { Env } from '../config.ts';
import type { EventFilter, EventPage, LatestPage, LatestRequest } from '../events/event.ts';
import { isSameJson } from '../lib/canonical-json.ts';
import type { PageRequest } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import type { LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { MintTerms } from '../links/draft.ts';
import type { BulkRevocation, LinkFilter, LinkPage, LinkSelection } from '../links/filter.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Idempotency, MintedLink } from '../links/ports.ts';
import type { GateReport, ReportReceipt } from '../links/report.ts';
import type { WebhookPatch } from '../webhooks/change.ts';
import type { Delivery, DeliveryPage, DeliveryStatus } from '../webhooks/delivery.ts';
import type { CreatedWebhook, WebhookLedgerObject } from '../webhooks/ports.ts';
import type { KeptWebhook, WebhookId, WebhookTerms } from '../webhooks/webhook.ts';
import { type Admit, type Admitted, createAdmission } from './admission.ts';
import { type BulkEnding, createBulkEnding } from './bulk-ending.ts';
import { type CarryOn, createCarryOn } from './carry-on.ts';
import { type Catalog, createCatalog, viewOf } from './catalog.ts';
import { type Changing, createChanging } from './changing.ts';
import { type Checking, createChecking } from './checking.ts';
import { createEnding, type Ending } from './ending.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createExporting, type Exporting } from './exporting.ts';
import { createImporting, type Importing } from './importing.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { createLedgerContext, type LedgerContext } from './ledger-context.ts';
import { createMeasuring, type Measuring } from './measuring.ts';
import { createMinting, type Minting } from './minting.ts';
import { createReporting, type Reporting } from './reporting.ts';
import { createOutboxes } from './webhook-clients.ts';
import { createWebhookDeliveries, type WebhookDeliveries } from './webhook-deliveries.ts';
import { createWebhookRegister, type WebhookRegister } from './webhook-register.ts';
import { createWebhookSending, type WebhookSending } from './webhook-sending.ts';

/** Calls with these may add events, which webhooks wait for. */
const EVENTFUL: readonly Scope[] = ['links:mint', 'links:revoke', 'keys:manage'];

export class AppLedger extends DurableObject<Env> implements AppLedgerObject, WebhookLedgerObject {
  readonly #context: LedgerContext;
  readonly #admit: Admit;
  readonly #catalog: Catalog;
  readonly #checking: Checking;
  readonly #exporting: Exporting;
  readonly #importing: Importing;
  readonly #minting: Minting;
  readonly #changing: Changing;
  readonly #ending: Ending;
  readonly #bulkEnding: BulkEnding;
  readonly #keyRing: KeyRing;
  readonly #eventLog: EventLog;
  readonly #reporting: Reporting;
  readonly #measuring: Measuring;
  readonly #carryOn: CarryOn;
  readonly #sending: WebhookSending;
  readonly #webhooks: WebhookRegister;
  readonly #deliveries: WebhookDeliveries;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#context = createLedgerContext(ctx.storage, env);
    this.#admit = createAdmission(this.#context.tables.keys);
    this.#catalog = createCatalog(this.#context.tables.links);
    this.#minting = createMinting(this.#context, this.#catalog);
    this.#changing = createChanging(this.#context);
    this.#ending = createEnding(this.#context);
    this.#checking = createChecking(this.#context, this.#ending);
    this.#exporting = createExporting(this.#context);
    this.#importing = createImporting(this.#context, this.#checking);
    this.#bulkEnding = createBulkEnding(this.#context, this.#catalog);
    this.#keyRing = createKeyRing(this.#context, this.#bulkEnding);
    this.#eventLog = createEventLog(this.#context.tables);
    this.#reporting = createReporting(this.#context);
    this.#carryOn = createCarryOn(this.#context, this.#ending, this.#bulkEnding);
    const outboxOf = createOutboxes(env);
    this.#measuring = createMeasuring(this.#context, outboxOf);
    this.#sending = createWebhookSending(this.#context, this.#eventLog, outboxOf);
    this.#webhooks = createWebhookRegister(this.#context, this.#sending);
    this.#deliveries = createWebhookDeliveries(this.#context, this.#webhooks, outboxOf);
  }

  async configure(app: App): Promise<App | undefined> {
    const before = this.#context.app();
    // A call that was given up may arrive all the same, after what came later; and a directory that was
    // restored may come to the same version once more.
    if (before && isNewer(before, app)) return before;
    this.#context.configure(app);
    // Events that were kept for longer may be due now.
    if (before) await this.#context.alarm.ringBy(systemClock() + SECOND_MS);
    if (app.suspendedAt === undefined) return undefined;
    const now = systemClock();
    const request = { actor: OPERATOR, dryRun: false, now };
    await this.#sending.during(
      () => this.#bulkEnding.revokeMany({ app }, { filter: {} }, request),
      now,
    );
    return undefined;
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

  async change(
    caller: Caller,
    id: LinkId,
    patch: LinkPatch,
    ifVersion?: number,
  ): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:mint', async (admitted, now) => {
      const found = this.#catalog.reach(viewOf(admitted), id);
      return found.ok ? this.#changing.change(admitted, found.value, patch, ifVersion, now) : found;
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

  async check(caller: Caller, request: CheckRequest): Promise<Answer<LedgerCheck>> {
    return this.#serve(caller, 'links:revoke', async ({ app, key, actor }, now) =>
      // It names links whatever the bounds of a key.
      key
        ? denied({ reason: 'operators_only' })
        : ok(await this.#checking.check(app, actor, request, now)),
    );
  }

  async exportPage(caller: Caller, place: ExportPlace): Promise<Answer<ExportPage>> {
    return this.#serve(caller, 'links:read', async ({ app, key }, now) =>
      key ? denied({ reason: 'operators_only' }) : this.#exporting.page(app, place, now),
    );
  }

  async importRecords(
    caller: Caller,
    records: readonly ExportRecord[],
  ): Promise<Answer<ImportResult>> {
    return this.#serve(caller, 'keys:manage', async ({ app, key, actor }, now) =>
      key
        ? denied({ reason: 'operators_only' })
        : ok(await this.#importing.take(app, records, actor, now)),
    );
  }

  async countLinks(caller: Caller): Promise<Answer<LinkCount>> {
    return this.#serve(caller, 'links:read', async () => ok(this.#count()));
  }

  async overview(
    caller: Caller,
    { since, endingBefore, limit }: LedgerOverviewRequest,
  ): Promise<Answer<LedgerOverview>> {
    const { links, hours } = this.#context.tables;
    return this.#serve(caller, 'links:read', async ({ app, key }, now) => {
      // What is added up over an app goes past the bounds of its keys.
      if (key) return denied({ reason: 'operators_only' });
      return ok({
        count: this.#count(),
        hours: hours.since(since),
        endingSoon: links.endingSoon(app.id, now, endingBefore, limit),
      });
    });
  }

  async metrics(caller: Caller): Promise<Answer<LedgerMetrics>> {
    return this.#serve(caller, 'links:read', async ({ key }, now) => {
      if (key) return denied({ reason: 'operators_only' });
      return ok({ ...(await this.#measuring(now)), count: this.#count() });
    });
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

  async latestEvents(
    caller: Caller,
    filter: EventFilter,
    page: LatestRequest,
  ): Promise<Answer<LatestPage>> {
    return this.#serve(caller, 'events:read', async (admitted) =>
      ok(this.#eventLog.latest(admitted, filter, page)),
    );
  }

  async report(report: GateReport): Promise<ReportReceipt> {
    const now = systemClock();
    return this.#sending.during(async () => this.#reporting.take(report, now), now);
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

  async createWebhook(
    caller: Caller,
    terms: WebhookTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedWebhook>> {
    return this.#serve(caller, 'webhooks:manage', (admitted, now) =>
      this.#webhooks.create(admitted, terms, idempotency, now),
    );
  }

  async listWebhooks(caller: Caller): Promise<Answer<KeptWebhook[]>> {
    return this.#serve(caller, 'webhooks:manage', async (admitted) =>
      ok(this.#webhooks.list(admitted)),
    );
  }

  async inspectWebhook(caller: Caller, id: WebhookId): Promise<Answer<KeptWebhook>> {
    return this.#serve(caller, 'webhooks:manage', async (admitted) =>
      this.#webhooks.reach(admitted, id),
    );
  }

  async changeWebhook(
    caller: Caller,
    id: WebhookId,
    patch: WebhookPatch,
    ifVersion?: number,
  ): Promise<Answer<KeptWebhook>> {
    return this.#serve(caller, 'webhooks:manage', (admitted, now) =>
      this.#webhooks.change(admitted, id, patch, ifVersion, now),
    );
  }

  async deleteWebhook(caller: Caller, id: WebhookId): Promise<Answer<boolean>> {
    return this.#serve(caller, 'webhooks:manage', (admitted, now) =>
      this.#webhooks.delete(admitted, id, now),
    );
  }

  async rotateWebhook(
    caller: Caller,
    id: WebhookId,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedWebhook>> {
    return this.#serve(caller, 'webhooks:manage', (admitted, now) =>
      this.#webhooks.rotate(admitted, id, idempotency, now),
    );
  }

  async testWebhook(
    caller: Caller,
    id: WebhookId,
    idempotency?: Idempotency,
  ): Promise<Answer<Delivery>> {
    return this.#serve(caller, 'webhooks:manage', (admitted, now) =>
      this.#deliveries.test(admitted, id, idempotency, now),
    );
  }

  async listDeliveries(
    caller: Caller,
    id: WebhookId,
    status: DeliveryStatus | undefined,
    page: PageRequest,
  ): Promise<Answer<DeliveryPage>> {
    return this.#serve(caller, 'webhooks:manage', (admitted) =>
      this.#deliveries.list(admitted, id, status, page),
    );
  }

  async redeliver(caller: Caller, id: WebhookId, delivery: string): Promise<Answer<Delivery>> {
    return this.#serve(caller, 'webhooks:manage', (admitted) =>
      this.#deliveries.redeliver(admitted, id, delivery),
    );
  }

  async disableGone(id: WebhookId, version: number): Promise<void> {
    if (this.#context.app()) await this.#webhooks.disableGone(id, version, systemClock());
  }

  /** Carries on what a crash or an unreachable gate left undone. Never throws. */
  override async alarm(): Promise<void> {
    const { alarm } = this.#context;
    try {
      await this.#carryOn(systemClock());
      await this.#send(systemClock());
    } catch (error) {
      console.error({ event: 'ledger.alarm_failed', error: String(error) });
      alarm.failed();
      await alarm.retry();
    }
  }

  #count(): LinkCount {
    const { links } = this.#context.tables;
    return { live: links.counts.live(), revoking: links.countRevoking() };
  }

  async #serve<Value>(
    caller: Caller,
    scope: Scope,
    work: (admitted: Admitted, now: Instant) => Promise<Result<Value, RequestDenial>>,
    isFurtherPart = false,
  ): Promise<Answer<Value>> {
    const now = systemClock();
    const { result, rate } = this.#admit(this.#context.app(), caller, scope, now, isFurtherPart);
    if (!result.ok) return { result, rate };
    const serve = () => work(result.value, now);
    const isEventful = EVENTFUL.includes(scope);
    return { result: await (isEventful ? this.#sending.during(serve, now) : serve()), rate };
  }

  async #send(now: Instant): Promise<void> {
    if (!this.#context.app()) return;
    const nextAt = await this.#sending.carryOn(now);
    if (nextAt !== undefined) await this.#context.alarm.ringBy(nextAt);
  }
}

/** Of two that are both the same version, the one that is kept was there first. */
function isNewer(kept: App, app: App): boolean {
  const ahead = (kept.version ?? 0) - (app.version ?? 0);
  return ahead > 0 || (ahead === 0 && !isSameJson(kept, app));
}
