// `npm run cors`: the CORS rule that a bucket needs for the upload page, printed, or applied with the
// credentials of whoever runs it. The gateway's own identity must not be able to change its bucket.

import { parseArgs } from 'node:util';
import { GetBucketCorsCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { stop } from './stop.ts';

const HELP = `Usage: npm run cors -- --origin https://files.example.com [--bucket NAME --apply]

Prints the rule by which a browser may send files from the upload page to your bucket.

  --origin URL     where your links live (PUBLIC_URL)
  --apply          set it, beside the rules that are there, with the AWS credentials of your environment
  --bucket NAME    the bucket, to apply it
  --region NAME    us-east-1 unless given
  --endpoint URL   of a store that isn't AWS`;

/** What the page sends, and what it reads of the answers. */
function uploadRule(origin: string) {
  return {
    ID: 'hallpass-uploads',
    AllowedOrigins: [origin],
    AllowedMethods: ['PUT'],
    AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 3_600,
  };
}

const { values } = readArguments();
if (values.help) console.log(HELP);
else if (!values.origin) stop(HELP, 2);
else await run(values.origin);

async function run(origin: string): Promise<void> {
  const url = URL.parse(origin);
  if (url?.origin !== origin)
    stop('--origin must be an origin such as https://files.example.com', 2);
  const rule = uploadRule(origin);
  if (!values.apply) {
    console.log(JSON.stringify({ CORSRules: [rule] }, null, 2));
    return;
  }
  const { bucket, region = 'us-east-1', endpoint } = values;
  if (!bucket) stop('--bucket must name the bucket to apply the rule to', 2);
  const s3 = new S3Client({ region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) });
  const others = (await rulesOf(s3, bucket)).filter(({ ID }) => ID !== rule.ID);
  const CORSConfiguration = { CORSRules: [...others, rule] };
  await s3.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration }));
  console.log(`${bucket} takes uploads from pages at ${origin}.`);
}

async function rulesOf(s3: S3Client, bucket: string) {
  try {
    const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket: bucket }));
    return CORSRules;
  } catch (error) {
    if ((error as Error).name === 'NoSuchCORSConfiguration') return [];
    return stop(`The rules of ${bucket} could not be read: ${(error as Error).message}`);
  }
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        origin: { type: 'string' },
        bucket: { type: 'string' },
        region: { type: 'string' },
        endpoint: { type: 'string' },
        apply: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return stop(`${(error as Error).message}\n\n${HELP}`, 2);
  }
}
