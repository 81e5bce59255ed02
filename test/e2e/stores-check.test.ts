// What an operator is told of stores that are set up rightly and wrongly, against a real S3 server that
// verifies signatures.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/free-port.ts';
import { createLocalS3, type LocalS3 } from '../../scripts/local-s3.ts';
import { putSamples, SAMPLE_PDF_KEY } from '../../scripts/samples.ts';
import { makeFolder, removeFolder, type Stack, startStack } from './stack.ts';

const BUCKET = 'private';
const CREDENTIALS = { accessKeyId: 'LOCALCHECK', secretAccessKey: 'the-right-secret-of-the-test' };
const WRONG_SECRET = 'a-wrong-secret-of-the-test';

type Check = {
  readonly ok: boolean;
  readonly findings: { readonly level: string; readonly code: string; readonly message: string }[];
  readonly policy: { readonly Statement: { readonly Resource: string }[] } | null;
};

const folder = makeFolder();
let s3: LocalS3;
let stack: Stack;

beforeAll(async () => {
  const directory = join(folder, 'objects');
  s3 = await createLocalS3({ port: 0, directory, buckets: [BUCKET], ...CREDENTIALS });
  const { endpoint } = s3;
  const region = 'us-east-1';
  await putSamples({ endpoint, region, bucket: BUCKET, ...CREDENTIALS });
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const good = { endpoint, region, bucket: BUCKET, addressing: 'path', accessKeyId };
  const settings = {
    STORES: {
      good,
      'wrong-secret': good,
      'wrong-key': { ...good, accessKeyId: 'NOSUCHKEY' },
      'wrong-bucket': { ...good, bucket: 'nowhere' },
      closed: { ...good, endpoint: `http://127.0.0.1:${await findFreePort()}` },
    },
    STORE_GOOD_SECRET_ACCESS_KEY: secretAccessKey,
    STORE_WRONG_SECRET_SECRET_ACCESS_KEY: WRONG_SECRET,
    STORE_WRONG_KEY_SECRET_ACCESS_KEY: secretAccessKey,
    STORE_WRONG_BUCKET_SECRET_ACCESS_KEY: secretAccessKey,
    STORE_CLOSED_SECRET_ACCESS_KEY: secretAccessKey,
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  await s3?.close();
  removeFolder(folder);
});

async function check(store: string, body: object = {}): Promise<Check> {
  const response = await fetch(`${stack.url}/v1/stores/${store}/check`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.adminToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Check;
}

const codesOf = ({ findings }: Check) => findings.map(({ code }) => code);

describe('a good store', () => {
  it('is well, and an existing key proves it; this server’s key can list, which is too much', async () => {
    const checked = await check('good', { key: SAMPLE_PDF_KEY, prefix: 'documents/' });
    expect(checked.findings.filter(({ level }) => level === 'error')).toEqual([]);
    expect(checked.ok).toBe(true);
    expect(codesOf(checked)).toEqual(['list_bucket_granted', 'cors_etag_unseen', 'policy_choices']);
    expect(checked.policy?.Statement[0]?.Resource).toBe('arn:aws:s3:::private/documents/*');
  });

  it('tells of a missing key that it proves nothing', async () => {
    const checked = await check('good', { key: 'documents/nobody-wrote-this.pdf' });
    expect(codesOf(checked)).toContain('object_not_found');
  });

  it('is proven without a key by an object that is written, read and deleted', async () => {
    const before = readdirSync(folder, { recursive: true }).length;
    const checked = await check('good', { write: true, prefix: 'shared/' });
    expect(checked.findings.filter(({ level }) => level === 'error')).toEqual([]);
    expect(checked.ok).toBe(true);
    expect(codesOf(checked)).toEqual([
      'list_bucket_granted',
      'delete_object_granted',
      'policy_choices',
    ]);
    const after = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(after.filter((name) => name.includes('hallpass-check'))).toEqual([]);
    expect(after.length).toBe(before);
  });
});

describe('a store that is set up wrongly', () => {
  it.each([
    ['wrong-secret', 'bad_signature', 'STORE_WRONG_SECRET_SECRET_ACCESS_KEY'],
    ['wrong-key', 'unknown_access_key', 'NOSUCHKEY'],
    ['wrong-bucket', 'no_such_bucket', '"nowhere"'],
    ['closed', 'unreachable', 'STORES.closed.endpoint'],
  ])('%s is told as %s', async (store, code, said) => {
    for (const body of [{}, { key: SAMPLE_PDF_KEY, write: true }]) {
      const checked = await check(store, body);
      expect(checked.ok).toBe(false);
      expect(codesOf(checked)).toEqual([code, 'policy_choices']);
      expect(checked.findings[0]?.message).toContain(said);
    }
  });
});

it('tells no secret, neither in an answer nor in what the Worker logs', async () => {
  const answers = await Promise.all(
    ['good', 'wrong-secret', 'wrong-bucket'].map((store) => check(store, { write: true })),
  );
  const said = JSON.stringify(answers) + stack.output().replaceAll(stack.adminToken, '');
  for (const secret of [CREDENTIALS.secretAccessKey, WRONG_SECRET, 'X-Amz-Signature']) {
    expect(said).not.toContain(secret);
  }
});
