// What may be found about a store, and the words for it. Each says what is so and what to do about it.
// Only settings, the operator's own key and numbers go into the words: no secret, no text of the store.

import type { Store } from '../config.ts';
import { storeSecretName } from '../config.ts';
import { storeOrigin } from './object-url.ts';

/** An error keeps links from working as they should; a warning does not; a note is only told. */
export type Level = 'error' | 'warning' | 'note';

export type Finding = { readonly level: Level; readonly code: string; readonly message: string };

export type Details = {
  readonly key?: string;
  readonly region?: string | undefined;
  readonly seconds?: number | undefined;
  readonly status?: number;
  readonly origin?: string;
  /** What is concerned, in words of ours. */
  readonly what?: string;
};

type Words = {
  readonly level: Level;
  readonly words: (store: Store, details: Details) => string;
};

const FINDINGS = {
  unreachable: {
    level: 'error',
    words: (store) =>
      `${storeOrigin(store)} gives no answer: check ${setting(store, 'endpoint')}, and its name in DNS, port and certificate.`,
  },
  store_failing: {
    level: 'error',
    words: (_, { status }) => `The store answers ${status}: it fails or is overloaded. Try later.`,
  },
  unexpected_answer: {
    level: 'error',
    words: (store, { status }) =>
      `The store answers ${status}, which is not what S3 says: check that ${setting(store, 'endpoint')} is its S3 API, and ${setting(store, 'addressing')}.`,
  },
  no_such_bucket: {
    level: 'error',
    words: (store) =>
      `The store has no bucket "${store.bucket}": check ${setting(store, 'bucket')}, ${setting(store, 'endpoint')} and ${setting(store, 'addressing')}.`,
  },
  wrong_region: {
    level: 'error',
    words: (store, { region }) =>
      region === undefined
        ? `"${store.region}" is not the bucket’s region: correct ${setting(store, 'region')}.`
        : `The bucket’s region is "${region}": ${setting(store, 'region')} must be that, and ${setting(store, 'endpoint')} must lead there.`,
  },
  bad_signature: {
    level: 'error',
    words: (store) =>
      `The signature is wrong: ${storeSecretName(store.alias)}_SECRET_ACCESS_KEY is not the secret of the access key "${store.accessKeyId}".`,
  },
  unknown_access_key: {
    level: 'error',
    words: (store) =>
      `The store knows no access key "${store.accessKeyId}": check ${setting(store, 'accessKeyId')}, and that it is active there.`,
  },
  credentials_expired: {
    level: 'error',
    words: ({ alias }) =>
      `The temporary credentials have ended or their token is wrong: set ${storeSecretName(alias)}_SECRET_ACCESS_KEY, _SESSION_TOKEN and _SESSION_EXPIRES_AT anew.`,
  },
  clock_skew: {
    level: 'error',
    words: (_, { seconds }) =>
      seconds === undefined
        ? 'The store takes a signature of now for one of another time: its clock is wrong.'
        : `The store’s clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the gateway’s, so that its links begin or end at the wrong time: set it right.`,
  },
  get_object_missing: {
    level: 'error',
    words: (_, { key }) =>
      `The access key may not read "${key}": s3:GetObject is missing, or the object is, where s3:ListBucket is missing too.`,
  },
  object_refused: {
    level: 'error',
    words: (_, { key, status }) =>
      `The store answers ${status} to reading "${key}": a link can’t give it out, for example when it is encrypted with a key of its writer.`,
  },
  kms_decrypt_missing: {
    level: 'error',
    words: (_, { key }) =>
      `"${key}" is encrypted with a KMS key that the access key may not use: kms:Decrypt is missing.`,
  },
  overrides_ignored: {
    level: 'error',
    words: (store, { what }) =>
      `The store does not answer with the ${what} that is asked of it, so downloads would have wrong names or be kept: set ${setting(store, 'capabilities.responseOverrides')} to false.`,
  },
  bucket_public: {
    level: 'error',
    words: (_, { what }) => `Anybody may get ${what} without a signature: block public access.`,
  },
  object_not_found: {
    level: 'warning',
    words: (_, { key }) => `There is no object "${key}", so that nothing about reading is proven.`,
  },
  object_archived: {
    level: 'warning',
    words: (_, { key }) =>
      `"${key}" is archived: it must be restored before a link can give it out.`,
  },
  list_bucket_granted: {
    level: 'warning',
    words: () =>
      'The access key may list the bucket, which Hallpass never does: take s3:ListBucket away.',
  },
  list_bucket_implied: {
    level: 'note',
    words: () =>
      's3:ListBucket seems to be granted, since the store tells what is not there by 404: Hallpass does not need it.',
  },
  get_object_unproven: {
    level: 'note',
    words: () =>
      'Whether s3:GetObject is granted can’t be told from here: name the "key" of an object that is there, or send "write": true.',
  },
  overrides_unused: {
    level: 'note',
    words: (store) =>
      `The store honours response overrides: ${setting(store, 'capabilities.responseOverrides')} may be true, and downloads have their names.`,
  },
  put_object_missing: {
    level: 'warning',
    words: (_, { key }) =>
      `The access key may not write "${key}": s3:PutObject is missing, which only upload links need.`,
  },
  put_refused: {
    level: 'warning',
    words: (_, { status }) =>
      `The store answers ${status} to a write, as upload links do them: a rule of the bucket, such as Object Lock, may stand against it.`,
  },
  delete_object_granted: {
    level: 'warning',
    words: () =>
      'The access key may delete objects, which Hallpass does only in this check: take s3:DeleteObject away.',
  },
  probe_left: {
    level: 'warning',
    words: (_, { key }) =>
      `This check could not delete the object "${key}" that it wrote, or its version, as Hallpass needs no s3:DeleteObject: delete it yourself.`,
  },
  cors_missing: {
    level: 'warning',
    words: (_, { origin, what }) =>
      `The bucket’s CORS rules don’t allow ${what} from ${origin}, which upload links need in a browser.`,
  },
  cors_etag_hidden: {
    level: 'warning',
    words: (_, { origin }) =>
      `The bucket’s CORS rules don’t expose ETag to ${origin}, which uploads in parts need in a browser.`,
  },
  cors_etag_unseen: {
    level: 'note',
    words: () =>
      'Uploads in parts also need a CORS rule that exposes ETag, which only a real write shows: send "write": true.',
  },
  policy_choices: {
    level: 'note',
    words: () =>
      'In the policy, s3:GetObject alone is enough while there are no upload links. Add s3:GetObjectVersion for links with a versionId. It is written for AWS: other stores may not know s3:signatureAge.',
  },
  policy_of_r2: {
    level: 'note',
    words: ({ bucket }) =>
      `R2 has no such policies: give Hallpass an API token with "Object Read & Write" (or "Object Read only") on "${bucket}" alone.`,
  },
} as const satisfies Record<string, Words>;

export type FindingCode = keyof typeof FINDINGS;

/** `level` where it is not as grave as it is elsewhere. */
export function finding(
  code: FindingCode,
  store: Store,
  details: Details = {},
  level: Level = FINDINGS[code].level,
): Finding {
  const { words }: Words = FINDINGS[code];
  return { level, code, message: words(store, details) };
}

function setting({ alias }: Store, name: string): string {
  return `STORES.${alias}.${name}`;
}
