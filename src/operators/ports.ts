// What signing in needs of the object that keeps sessions.

import type { Result } from '../lib/result.ts';

export type SignInDenial =
  | { readonly reason: 'admin_token_wrong' }
  | { readonly reason: 'sign_in_locked'; readonly retryAfterSeconds: number };

/** Who is signed in. Each call throws `Unavailable` when it can't answer. */
export interface Sessions {
  /**
   * Begins a session, or counts a wrong token where there is no id to begin one with. A site that was
   * wrong too often is refused with either.
   */
  begin(site: string, id: string | undefined): Promise<Result<null, SignInDenial>>;
  /** Whether a session is alive, which it stays by what an operator does, not by what a page does alone. */
  see(id: string, isByHand: boolean): Promise<boolean>;
  end(id: string): Promise<void>;
}

/** The one Durable Object that keeps sessions. */
export type SessionsObject = Sessions;
