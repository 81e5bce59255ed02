// Why a link or a request for one is refused. What is told of it stands in
// http/problems.ts for programs and in pages/words for people.

import type { Instant } from '../lib/time.ts';
import type { RateLimit } from './rate.ts';
import type { UploadDenial } from './upload.ts';

export type FieldError = {
  /** JSON Pointer (RFC 6901) of the field, empty for the whole body. */
  readonly pointer: string;
  /** What the field must be. */
  readonly detail: string;
};

/** What a gate refuses with; each is counted by its reason. */
export type GateDenial =
  | { readonly reason: 'expired' }
  | { readonly reason: 'revoked' }
  | { readonly reason: 'used_up' }
  | {
      readonly reason: 'not_yet';
      readonly notBefore: Instant;
      readonly retryAfterSeconds: number;
    }
  | { readonly reason: 'address_not_allowed' }
  | { readonly reason: 'country_not_allowed' }
  | { readonly reason: 'password_required' }
  | { readonly reason: 'password_wrong' }
  | { readonly reason: 'password_locked'; readonly retryAfterSeconds: number }
  | {
      readonly reason: 'rate_limited';
      readonly retryAfterSeconds: number;
      readonly rateLimit: RateLimit;
    };

export type GateReason = GateDenial['reason'];

export type LinkDenial =
  | GateDenial
  | UploadDenial
  /** A download was asked for an upload, or the other way round. */
  | { readonly reason: 'wrong_operation'; readonly operation: string }
  /** Into a prefix: each file needs a name of its own. */
  | { readonly reason: 'filename_required' }
  /** Nothing may be overwritten, and something is there. */
  | { readonly reason: 'object_exists' }
  | { readonly reason: 'upload_not_found' }
  /** The same claim came back for something else. */
  | { readonly reason: 'upload_differs' }
  /** It was aborted, or completed, or the store knows it no more. */
  | { readonly reason: 'upload_gone' }
  /** What arrived is not all there, or not all that was announced. */
  | { readonly reason: 'upload_incomplete'; readonly detail: string }
  /** The store has something else than was announced. */
  | { readonly reason: 'upload_mismatch' }
  /** A part that the plan doesn't have. */
  | { readonly reason: 'part_unknown'; readonly errors: readonly FieldError[] }
  /** A program sent by PUT what has to be announced first. */
  | { readonly reason: 'announce_first'; readonly detail?: string | undefined }
  | { readonly reason: 'length_required' }
  | { readonly reason: 'not_found' }
  /** A claim that is no 22 to 86 base64url characters. */
  | { readonly reason: 'claim_invalid' }
  /** More opens of one link at one place than its object can bear. */
  | { readonly reason: 'flooded' }
  /** A streamed object's store gives no answer, or refuses. */
  | { readonly reason: 'store_failing' }
  /** The store has no such object any more. */
  | { readonly reason: 'object_missing' }
  | { readonly reason: 'range_not_satisfiable'; readonly size?: number | undefined }
  /** If-Match or If-Unmodified-Since: the object is another one by now. */
  | { readonly reason: 'precondition_failed' }
  /** The store is misconfigured, was pointed elsewhere, or its credentials have run out. */
  | { readonly reason: 'store_unavailable' };

export type RequestDenial =
  | { readonly reason: 'unauthenticated' }
  /** An app asks for what operators do, or an operator for what only an app's key does. */
  | { readonly reason: 'operators_only' }
  | { readonly reason: 'apps_only' }
  | { readonly reason: 'scope_missing'; readonly scope: string }
  | { readonly reason: 'app_suspended' }
  | { readonly reason: 'app_not_found' }
  | { readonly reason: 'key_not_found' }
  /** A key has one successor; a second would leave the first one nobody's. */
  | { readonly reason: 'key_rotated'; readonly rotatedTo: string }
  | { readonly reason: 'too_many_keys'; readonly quota: number }
  | { readonly reason: 'too_many_revocations'; readonly retryAfterSeconds: number }
  | { readonly reason: 'store_not_found' }
  | { readonly reason: 'link_not_found' }
  | { readonly reason: 'link_not_changeable' }
  /** Somebody else changed it since it was looked at. */
  | { readonly reason: 'link_changed' }
  | { readonly reason: 'webhook_not_found' }
  | { readonly reason: 'webhook_disabled' }
  /** Somebody else changed it since it was looked at. */
  | { readonly reason: 'webhook_changed' }
  | { readonly reason: 'too_many_webhooks'; readonly quota: number }
  | { readonly reason: 'delivery_not_found' }
  | { readonly reason: 'invalid_request'; readonly errors: readonly FieldError[] }
  | { readonly reason: 'outside_bounds'; readonly errors: readonly FieldError[] }
  | { readonly reason: 'too_many_requests'; readonly retryAfterSeconds: number }
  | { readonly reason: 'store_unavailable' }
  /** Asked to verify an object, the store has none, or shows it to nobody. */
  | { readonly reason: 'object_not_found' }
  | { readonly reason: 'too_many_live_links'; readonly quota: number }
  | {
      readonly reason: 'too_many_mints';
      readonly quota: number;
      readonly retryAfterSeconds: number;
    }
  /** Of one link in a batch: what it needs gave no answer. */
  | { readonly reason: 'unavailable' }
  /** The same Idempotency-Key is being worked on right now. */
  | { readonly reason: 'idempotency_key_in_use' }
  | { readonly reason: 'idempotency_key_reused' };
