// What the answers of a store mean for an operator. Nothing here asks a store or a clock.

import { isR2, type Store } from '../config.ts';
import { SECOND_MS } from '../lib/time.ts';
import { type Finding, type FindingCode, finding, type Level } from './finding.ts';
import type { Outcome, StoreAnswer, StoreError } from './store-answer.ts';

/** Hallpass backdates a signature by as much, so that less than this harms nobody. */
const MAX_CLOCK_DRIFT_SECONDS = 30;

type Rule = {
  readonly codes: readonly string[];
  /** Where the code alone may mean something else. */
  readonly when?: (error: StoreError) => boolean;
  readonly finding: FindingCode;
};

const isAboutRegion = ({ region, message }: StoreError) =>
  region !== undefined || /region/i.test(message);
const isAboutTime = ({ message }: StoreError) =>
  /not (?:yet valid|valid yet)|has expired/i.test(message);
const isAboutKms = ({ message }: StoreError) => /kms:/i.test(message);

/**
 * Refusals that meet every request alike. The first rule that fits counts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and what R2, Google, MinIO and
 * Ceph say instead.
 */
const ACCESS_RULES: readonly Rule[] = [
  { codes: ['NoSuchBucket', 'InvalidBucketName'], finding: 'no_such_bucket' },
  { codes: ['SignatureDoesNotMatch'], finding: 'bad_signature' },
  {
    codes: ['InvalidAccessKeyId', 'InvalidSecurity', 'Unauthorized'],
    finding: 'unknown_access_key',
  },
  {
    codes: [
      'PermanentRedirect',
      'TemporaryRedirect',
      'IllegalLocationConstraint',
      'IllegalLocationConstraintException',
      'InvalidRegion',
      'InvalidRegionName',
    ],
    finding: 'wrong_region',
  },
  {
    codes: ['AuthorizationHeaderMalformed', 'AuthorizationQueryParametersError'],
    when: isAboutRegion,
    finding: 'wrong_region',
  },
  {
    codes: ['ExpiredToken', 'InvalidToken', 'TokenRefreshRequired'],
    finding: 'credentials_expired',
  },
  { codes: ['RequestTimeTooSkewed', 'RequestExpired'], finding: 'clock_skew' },
  { codes: ['AccessDenied'], when: isAboutTime, finding: 'clock_skew' },
];

/** Refusals to read one object. */
const READ_RULES: readonly Rule[] = [
  { codes: ['NoSuchKey'], finding: 'object_not_found' },
  { codes: ['InvalidObjectState'], finding: 'object_archived' },
  { codes: ['AccessDenied'], when: isAboutKms, finding: 'kms_decrypt_missing' },
  { codes: ['AccessDenied'], finding: 'get_object_missing' },
];

/** What keeps the store from serving any signed request; `undefined` where it understood this one. */
export function accessFault(store: Store, outcome: Outcome): Finding | undefined {
  if (outcome.kind === 'silence') return finding('unreachable', store);
  if (outcome.kind === 'ended') return finding('credentials_expired', store);
  const code = ruledCode(ACCESS_RULES, outcome);
  if (code) return finding(code, store, { region: toldRegion(outcome), seconds: drift(outcome) });
  const { status } = outcome;
  if (status === 429 || status >= 500) return finding('store_failing', store, { status });
  return undefined;
}

/**
 * What the first answer says against the store, whatever `key` is. Of one that nobody has written S3 says
 * that it is denied or not there, and nothing else.
 */
export function firstFault(
  store: Store,
  key: string | undefined,
  outcome: Outcome,
): Finding | undefined {
  const fault = accessFault(store, outcome);
  if (fault || outcome.kind !== 'answer') return fault;
  const isAnswerOfS3 =
    key === undefined
      ? hasCode(outcome, 'AccessDenied') || hasCode(outcome, 'NoSuchKey')
      : isServed(outcome) || outcome.error !== undefined;
  return isAnswerOfS3 ? undefined : finding('unexpected_answer', store, { status: outcome.status });
}

/** Why an object can't be read; `undefined` when it can. */
export function readFault(store: Store, key: string, outcome: Outcome): Finding | undefined {
  const fault = accessFault(store, outcome);
  if (fault || outcome.kind !== 'answer' || isServed(outcome)) return fault;
  const code = ruledCode(READ_RULES, outcome) ?? 'object_refused';
  return finding(code, store, { key, status: outcome.status });
}

/** A clock that is off by more than signatures allow for, though the store says nothing of it. */
export function clockFindings(store: Store, outcome: Outcome): Finding[] {
  const seconds = outcome.kind === 'answer' ? drift(outcome) : undefined;
  return seconds === undefined ? [] : [finding('clock_skew', store, { seconds }, 'warning')];
}

/** Whether the store answered with what the `asked` overrides say. */
export function overrideFindings(
  store: Store,
  outcome: Outcome,
  asked: Readonly<Record<string, string>>,
): Finding[] {
  if (outcome.kind !== 'answer' || isFailing(outcome)) return silenceFindings(store, outcome);
  const ignored = Object.keys(asked).filter(
    (name) => !isServed(outcome) || outcome.headers.get(name) !== asked[name],
  );
  if (store.responseOverrides && ignored.length > 0) {
    return [finding('overrides_ignored', store, { what: ignored.join(' and ') })];
  }
  const isUnused = !store.responseOverrides && ignored.length === 0;
  return isUnused ? [finding('overrides_unused', store)] : [];
}

/** Whether somebody without a signature was served. */
export function publicFindings(store: Store, outcome: Outcome, what: string): Finding[] {
  if (outcome.kind !== 'answer') return silenceFindings(store, outcome);
  return isServed(outcome) ? [finding('bucket_public', store, { what })] : [];
}

/** Whether the bucket may be listed: asked for by `listed`, or told by what `unknown` is answered. */
export function listFindings(store: Store, listed: Outcome, unknown: Outcome): Finding[] {
  if (isServed(listed)) {
    return [finding('list_bucket_granted', store, {}, levelOfExtra(store))];
  }
  const isImplied = hasCode(unknown, 'NoSuchKey') && !isR2(store.endpoint);
  const implied = isImplied ? [finding('list_bucket_implied', store)] : [];
  return [...silenceFindings(store, listed), ...implied];
}

/** Why an object can't be written; `undefined` when it can. */
export function writeFault(store: Store, key: string, outcome: Outcome): Finding | undefined {
  const fault = isFailing(outcome) ? accessFault(store, outcome) : undefined;
  if (fault || outcome.kind !== 'answer' || isServed(outcome)) return fault;
  const code = hasCode(outcome, 'AccessDenied') ? 'put_object_missing' : 'put_refused';
  return finding(code, store, { key, status: outcome.status });
}

/** What became of the written object when it was deleted, and whether that left a version. */
export function deleteFindings(
  store: Store,
  key: string,
  deleted: { readonly isDeleted: boolean; readonly isLeft: boolean },
): Finding[] {
  return [
    ...(deleted.isDeleted
      ? [finding('delete_object_granted', store, {}, levelOfExtra(store))]
      : []),
    ...(deleted.isLeft ? [finding('probe_left', store, { key })] : []),
  ];
}

/** Whether the store did what it was asked. 416 is the first byte of an empty object. */
export function isServed(outcome: Outcome): boolean {
  if (outcome.kind !== 'answer') return false;
  const { status } = outcome;
  return (status >= 200 && status < 300) || status === 416;
}

/** Whether it is open what the store makes of the request, and whether it carried it out. */
export function isFailing(outcome: Outcome): boolean {
  if (outcome.kind !== 'answer') return true;
  const { status } = outcome;
  // 501 is a refusal: what was asked for doesn't exist there.
  return status === 429 || (status >= 500 && status !== 501);
}

/** A probe that got no answer leaves its question open, which an operator is told. */
export function silenceFindings(store: Store, outcome: Outcome): Finding[] {
  const fault = isFailing(outcome) ? accessFault(store, outcome) : undefined;
  return fault ? [fault] : [];
}

/** R2's tokens that read and write objects can do no less than list and delete them too. */
function levelOfExtra(store: Store): Level {
  return isR2(store.endpoint) ? 'note' : 'warning';
}

function ruledCode(rules: readonly Rule[], { error }: StoreAnswer): FindingCode | undefined {
  if (!error) return undefined;
  return rules.find(({ codes, when }) => codes.includes(error.code) && (!when || when(error)))
    ?.finding;
}

function hasCode(outcome: Outcome, code: string): boolean {
  return outcome.kind === 'answer' && outcome.error?.code === code;
}

function toldRegion({ error, headers }: StoreAnswer): string | undefined {
  const header = headers.get('x-amz-bucket-region') ?? '';
  return error?.region ?? (/^[a-z0-9-]{1,64}$/.test(header) ? header : undefined);
}

/** Seconds that the store's clock is ahead of ours, where it is off by too many. */
function drift({ headers, at }: StoreAnswer): number | undefined {
  const seconds = Math.round((Date.parse(headers.get('Date') ?? '') - at) / SECOND_MS);
  return Math.abs(seconds) > MAX_CLOCK_DRIFT_SECONDS ? seconds : undefined;
}
