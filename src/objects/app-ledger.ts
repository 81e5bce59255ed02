// The ledger of one app: its keys, links and events, and what has still to be carried to gates.
// Every intent is a row here before a gate hears of it; the alarm carries on what was left undone.

import { DurableObject } from 'cloudflare:workers';
import { type ApiKeys, createApiKeys, type KeyId, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import { boundFault, inheritBounds, isWithin, type Scope, widerFaults } from '../apps/bounds.ts';
import { type Caller, HALLPASS, OPERATOR } from '../apps/caller.ts';
import type { Answer, AppLedgerObject, CreatedKey, KeyTerms, ShownKey } from '../apps/ports.ts';
import { type Config, type Env, readConfig } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { changeLink, type LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import { draftLink, type MintTerms } from '../links/draft.ts';
import {
  type BulkRevocation,
  type LinkFilter,
  type LinkPage,
  type LinkSelection,
  matchesFilter,
  type PageRequest,
  type Position,
} from '../links/filter.ts';
import { isChangeable, type Link, linkState } from '../links/link.ts';
import type { LinkId, LinkRef } from '../links/link-ref.ts';
import { createPasswords, type PasswordHash, type Passwords } from '../links/password.ts';
import type { Idempotency, MintedLink } from '../links/ports.ts';
import { createTokens, type Token, type Tokens } from '../links/token.ts';
import { createKvGrants } from '../storage/kv-grants.ts';
import { type Admit, type Admitted, createAdmission } from './admission.ts';
import { createGates } from './clients.ts';
import { createIdempotentWork, type IdempotentWork } from './idempotency.ts';
import { createLedgerTables, type LedgerTables } from './ledger-tables.ts';
import { createLinkCarrier, type LinkCarrier } from './link-carrier.ts';

/** How long a mint may stay pending before the alarm ends it. */
const MINT_LEASE_MS = 30 * SECOND_MS;
/** How long a rotated key and its successor are both in force. */
const ROTATION_OVERLAP_MS = DAY_MS;
/** How many gates are written at a time. */
const LINKS_AT_ONCE = 100;
/** How long one alarm carries on before it lets others in. */
const ALARM_MS = 15 * SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;
/** How many rows one page may look at: a rare match makes short pages, not slow ones. */
const ROWS_PER_PAGE = 2_000;

/** Key of the app's record; everything else is in tables. */
const APP = 'app';

/** Before the newest link there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: 'lnk_' };

type Ruled<Value> = Result<Value, RequestDenial>;

export class AppLedger extends DurableObject<Env> implements AppLedgerObject {
  readonly #config: Config;
  readonly #tokens: Tokens;
  readonly #apiKeys: ApiKeys;
  readonly #passwords: Passwords;
  readonly #tables: LedgerTables;
  readonly #admit: Admit;
  readonly #idempotent: IdempotentWork;
  readonly #carrier: LinkCarrier;
  #failedAlarms = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#config = readConfig(env);
    this.#tokens = createTokens(this.#config.linkKeys);
    this.#apiKeys = createApiKeys(this.#config.appKeys);
    this.#passwords = createPasswords(this.#config.linkKeys, this.#config.passwordIterations);
    this.#tables = createLedgerTables(ctx.storage.sql);
    this.#admit = createAdmission(this.#tables);
    this.#idempotent = createIdempotentWork(this.#tables);
    this.#carrier = createLinkCarrier({
      gates: createGates(env),
      grants: createKvGrants(env.GRANTS, systemClock),
      newestLink: (link) => this.#link(link),
      settle: (link) => this.#settle(link),
    });
  }

  async configure(app: App): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#tables.create();
      this.ctx.storage.kv.put(APP, app);
    });
    if (app.suspendedAt === undefined) return;
    const now = systemClock();
    await this.#endAll(this.#select(app, { filter: {} }, now), OPERATOR, now);
  }

  async mint(
    caller: Caller,
    terms: MintTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<MintedLink>> {
    return this.#serve(caller, 'links:mint', (admitted, now) =>
      this.#idempotent.once({
        actor: admitted.actor,
        idempotency,
        now,
        again: (id, nonce) => this.#mintAgain(admitted, id as LinkId, nonce),
        make: (takeNonce, remember) => this.#mintLink(admitted, terms, takeNonce, remember, now),
      }),
    );
  }

  async inspect(caller: Caller, id: LinkId): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:read', async (admitted) => this.#reach(admitted, id));
  }

  async change(caller: Caller, id: LinkId, patch: LinkPatch): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:mint', async (admitted, now) => {
      const found = this.#reach(admitted, id);
      return found.ok ? this.#changeLink(admitted, found.value, patch, now) : found;
    });
  }

  async revoke(caller: Caller, id: LinkId): Promise<Answer<Link>> {
    return this.#serve(caller, 'links:revoke', async (admitted, now) => {
      const found = this.#reach(admitted, id);
      if (!found.ok) return found;
      if (!isEndable(found.value, now)) return found;
      await this.#armBy(now + MINT_LEASE_MS);
      this.#end(found.value, 'revoked', admitted.actor, now);
      return ok(await this.#carry(found.value));
    });
  }

  async list(caller: Caller, filter: LinkFilter, page: PageRequest): Promise<Answer<LinkPage>> {
    return this.#serve(caller, 'links:read', async ({ app, bounds }, now) => {
      const links: Link[] = [];
      let rows = 0;
      let last = page.after ?? NEWEST;
      for (const link of this.#tables.newestLinks(app.id, filter, last)) {
        if (links.length === page.limit || rows === ROWS_PER_PAGE) return ok({ links, next: last });
        if (isWithin(bounds, link.grant) && matchesFilter(link, filter, now)) links.push(link);
        last = link;
        rows += 1;
      }
      return ok({ links });
    });
  }

  async revokeMany(
    caller: Caller,
    selection: LinkSelection,
    dryRun: boolean,
  ): Promise<Answer<BulkRevocation>> {
    return this.#serve(caller, 'links:revoke', async ({ app, bounds, actor }, now) => {
      const isMeant = (link: Link) => isWithin(bounds, link.grant) && isEndable(link, now);
      const links = this.#select(app, selection, now).filter(isMeant);
      if (dryRun) return ok({ matched: links.length, revoked: 0, pending: links.length });
      await this.#endAll(links, actor, now);
      const pending = links.filter((link) => !this.#link(link).settled).length;
      return ok({ matched: links.length, revoked: links.length - pending, pending });
    });
  }

  async createKey(
    caller: Caller,
    terms: KeyTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedKey>> {
    return this.#serve(caller, 'keys:manage', (admitted, now) => {
      const inherited = { ...terms, ...inheritBounds(terms, admitted.key) };
      return this.#makeKey(admitted, inherited, idempotency, now, (key) => {
        this.#tables.addKey(key);
        this.#tables.addEvent('key.created', now, key.id, admitted.actor);
      });
    });
  }

  async rotateKey(
    caller: Caller,
    id: KeyId,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedKey>> {
    return this.#serve(caller, 'keys:manage', async (admitted, now) => {
      const found = this.#reachKey(admitted, id);
      if (!found.ok) return found;
      const old = found.value;
      if (old.revokedAt !== undefined) return denied({ reason: 'key_not_found' });
      return this.#makeKey(admitted, old, idempotency, now, (key) => {
        // Its maker stays the same: revoking the old key must not take the new one along.
        this.#tables.addKey({ ...key, createdBy: old.createdBy });
        this.#tables.rotateKey(old.id, key.id, now + ROTATION_OVERLAP_MS);
        this.#tables.addEvent('key.rotated', now, old.id, admitted.actor);
      });
    });
  }

  async listKeys(caller: Caller): Promise<Answer<ShownKey[]>> {
    return this.#serve(caller, 'keys:manage', async (admitted) => {
      const keys = this.#tables.listKeys();
      return ok(keys.filter((key) => !this.#isWider(key, admitted)).map(shownKey));
    });
  }

  async revokeKey(caller: Caller, id: KeyId, withLinks: boolean): Promise<Answer<ShownKey>> {
    return this.#serve(caller, 'keys:manage', async (admitted, now) => {
      const found = this.#reachKey(admitted, id);
      if (!found.ok) return found;
      const revoked = this.ctx.storage.transactionSync(() =>
        this.#revokeKeyTree(id, admitted.actor, now),
      );
      if (withLinks) {
        for (const mintedBy of revoked) {
          const selection = { filter: { mintedBy } };
          await this.#endAll(this.#select(admitted.app, selection, now), admitted.actor, now);
        }
      }
      return ok(shownKey({ ...found.value, revokedAt: found.value.revokedAt ?? now }));
    });
  }

  /** Carries on what a crash or an unreachable gate left undone. Never throws. */
  override async alarm(): Promise<void> {
    try {
      await this.#carryOn(systemClock());
    } catch (error) {
      console.error({ event: 'ledger.alarm_failed', error: String(error) });
      this.#failedAlarms++;
      await this.#armBy(systemClock() + this.#retryDelay());
    }
  }

  async #serve<Value>(
    caller: Caller,
    scope: Scope,
    work: (admitted: Admitted, now: Instant) => Promise<Ruled<Value>>,
  ): Promise<Answer<Value>> {
    const now = systemClock();
    const admitted = this.#admit(this.ctx.storage.kv.get<App>(APP), caller, scope, now);
    if (!admitted.ok) return { result: admitted };
    return { result: await work(admitted.value, now), rate: admitted.value.rate };
  }

  async #mintLink(
    { app, bounds, key, actor }: Admitted,
    terms: MintTerms,
    takeNonce: () => Uint8Array<ArrayBuffer>,
    remember: (id: string) => void,
    now: Instant,
  ): Promise<Ruled<MintedLink>> {
    if (app.suspendedAt !== undefined) return denied({ reason: 'app_suspended' });
    const draft = draftLink({
      app: app.id,
      terms,
      bounds,
      defaults: app.defaults,
      store: this.#config.stores.get(terms.store),
      maxTtlSeconds: this.#maxTtlSeconds(key),
      now,
    });
    if (!draft.ok) return draft;

    const token = await this.#tokens.fromNonce(takeNonce());
    const password = await this.#hash(terms.password, token);
    await this.#armBy(now + MINT_LEASE_MS);
    this.ctx.storage.transactionSync(() => {
      this.#tables.addLink({
        id: token.id,
        app: app.id,
        rootKeyId: token.rootKeyId,
        status: 'pending',
        version: 1,
        settled: false,
        grant: draft.value.grant,
        limits: { ...draft.value.limits, password },
        note: terms.note,
        tags: terms.tags,
        createdAt: now,
        mintedBy: actor,
      });
      remember(token.id);
    });
    return this.#finishMint(app, token);
  }

  /** A repeated mint: within its bounds it gets the same link, unless that failed. */
  #mintAgain(
    admitted: Admitted,
    id: LinkId,
    nonce: Uint8Array<ArrayBuffer>,
  ): Promise<Ruled<MintedLink>> | undefined {
    const link = this.#tables.findLink(id, admitted.app.id);
    if (!link || link.status === 'failed') return undefined;
    return (async () => {
      const reached = this.#reach(admitted, id);
      if (!reached.ok) return reached;
      const token = await this.#tokens.fromNonceUnder(link.rootKeyId, nonce);
      // Without the root key it was minted under the link is dead, and its URL can't be told.
      return token ? this.#finishMint(admitted.app, token) : denied({ reason: 'link_not_found' });
    })();
  }

  async #changeLink(
    { app, actor, key }: Admitted,
    stale: Link,
    patch: LinkPatch,
    now: Instant,
  ): Promise<Ruled<Link>> {
    const password = await this.#hash(patch.password, stale);
    await this.#armBy(now + MINT_LEASE_MS);

    // From here on in one go: what others changed while the password was hashed counts.
    const link = this.#link(stale);
    if (!isChangeable(link, now)) return denied({ reason: 'link_not_changeable' });
    const changed = changeLink({
      link,
      patch,
      password,
      defaultRateLimit: app.defaults.rateLimit,
      maxTtlSeconds: this.#maxTtlSeconds(key),
      now,
    });
    if (!changed.ok) return changed;
    this.ctx.storage.transactionSync(() => {
      this.#tables.changeLink(link, changed.value);
      this.#tables.addEvent('link.changed', now, link.id, actor);
    });
    return ok(await this.#carry(link));
  }

  async #makeKey(
    admitted: Admitted,
    terms: KeyTerms,
    idempotency: Idempotency | undefined,
    now: Instant,
    keep: (key: StoredKey) => void,
  ): Promise<Ruled<CreatedKey>> {
    const { app, bounds, actor } = admitted;
    const { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute } = terms;
    const created = { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute };
    return this.#idempotent.once({
      actor,
      idempotency,
      now,
      again: (id, nonce) => this.#keyAgain(app, id as KeyId, nonce),
      make: async (takeNonce, remember) => {
        const errors = widerFaults(terms, bounds);
        if (errors.length > 0) return denied({ reason: 'outside_bounds', errors });
        const { apiKey, ...identity } = await this.#apiKeys.fromNonce(app.id, takeNonce());
        const { note, expiresAt } = terms;
        const key = { ...created, ...identity, note, expiresAt, createdAt: now, createdBy: actor };
        this.ctx.storage.transactionSync(() => {
          keep(key);
          remember(key.id);
        });
        return ok({ key: shownKey(key), apiKey });
      },
    });
  }

  #keyAgain(
    app: App,
    id: KeyId,
    nonce: Uint8Array<ArrayBuffer>,
  ): Promise<Ruled<CreatedKey>> | undefined {
    const key = this.#tables.findKey(id);
    if (!key) return undefined;
    return (async () => {
      const again = await this.#apiKeys.fromNonceUnder(key.rootKeyId, app.id, nonce);
      return again
        ? ok({ key: shownKey(key), apiKey: again.apiKey })
        : denied({ reason: 'key_not_found' });
    })();
  }

  /** Whoever was let in by a key goes with it. */
  #revokeKeyTree(id: KeyId, actor: string, now: Instant): KeyId[] {
    if (this.#tables.revokeKey(id, now)) this.#tables.addEvent('key.revoked', now, id, actor);
    const made = this.#tables.keysMadeBy(id);
    return [id, ...made.flatMap((key) => this.#revokeKeyTree(key.id, actor, now))];
  }

  #select(app: App, selection: LinkSelection, now: Instant): Link[] {
    if ('ids' in selection) {
      return selection.ids.flatMap((id) => this.#tables.findLink(id, app.id) ?? []);
    }
    const { filter } = selection;
    const newest = [...this.#tables.newestLinks(app.id, filter, NEWEST)];
    return newest.filter((link) => matchesFilter(link, filter, now));
  }

  /** Ends links in one transaction, all or none, and carries the first to their gates. */
  async #endAll(links: readonly Link[], actor: string, now: Instant): Promise<void> {
    await this.#armBy(now + SECOND_MS);
    this.ctx.storage.transactionSync(() => {
      for (const link of links) {
        if (isEndable(link, now)) this.#endNow(link, 'revoked', actor, now);
      }
    });
    await this.#carryAll(links.slice(0, LINKS_AT_ONCE));
  }

  async #carryOn(now: Instant): Promise<void> {
    const app = this.ctx.storage.kv.get<App>(APP);
    if (!app) return;
    this.#idempotent.forget(now);
    let isAllSettled = true;
    while (isAllSettled && systemClock() < now + ALARM_MS) {
      const left = this.#tables.unsettledLinks(app.id, LINKS_AT_ONCE);
      const due = left.filter((link) => link.status !== 'pending' || isOverdue(link, now));
      if (due.length === 0) break;
      for (const link of due) {
        // Nobody was told its URL: the mint was never answered.
        if (link.status === 'pending') this.#end(link, 'failed', HALLPASS, now);
      }
      isAllSettled = await this.#carryAll(due);
    }
    this.#failedAlarms = isAllSettled ? 0 : this.#failedAlarms + 1;
    const [next] = this.#tables.unsettledLinks(app.id, 1);
    if (!next) return;
    const waiting = next.status === 'pending' ? next.createdAt + MINT_LEASE_MS : 0;
    await this.#armBy(Math.max(waiting, systemClock() + this.#retryDelay()));
  }

  /** Brings a pending link to its gate and answers it. Throws `Unavailable` when the gate can't. */
  async #finishMint(app: App, token: Token): Promise<Ruled<MintedLink>> {
    const link = this.#link({ id: token.id, app: app.id });
    if (link.status === 'pending') await this.#carrier.carry(link);
    return ok({ link: this.#link(link), token: token.text });
  }

  /** False when some are left to the alarm. */
  async #carryAll(links: readonly Link[]): Promise<boolean> {
    const carried = await Promise.all(links.map((link) => this.#carry(link)));
    return carried.every((link) => link.settled);
  }

  /** Tries to bring a link to its gate; what fails is left to the alarm. */
  async #carry(link: Link): Promise<Link> {
    try {
      await this.#carrier.carry(link);
    } catch (error) {
      console.warn({ event: 'ledger.link_not_carried', link: link.id, error: String(error) });
      await this.#armBy(systemClock() + this.#retryDelay());
    }
    return this.#link(link);
  }

  #settle(link: Link): void {
    this.ctx.storage.transactionSync(() => {
      const settled = this.#tables.settleLink(link.id, link.version);
      if (settled && link.status === 'pending') {
        this.#tables.addEvent('link.minted', link.createdAt, link.id, link.mintedBy);
      }
    });
  }

  #end(link: Link, status: 'revoked' | 'failed', actor: string, now: Instant): void {
    this.ctx.storage.transactionSync(() => this.#endNow(link, status, actor, now));
  }

  #endNow(link: Link, status: 'revoked' | 'failed', actor: string, now: Instant): void {
    if (this.#tables.endLink(link.id, status, now)) {
      this.#tables.addEvent(`link.${status}`, now, link.id, actor);
    }
  }

  async #hash<Absent extends null | undefined>(
    password: string | Absent,
    link: LinkRef,
  ): Promise<PasswordHash | Absent> {
    if (typeof password !== 'string') return password;
    return this.#passwords.hash(password, link, this.#passwords.iterations);
  }

  #maxTtlSeconds(key: StoredKey | undefined): number {
    return Math.min(this.#config.maxTtlSeconds, key?.maxTtlSeconds ?? Number.POSITIVE_INFINITY);
  }

  /** A link of this app within the caller's bounds. */
  #reach({ app, bounds }: Admitted, id: LinkId): Ruled<Link> {
    const link = this.#tables.findLink(id, app.id);
    if (!link) return denied({ reason: 'link_not_found' });
    const fault = boundFault(bounds, link.grant);
    return fault ? denied({ reason: 'outside_bounds', errors: [fault] }) : ok(link);
  }

  /** A key of this app that is no wider than the caller's. */
  #reachKey(admitted: Admitted, id: KeyId): Ruled<StoredKey> {
    const key = this.#tables.findKey(id);
    if (!key) return denied({ reason: 'key_not_found' });
    const errors = admitted.key ? widerFaults(key, admitted.bounds) : [];
    return errors.length > 0 ? denied({ reason: 'outside_bounds', errors }) : ok(key);
  }

  #isWider(key: StoredKey, admitted: Admitted): boolean {
    return admitted.key !== undefined && widerFaults(key, admitted.bounds).length > 0;
  }

  #link(of: { readonly id: LinkId; readonly app: string }): Link {
    const link = this.#tables.findLink(of.id, of.app);
    if (!link) throw new Error(`the ledger lost ${of.id}`);
    return link;
  }

  async #armBy(instant: Instant): Promise<void> {
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > instant) await this.ctx.storage.setAlarm(instant);
  }

  #retryDelay(): number {
    return Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** this.#failedAlarms);
  }
}

/**
 * Whether a revocation still has something to do. An end that its gate hasn't confirmed counts: the
 * gate of a link that was shortened may still have the later end.
 */
function isEndable(link: Link, now: Instant): boolean {
  if (!link.settled) return true;
  return link.endedAt === undefined && linkState(link, now) !== 'expired';
}

function isOverdue(link: Link, now: Instant): boolean {
  return now >= link.createdAt + MINT_LEASE_MS;
}

function shownKey({ hash: _hash, rootKeyId: _rootKeyId, ...shown }: StoredKey): ShownKey {
  return shown;
}
