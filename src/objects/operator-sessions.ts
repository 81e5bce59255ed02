// Who is signed in to the dashboard, and who tried: one object, apart from everything that links need.

import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { recentTries, siteLockSeconds, type WrongTry } from '../links/password.ts';
import type { SessionsObject, SignInDenial } from '../operators/ports.ts';
import { isSessionAlive, type Session } from '../operators/session.ts';

/** Of a site no more count. */
const MOST_TRIES = 5;
const FORGET_MS = 3_600 * SECOND_MS;
/** Being seen is a row written, so not for each request. */
const SEEN_AGAIN_MS = 60 * SECOND_MS;

export class OperatorSessions extends DurableObject<Env> implements SessionsObject {
  async begin(site: string, id: string | undefined): Promise<Result<null, SignInDenial>> {
    const now = systemClock();
    // Each site for itself: tries from many others make room for none of its own.
    const tries = this.#storage.get<WrongTry[]>(triesOf(site)) ?? [];
    const retryAfterSeconds = siteLockSeconds(tries, site, now);
    if (retryAfterSeconds !== undefined) {
      return denied({ reason: 'sign_in_locked', retryAfterSeconds });
    }
    if (id === undefined) {
      this.#storage.put(triesOf(site), [...tries, { at: now, site }].slice(-MOST_TRIES));
      if ((await this.ctx.storage.getAlarm()) === null) {
        await this.ctx.storage.setAlarm(now + FORGET_MS);
      }
      return denied({ reason: 'admin_token_wrong' });
    }
    this.#forgetEnded(now);
    this.#storage.put(sessionOf(id), { startedAt: now, seenAt: now } satisfies Session);
    return ok(null);
  }

  async see(id: string, isByHand: boolean): Promise<boolean> {
    const now = systemClock();
    const session = this.#storage.get<Session>(sessionOf(id));
    if (!session || !isSessionAlive(session, now)) return false;
    if (isByHand && now >= session.seenAt + SEEN_AGAIN_MS) {
      this.#storage.put(sessionOf(id), { ...session, seenAt: now } satisfies Session);
    }
    return true;
  }

  async end(id: string): Promise<void> {
    this.#storage.delete(sessionOf(id));
  }

  /** Forgets tries that count no more. */
  override async alarm(): Promise<void> {
    const now = systemClock();
    const all = [...this.#storage.list<WrongTry[]>({ prefix: triesOf('') })];
    const old = all.filter(([, tries]) => recentTries(tries, now).length === 0);
    for (const [key] of old) this.#storage.delete(key);
    if (old.length < all.length) await this.ctx.storage.setAlarm(now + FORGET_MS);
  }

  get #storage(): SyncKvStorage {
    return this.ctx.storage.kv;
  }

  #forgetEnded(now: Instant): void {
    const kept = [...this.#storage.list<Session>({ prefix: sessionOf('') })];
    for (const [key, session] of kept) {
      if (!isSessionAlive(session, now)) this.#storage.delete(key);
    }
  }
}

function sessionOf(id: string): string {
  return `session:${id}`;
}

function triesOf(site: string): string {
  return `tries:${site}`;
}
