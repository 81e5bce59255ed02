// Why a link or a request for one is refused. What the public is told of it stands in http/problem.ts.

export type FieldError = {
  /** JSON Pointer (RFC 6901) of the field, empty for the whole body. */
  readonly pointer: string;
  /** What the field must be. */
  readonly detail: string;
};

export type LinkDenial =
  | { readonly reason: 'not_found' }
  | { readonly reason: 'expired' }
  | { readonly reason: 'revoked' }
  /** The store is misconfigured, was pointed elsewhere, or its credentials have run out. */
  | { readonly reason: 'store_unavailable' };

export type RequestDenial =
  | { readonly reason: 'unauthenticated' }
  | { readonly reason: 'link_not_found' }
  | { readonly reason: 'invalid_request'; readonly errors: readonly FieldError[] }
  | { readonly reason: 'outside_bounds'; readonly errors: readonly FieldError[] }
  | { readonly reason: 'store_unavailable' }
  | { readonly reason: 'idempotency_key_reused' };
