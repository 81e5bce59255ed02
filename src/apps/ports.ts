// What the verbs need of ledgers and of the directory, and both as objects.

import type { EventFilter, EventPage, LatestPage, LatestRequest } from '../events/event.ts';
import type { MergePatch } from '../lib/merge-patch.ts';
import type { PageRequest, Position } from '../lib/position.ts';
import type { Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkPatch } from '../links/change.ts';
import type { Finding } from '../links/check.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { MintTerms } from '../links/draft.ts';
import type { BulkRevocation, LinkFilter, LinkPage, LinkSelection } from '../links/filter.ts';
import type { HourlyActivity } from '../links/hourly-activity.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Idempotency, MintedLink } from '../links/ports.ts';
import type { GateReport, ReportReceipt } from '../links/report.ts';
import type { KeyId, StoredKey } from './api-key.ts';
import type { App, AppSettings } from './app.ts';
import type { ExportPage, ExportPlace, ExportRecord, ImportResult } from './backup.ts';
import type { NewKeyBounds } from './bounds.ts';
import type { Caller } from './caller.ts';

/** What is left of an API key's rate after a request. */
export type RateState = {
  readonly requestsPerMinute: number;
  readonly remaining: number;
  readonly resetSeconds: number;
};

/** What a ledger answers: the result, and how the caller's rate stands after it. */
export type Answer<Value> = {
  readonly result: Result<Value, RequestDenial>;
  readonly rate?: RateState | undefined;
};

export type KeyTerms = NewKeyBounds & { readonly note?: string | undefined };

/** An API key as it is shown: without what it could be checked against. */
export type ShownKey = Omit<StoredKey, 'hash' | 'rootKeyId'>;

export type CreatedKey = {
  readonly key: ShownKey;
  /** In clear here and never again. */
  readonly apiKey: string;
};

/** One of a batch of mints, with its place, by which a repeated batch knows it again. */
export type BatchItem = { readonly place: number; readonly terms: MintTerms };

export type BatchResult = Result<MintedLink, RequestDenial>;

export type LinkCount = {
  /** Neither ended nor expired. */
  readonly live: number;
  /** Ended, but their gates don't know it yet. */
  readonly revoking: number;
};

export type LedgerOverviewRequest = {
  /** The start of the first hour that is wanted. */
  readonly since: Instant;
  readonly endingBefore: Instant;
  /** Of links that end soon. */
  readonly limit: number;
};

export type LedgerOverview = {
  readonly count: LinkCount;
  /** Those in which something happened, oldest first. */
  readonly hours: readonly HourlyActivity[];
  /** Live links, the next to end first. */
  readonly endingSoon: readonly Link[];
};

/** All told since the app was made, events that are forgotten included: each only ever goes up. */
export type LedgerTotals = {
  readonly mints: number;
  readonly opens: number;
  /** Uses that were spent. */
  readonly redeems: number;
  readonly revocations: number;
  readonly denials: Readonly<Record<string, number>>;
};

export type WebhookBacklog = {
  /** Of the outboxes that answered, as are the dead. */
  readonly pending: number;
  readonly dead: number;
  /** Webhooks whose outbox hasn't got every event yet. */
  readonly behind: number;
  /** Webhooks whose outbox gave no answer. */
  readonly silent: number;
};

export type LedgerMetrics = {
  readonly count: LinkCount;
  readonly totals: LedgerTotals;
  /** Age of the oldest revocation that some gate doesn't know yet; 0 without one. */
  readonly revocationLagMs: number;
  readonly webhooks: WebhookBacklog;
};

export type CheckRequest = {
  readonly after?: Position | undefined;
  /** Whether what differs is written again. */
  readonly repair: boolean;
};

export type LedgerCheck = {
  /** How many links were looked at. */
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** Absent when there is nothing after this page. */
  readonly next?: Position | undefined;
};

/** The ledger of an app. Each call throws `Unavailable` when it can't answer. */
export interface Ledger {
  mint(caller: Caller, terms: MintTerms, idempotency?: Idempotency): Promise<Answer<MintedLink>>;
  /** Mints each for itself: what is refused or fails leaves the others alone. */
  mintMany(
    caller: Caller,
    items: readonly BatchItem[],
    idempotency?: Idempotency,
    /** Of a batch whose first part was admitted: it counts as one request. */
    isFurtherPart?: boolean,
  ): Promise<Answer<BatchResult[]>>;
  inspect(caller: Caller, id: LinkId): Promise<Answer<Link>>;
  /** Refuses with `link_changed` where the link isn't at the version that it was seen at any more. */
  change(caller: Caller, id: LinkId, patch: LinkPatch, ifVersion?: number): Promise<Answer<Link>>;
  revoke(caller: Caller, id: LinkId): Promise<Answer<Link>>;
  list(caller: Caller, filter: LinkFilter, page: PageRequest): Promise<Answer<LinkPage>>;
  /** Ends every selected link at once here; gates and KV follow, by the alarm where they are many. */
  revokeMany(
    caller: Caller,
    selection: LinkSelection,
    dryRun: boolean,
  ): Promise<Answer<BulkRevocation>>;
  /** Compares some links with their gates and KV. For operators alone: refuses keys with `operators_only`. */
  check(caller: Caller, request: CheckRequest): Promise<Answer<LedgerCheck>>;
  /** For operators alone, as are imports. Refuses with `too_many_revocations` while one is under way. */
  exportPage(caller: Caller, place: ExportPlace): Promise<Answer<ExportPage>>;
  /** Records that are known to be this app's. */
  importRecords(caller: Caller, records: readonly ExportRecord[]): Promise<Answer<ImportResult>>;
  countLinks(caller: Caller): Promise<Answer<LinkCount>>;
  /** Of the whole app, so for operators alone: refuses keys with `operators_only`. */
  overview(caller: Caller, request: LedgerOverviewRequest): Promise<Answer<LedgerOverview>>;
  /** Of the whole app, as the overview is. */
  metrics(caller: Caller): Promise<Answer<LedgerMetrics>>;
  /** Events after a place, the oldest first. */
  readEvents(
    caller: Caller,
    filter: EventFilter,
    after: number,
    limit: number,
  ): Promise<Answer<EventPage>>;
  /** Events below a place, the newest first. */
  latestEvents(
    caller: Caller,
    filter: EventFilter,
    page: LatestRequest,
  ): Promise<Answer<LatestPage>>;

  createKey(
    caller: Caller,
    terms: KeyTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedKey>>;
  rotateKey(caller: Caller, id: KeyId, idempotency?: Idempotency): Promise<Answer<CreatedKey>>;
  listKeys(caller: Caller): Promise<Answer<ShownKey[]>>;
  /** With its links, when it is not to be trusted any more. */
  revokeKey(caller: Caller, id: KeyId, withLinks: boolean): Promise<Answer<ShownKey>>;
}

/** The ledger of the app with this id. */
export type LedgerOf = (app: string) => Ledger;

/** A ledger as its Durable Object, named by the app id; the directory alone configures it. */
export interface AppLedgerObject extends Ledger {
  /** Answers the app as the ledger keeps it where that is newer: then nothing was changed. */
  configure(app: App): Promise<App | undefined>;
  /** Gates alone report. */
  report(report: GateReport): Promise<ReportReceipt>;
}

export type AppChange = MergePatch<AppSettings> & { readonly suspended?: boolean | undefined };

/** The apps of this deployment. Each call throws `Unavailable` when the directory can't answer. */
export interface Apps {
  create(settings: AppSettings, idempotency?: Idempotency): Promise<Result<App, RequestDenial>>;
  /** Newest first. */
  list(): Promise<App[]>;
  find(id: string): Promise<App | undefined>;
  change(id: string, change: AppChange): Promise<App | undefined>;
  /** Makes an app known that was exported; one that is known stays as it is, and then it is false. */
  restore(app: App): Promise<boolean>;
  /** Has the directory and the app's ledger, of which one may have been restored, know the same of it. */
  reconcile(id: string): Promise<void>;
}

/** The one Durable Object that knows every app. */
export type DirectoryObject = Apps;
