// The one table that speaks HTTP: each reason's status and words. The public sees fewer reasons than an
// operator: those of links say nothing of stores or keys.

import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FieldError, LinkDenial, RequestDenial } from '../links/denial.ts';
import type { SignInDenial } from '../operators/ports.ts';
import { ENGLISH } from '../pages/words/english.ts';

/** Reasons that only HTTP knows. */
type HttpDenial =
  | { readonly reason: 'method_not_allowed'; readonly allow: string }
  /** A plain GET of a link that is redeemed only on purpose. */
  | { readonly reason: 'confirm_required'; readonly needsPassword: boolean }
  | { readonly reason: 'prefetch' }
  | { readonly reason: 'too_large'; readonly detail: string }
  | { readonly reason: 'unsupported_media_type' }
  /** A form of the dashboard that another site sent. */
  | { readonly reason: 'cross_site' }
  /** What a form of the dashboard changes has changed since the form was shown. */
  | { readonly reason: 'form_stale'; readonly errors: readonly FieldError[] }
  /** Cloudflare Access stands before the dashboard, and let nobody in. */
  | { readonly reason: 'access_required' }
  | { readonly reason: 'internal_error' };

export type Denial = LinkDenial | RequestDenial | SignInDenial | HttpDenial;
export type Reason = Denial['reason'];

export type Problem = {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** One sentence on what the reader can do. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** What the public is told instead of the reason that operators see. */
  readonly shownAs?: string;
};

const WORDS = ENGLISH.problems;

/** Long enough to get over a restart of a gate, short enough to wait for. */
const RETRY_AFTER_SECONDS = 5;

/** Who may open a link is its sender's secret. */
const NOT_FOR_YOU = {
  status: 403,
  ...WORDS.not_for_you,
  shownAs: 'not_for_you',
} as const;

export const PROBLEMS = {
  not_found: { status: 404, ...WORDS.not_found },
  expired: { status: 410, ...WORDS.expired },
  revoked: { status: 410, ...WORDS.revoked },
  used_up: { status: 410, ...WORDS.used_up },
  not_yet: { status: 403, ...WORDS.not_yet },
  address_not_allowed: { ...NOT_FOR_YOU },
  country_not_allowed: { ...NOT_FOR_YOU },
  password_required: { status: 403, ...WORDS.password_required },
  password_wrong: { status: 403, ...WORDS.password_wrong },
  password_locked: { status: 429, ...WORDS.password_locked },
  rate_limited: { status: 429, ...WORDS.rate_limited },
  flooded: {
    status: 429,
    ...WORDS.rate_limited,
    retryAfterSeconds: 10,
    shownAs: 'rate_limited',
  },
  claim_invalid: {
    status: 400,
    title: 'The claim is not valid',
    detail: 'A claim must be 22 to 86 random characters of A–Z, a–z, 0–9, "-" and "_".',
  },
  confirm_required: {
    status: 428,
    title: 'This link must be redeemed on purpose',
    detail:
      'Send a POST to this URL, or a GET with "Hallpass-Claim: <22 or more random characters>"; the same claim again spends nothing.',
  },
  prefetch: {
    status: 503,
    title: 'This link is not opened ahead of time',
    detail: 'Open it when you need it.',
    retryAfterSeconds: 1,
  },
  store_failing: { status: 502, ...WORDS.store_failing, retryAfterSeconds: 10 },
  object_missing: { status: 404, ...WORDS.object_missing },
  range_not_satisfiable: {
    status: 416,
    title: 'The file has no such part',
    detail: 'Content-Range tells how long it is.',
  },
  precondition_failed: {
    status: 412,
    title: 'The file is not the one you asked for',
    detail: 'It has changed: fetch all of it again.',
  },
  upload_too_large: {
    status: 413,
    title: 'This file is too large',
    detail: 'This link takes files of up to "maxBytes" bytes.',
  },
  content_type_not_allowed: {
    status: 415,
    title: 'This kind of file is not taken',
    detail: 'This link takes the types that "contentTypes" names.',
  },
  checksum_required: {
    status: 400,
    title: 'The checksum of the file is missing',
    detail: 'Send "sha256" of the file, or, where it goes in parts, of each part.',
  },
  filename_required: {
    status: 400,
    title: 'The file needs a name',
    detail: 'Send "filename": this link takes many files, each under its name.',
  },
  wrong_operation: {
    status: 409,
    title: 'This link is for something else',
    detail:
      'It is for what "operation" names: downloads by GET, uploads by POST to its URL followed by /uploads.',
  },
  object_exists: {
    status: 409,
    title: 'There is a file already',
    detail: 'Nothing was overwritten. Ask the sender of the link for a new one.',
  },
  upload_not_found: {
    status: 404,
    title: 'No such upload',
    detail: 'Begin it anew.',
  },
  upload_differs: {
    status: 409,
    title: 'This claim stands for another upload',
    detail: 'The same claim goes on with the same file; for another one draw another claim.',
  },
  upload_gone: {
    status: 410,
    title: 'This upload can’t go on',
    detail: 'It was cancelled or has ended. Begin it anew.',
  },
  upload_incomplete: {
    status: 409,
    title: 'The upload is not complete',
    detail: 'Send what is missing, then complete it.',
  },
  upload_mismatch: {
    status: 422,
    title: 'The file is not what was announced',
    detail: 'It was refused. Begin anew with what you want to send.',
  },
  part_unknown: {
    status: 400,
    title: 'The upload has no such part',
    detail: 'Ask for parts as the plan has them.',
  },
  announce_first: {
    status: 400,
    title: 'This upload has to be announced first',
    detail: 'Tell the gateway what you want to send, then send it where it says.',
  },
  length_required: {
    status: 411,
    title: 'The length of the file is missing',
    detail: 'Send Content-Length.',
  },
  store_unavailable: { status: 503, ...WORDS.store_unavailable, retryAfterSeconds: 60 },
  unavailable: { status: 503, ...WORDS.unavailable, retryAfterSeconds: RETRY_AFTER_SECONDS },
  internal_error: { status: 500, ...WORDS.internal_error },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    detail:
      'Send "Authorization: Bearer <API key>" with a key that is in force; where operators ask, the admin token, and for metrics METRICS_TOKEN.',
  },
  link_not_found: {
    status: 404,
    title: 'No such link',
    detail: 'This app has no link with this id.',
  },
  operators_only: {
    status: 403,
    title: 'Only operators may do that',
    detail: 'Send the admin token instead of an API key.',
  },
  apps_only: {
    status: 403,
    title: 'Only apps may do that',
    detail: 'Send an API key of the app instead of the admin token.',
  },
  scope_missing: {
    status: 403,
    title: 'This API key may not do that',
    detail: 'It lacks the scope that "scope" names.',
  },
  app_suspended: {
    status: 403,
    title: 'This app is suspended',
    detail: 'It can mint no links until an operator lets it.',
  },
  app_not_found: {
    status: 404,
    title: 'No such app',
    detail: 'Check the id of the app.',
  },
  key_not_found: {
    status: 404,
    title: 'No such API key',
    detail: 'This app has no such API key, or it was revoked.',
  },
  webhook_not_found: {
    status: 404,
    title: 'No such webhook',
    detail: 'This app has no webhook with this id.',
  },
  webhook_disabled: {
    status: 409,
    title: 'This webhook is disabled',
    detail: 'Enable it first: PATCH it with "enabled": true.',
  },
  webhook_changed: {
    status: 412,
    title: 'This webhook was changed meanwhile',
    detail: 'Look at how it is now, then save again. What you typed is still here.',
  },
  too_many_webhooks: {
    status: 403,
    title: 'This app has as many webhooks as it may',
    detail: 'Delete one that is not needed.',
  },
  delivery_not_found: {
    status: 404,
    title: 'No such delivery',
    detail: 'This webhook has no such delivery, or it is too long ago.',
  },
  store_not_found: {
    status: 404,
    title: 'No such store',
    detail: 'No store is configured under this alias.',
  },
  key_rotated: {
    status: 409,
    title: 'This API key was rotated before',
    detail: 'Rotate its successor, which "rotatedTo" names, or revoke that one and make a new key.',
  },
  too_many_keys: {
    status: 403,
    title: 'This app has as many API keys as it may',
    detail: 'Revoke keys that are not needed.',
  },
  too_many_revocations: {
    status: 429,
    title: 'Many revocations are still under way',
    detail: 'Wait until some of them are complete.',
  },
  too_many_requests: {
    status: 429,
    title: 'This API key sends too many requests',
    detail: 'Wait as long as Retry-After says.',
  },
  object_not_found: {
    status: 422,
    title: 'The store has no such object',
    detail:
      'Check "key" and "versionId". Where the store hides what it has not, the object may also be one that Hallpass may not read.',
  },
  too_many_live_links: {
    status: 403,
    title: 'This app has as many links as it may',
    detail:
      'Revoke links that are not needed, wait until some expire, or ask an operator for more.',
  },
  too_many_mints: {
    status: 429,
    title: 'This app has minted as many links as it may today',
    detail: 'Wait until midnight UTC, or ask an operator for more.',
  },
  idempotency_key_in_use: {
    status: 409,
    title: 'A request with this Idempotency-Key is under way',
    detail: 'Wait for its answer, or send it again in a moment.',
    retryAfterSeconds: 1,
  },
  link_not_changeable: {
    status: 409,
    title: 'This link can’t be changed any more',
    detail: 'It has ended, or its consistency is "edge". Mint a new one.',
  },
  link_changed: {
    status: 412,
    title: 'This link was changed meanwhile',
    detail: 'Look at how it is now, then change it again.',
  },
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Correct what "errors" names and send the request again.',
  },
  outside_bounds: {
    status: 403,
    title: 'Outside the bounds of this app or API key',
    detail: 'It may not do what "errors" names.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'Use a new key for a new request; the same key only repeats the very same body.',
  },
  admin_token_wrong: {
    status: 403,
    title: 'This is not the admin token',
    detail: 'Check that it was pasted as a whole: it is the setting ADMIN_TOKEN.',
  },
  sign_in_locked: {
    status: 429,
    title: 'Too many wrong tokens from your network',
    detail: 'Wait five minutes before you try again.',
  },
  cross_site: {
    status: 403,
    title: 'This did not come from the dashboard',
    detail: 'Go back to the dashboard and send the form from there.',
  },
  form_stale: {
    status: 409,
    title: 'This has changed since you opened it, and nothing was saved',
    detail: 'Save again to replace what is there.',
  },
  access_required: {
    status: 403,
    title: 'Cloudflare Access didn’t let you in',
    detail: 'Open the dashboard by its own address, and sign in there.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This method is not allowed here',
    detail: 'The Allow header names those that are.',
  },
  too_large: {
    status: 413,
    title: 'The request body is too large',
    detail: 'Send less.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This content type is not supported',
    detail: 'Send JSON with "Content-Type: application/json"; to a link also a urlencoded form.',
  },
} satisfies Record<Reason, Problem>;
