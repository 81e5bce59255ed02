// What has been said and seen in one history of the system: the facts that its invariants are about. It
// foretells nothing; it remembers what was promised to whom, and what nobody can know.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/**
 * How far the end of a link is: nobody asked for it; somebody did, and whether it was accepted nobody
 * knows; it was accepted; it was said to be in force.
 */
export type End = 'none' | 'perhaps' | 'accepted' | 'in force';

const ENDS: readonly End[] = ['none', 'perhaps', 'accepted', 'in force'];

export type LinkSeen = {
  /** Its Idempotency-Key, and the last part of its object's key. */
  readonly name: string;
  readonly body: Record<string, unknown>;
  readonly kind: 'strong' | 'edge' | 'upload';
  /** The id of the API key that minted it. */
  readonly keyId: string;
  readonly apiKey: string;
  /** When somebody first asked for it, by the clock of then. */
  readonly askedAt: number;
  /** Known once a mint was answered with 201. */
  id?: string;
  url?: string;
  end: End;
  /** The most uses that anybody ever allowed it, the soonest end that anybody ever gave it. */
  mostUses: number;
  soonestEnd: number;
  /** Claims that were given a URL. */
  readonly granted: Set<string>;
  /** Claims whose upload was said to have arrived. */
  readonly uploaded: Set<string>;
  /** Whether something was sent for an upload that was begun. */
  isSent: boolean;
  lastClaim?: string;
};

export type KeySeen = {
  readonly id: string;
  readonly apiKey: string;
  revoked: 'no' | 'perhaps' | 'yes';
};

export type WebhookSeen = {
  readonly id: string;
  /** The last event before it was made. */
  readonly after: number;
  /** Whether it may have been disabled or deleted at some time: what it missed then isn't known. */
  isInterrupted: boolean;
};

export type History = {
  readonly links: LinkSeen[];
  readonly keys: KeySeen[];
  readonly webhooks: WebhookSeen[];
  suspended: 'no' | 'perhaps' | 'yes';
  /** Claims drawn so far. */
  claims: number;
  /** The latest instant that any clock showed. */
  latest: number;
  /** What was there at the last look, by link id: none of it may go back. */
  readonly known: Map<string, KnownLink>;
};

export type KnownLink = {
  version: number;
  gateVersion: number;
  uses: number;
  isEnded: boolean;
  isGateEnded: boolean;
};

export function newHistory(): History {
  return {
    links: [],
    keys: [],
    webhooks: [],
    suspended: 'no',
    claims: 0,
    latest: 0,
    known: new Map(),
  };
}

/** An end only gets nearer. */
export function endAs(link: LinkSeen, end: End): void {
  if (ENDS.indexOf(end) > ENDS.indexOf(link.end)) link.end = end;
}

/** What an answer to a revocation is worth. */
export function endOf(status: number): End {
  if (status === 200) return 'in force';
  return status === 202 ? 'accepted' : 'perhaps';
}
