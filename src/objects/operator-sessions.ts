// Who is signed in to the dashboard, and who tried: one object, apart from everything that links need.

import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { recentTries, siteLockSeconds, type WrongTry } from '../links/password.ts';
import type { SessionsObject, SignInDenial } from '../operators/ports.ts';
import { isSessionAlive, type Session } from '../operators/session.ts';

const TRIES = 'wrong tries';
/** Whoever tries from more places than this at once is let forget the first of them. */
const MOST_TRIES = 500;
/** Being seen is a row written, so not for each request. */
const SEEN_AGAIN_MS = 60 * SECOND_MS;

export class OperatorSessions extends DurableObject<Env> implements SessionsObject {
  async begin(site: string, id: string | undefined): Promise<Result<null, SignInDenial>> {
    const now = systemClock();
    const tries = recentTries(this.#storage.get<WrongTry[]>(TRIES) ?? [], now);
    const retryAfterSeconds = siteLockSeconds(tries, site, now);
    if (retryAfterSeconds !== undefined) {
      return denied({ reason: 'sign_in_locked', retryAfterSeconds });
    }
    if (id === undefined) {
      this.#storage.put(TRIES, [...tries, { at: now, site }].slice(-MOST_TRIES));
      return denied({ reason: 'admin_token_wrong' });
    }
    this.#forgetEnded(now);
    this.#storage.put(keyOf(id), { startedAt: now, seenAt: now } satisfies Session);
    return ok(null);
  }

  async see(id: string): Promise<boolean> {
    const now = systemClock();
    const session = this.#storage.get<Session>(keyOf(id));
    if (!session || !isSessionAlive(session, now)) return false;
    if (now >= session.seenAt + SEEN_AGAIN_MS) {
      this.#storage.put(keyOf(id), { ...session, seenAt: now } satisfies Session);
    }
    return true;
  }

  async end(id: string): Promise<void> {
    this.#storage.delete(keyOf(id));
  }

  get #storage(): SyncKvStorage {
    return this.ctx.storage.kv;
  }

  #forgetEnded(now: Instant): void {
    const kept = [...this.#storage.list<Session>({ prefix: keyOf('') })];
    for (const [key, session] of kept) {
      if (!isSessionAlive(session, now)) this.#storage.delete(key);
    }
  }
}

function keyOf(id: string): string {
  return `session:${id}`;
}
