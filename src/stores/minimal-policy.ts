// The least that the signing identity of a store must be allowed, to be pasted into AWS IAM.

import { isR2, type Store } from '../config.ts';
import { SECOND_MS } from '../lib/time.ts';
import { BACKDATE_SECONDS } from './presign.ts';

export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string[];
  readonly Resource: string;
  readonly Condition?: { NumericGreaterThan: { 's3:signatureAge': number } };
};

export type Policy = { readonly Version: '2012-10-17'; readonly Statement: Statement[] };

/** Regions whose ARNs begin otherwise: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
];

/** For the keys under a prefix, or for the whole bucket; `null` where the store has no policies. */
export function minimalPolicy(store: Store, prefix = ''): Policy | null {
  if (isR2(store.endpoint)) return null;
  const bucket = `arn:${partitionOf(store.region)}:s3:::${store.bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: prefix === '' ? 'OneBucketOnly' : 'OnePrefixOnly',
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        Resource: `${bucket}/${escapeForIam(prefix)}*`,
      },
      {
        Sid: 'NoOldSignatures',
        Effect: 'Deny',
        Action: ['s3:*'],
        Resource: `${bucket}/*`,
        Condition: {
          NumericGreaterThan: {
            // Milliseconds, counted from the date of the signature, which is in the past.
            's3:signatureAge': (store.maxUrlSeconds + BACKDATE_SECONDS) * SECOND_MS,
          },
        },
      },
    ],
  };
}

function partitionOf(region: string): string {
  return PARTITIONS.find(([pattern]) => pattern.test(region))?.[1] ?? 'aws';
}

/** `*`, `?` and `$` as themselves: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
function escapeForIam(prefix: string): string {
  return prefix.replace(/[*?$]/g, (character) => `\${${character}}`);
}
