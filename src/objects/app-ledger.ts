// The ledger of one app: its keys, links and events, and what has still to be carried to gates.
// Every intent is a row here before a gate hears of it; the alarm carries on what was left undone.

import { DurableObject } from 'cloudflare:workers';
import { type Credential, isSameKey, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type { AppLedgerObject } from '../apps/ports.ts';
import { type Config, type Env, readConfig } from '../config.ts';
import { randomBytes } from '../lib/random.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { changeLink, type LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import { draftLink } from '../links/draft.ts';
import { isChangeable, type Link, linkState } from '../links/link.ts';
import type { LinkId, LinkRef } from '../links/link-ref.ts';
import { createPasswords, type PasswordHash, type Passwords } from '../links/password.ts';
import type { MintCommand, MintedLink } from '../links/ports.ts';
import { createTokens, NONCE_BYTES, type Token, type Tokens } from '../links/token.ts';
import { createKvGrants } from '../storage/kv-grants.ts';
import { createGates } from './clients.ts';
import { createLedgerTables, type LedgerTables } from './ledger-tables.ts';
import { createLinkCarrier, type LinkCarrier } from './link-carrier.ts';

/** How long a mint may stay pending before the alarm ends it. */
const MINT_LEASE_MS = 30 * SECOND_MS;
const IDEMPOTENCY_MS = DAY_MS;
/** A bound on one alarm's work; what is left has the next. */
const LINKS_PER_ALARM = 50;
const LONGEST_RETRY_MS = 60 * SECOND_MS;

/** Key of the app's record; everything else is in tables. */
const APP = 'app';

export class AppLedger extends DurableObject<Env> implements AppLedgerObject {
  readonly #config: Config;
  readonly #tokens: Tokens;
  readonly #passwords: Passwords;
  readonly #tables: LedgerTables;
  readonly #carrier: LinkCarrier;
  #failedAlarms = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#config = readConfig(env);
    this.#tokens = createTokens(this.#config.linkKeys);
    this.#passwords = createPasswords(this.#config.linkKeys, this.#config.passwordIterations);
    this.#tables = createLedgerTables(ctx.storage.sql);
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
  }

  async addKey(key: StoredKey): Promise<boolean> {
    if (!this.#app()) return false;
    this.#tables.addKey(key);
    return true;
  }

  async mint(
    credential: Credential,
    command: MintCommand,
  ): Promise<Result<MintedLink, RequestDenial>> {
    const app = this.#authenticate(credential);
    if (!app) return denied({ reason: 'unauthenticated' });
    const now = systemClock();
    const { keyId } = credential;
    const { terms, idempotency } = command;

    const earlier =
      idempotency && this.#tables.findIdempotency(keyId, idempotency.key, now - IDEMPOTENCY_MS);
    if (earlier && !idempotency.requestHashes.includes(earlier.requestHash)) {
      return denied({ reason: 'idempotency_key_reused' });
    }
    const minted = earlier?.link && this.#tables.findLink(earlier.link, app.id);
    if (earlier && minted && minted.status !== 'failed') {
      const token = await this.#tokens.fromNonceUnder(minted.rootKeyId, earlier.nonce);
      // Without the root key it was minted under a link can't open any more.
      if (token) return this.#finishMint(app, token);
    }

    const draft = draftLink({
      terms,
      bounds: app,
      defaults: app.defaults,
      store: this.#config.stores.get(terms.store),
      maxTtlSeconds: this.#config.maxTtlSeconds,
      now,
    });
    if (!draft.ok) return draft;

    // A nonce that made no link yet is taken up again, so that twins and retries meet in one link.
    const resumed = earlier && !earlier.link;
    const nonce = resumed ? earlier.nonce : randomBytes(NONCE_BYTES);
    if (idempotency && !resumed) {
      const [requestHash = ''] = idempotency.requestHashes;
      this.#tables.putIdempotency(keyId, idempotency.key, requestHash, nonce, now);
    }
    const token = await this.#tokens.fromNonce(nonce);
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
        mintedBy: keyId,
      });
      if (idempotency) this.#tables.linkIdempotency(keyId, idempotency.key, nonce, token.id);
    });
    return this.#finishMint(app, token);
  }

  async inspect(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>> {
    return this.#find(credential, id);
  }

  async change(
    credential: Credential,
    id: LinkId,
    patch: LinkPatch,
  ): Promise<Result<Link, RequestDenial>> {
    const found = this.#find(credential, id);
    if (!found.ok) return found;
    const now = systemClock();
    const password = await this.#hash(patch.password, found.value);
    await this.#armBy(now + MINT_LEASE_MS);

    // From here on in one go: what others changed while the password was hashed counts.
    const link = this.#link(found.value);
    if (!isChangeable(link, now)) return denied({ reason: 'link_not_changeable' });
    const changed = changeLink({
      link,
      patch,
      password,
      defaultRateLimit: this.#app()?.defaults.rateLimit,
      maxTtlSeconds: this.#config.maxTtlSeconds,
      now,
    });
    if (!changed.ok) return changed;
    this.ctx.storage.transactionSync(() => {
      this.#tables.changeLink(link, changed.value);
      this.#tables.addEvent('link.changed', now, id, credential.keyId);
    });
    return ok(await this.#carry(link));
  }

  async revoke(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>> {
    const found = this.#find(credential, id);
    if (!found.ok) return found;
    const now = systemClock();
    const state = linkState(found.value, now);
    if (state === 'expired' || state === 'failed') return found;

    await this.#armBy(now + MINT_LEASE_MS);
    this.#end(found.value, 'revoked', credential.keyId, now);
    return ok(await this.#carry(found.value));
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

  async #carryOn(now: Instant): Promise<void> {
    const app = this.#app();
    if (!app) return;
    this.#tables.forgetIdempotency(now - IDEMPOTENCY_MS);
    const left = this.#tables.unsettledLinks(app.id, LINKS_PER_ALARM);
    const due = left.filter((link) => link.status !== 'pending' || isOverdue(link, now));
    const carried = await Promise.all(
      due.map((link) => {
        // Nobody was told its URL: the mint was never answered.
        if (link.status === 'pending') this.#end(link, 'failed', 'hallpass', now);
        return this.#carry(link);
      }),
    );
    this.#failedAlarms = carried.every((link) => link.settled) ? 0 : this.#failedAlarms + 1;
    const [next] = this.#tables.unsettledLinks(app.id, 1);
    if (!next) return;
    const waiting = next.status === 'pending' ? next.createdAt + MINT_LEASE_MS : 0;
    await this.#armBy(Math.max(waiting, systemClock() + this.#retryDelay()));
  }

  /** Brings a pending link to its gate and answers it. Throws `Unavailable` when the gate can't. */
  async #finishMint(app: App, token: Token): Promise<Result<MintedLink, RequestDenial>> {
    const link = this.#link({ id: token.id, app: app.id });
    if (link.status === 'pending') await this.#carrier.carry(link);
    return ok({ link: this.#link(link), token: token.text });
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
    this.ctx.storage.transactionSync(() => {
      if (this.#tables.endLink(link.id, status, now)) {
        this.#tables.addEvent(`link.${status}`, now, link.id, actor);
      }
    });
  }

  async #hash<Absent extends null | undefined>(
    password: string | Absent,
    link: LinkRef,
  ): Promise<PasswordHash | Absent> {
    if (typeof password !== 'string') return password;
    return this.#passwords.hash(password, link, this.#passwords.iterations);
  }

  #find(credential: Credential, id: LinkId): Result<Link, RequestDenial> {
    const app = this.#authenticate(credential);
    if (!app) return denied({ reason: 'unauthenticated' });
    const link = this.#tables.findLink(id, app.id);
    return link ? ok(link) : denied({ reason: 'link_not_found' });
  }

  #link(of: { readonly id: LinkId; readonly app: string }): Link {
    const link = this.#tables.findLink(of.id, of.app);
    if (!link) throw new Error(`the ledger lost ${of.id}`);
    return link;
  }

  #app(): App | undefined {
    return this.ctx.storage.kv.get<App>(APP);
  }

  #authenticate(credential: Credential): App | undefined {
    const app = this.#app();
    const key = app && this.#tables.findKey(credential.keyId);
    return key && isSameKey(key, credential) ? app : undefined;
  }

  async #armBy(instant: Instant): Promise<void> {
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > instant) await this.ctx.storage.setAlarm(instant);
  }

  #retryDelay(): number {
    return Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** this.#failedAlarms);
  }
}

function isOverdue(link: Link, now: Instant): boolean {
  return now >= link.createdAt + MINT_LEASE_MS;
}
