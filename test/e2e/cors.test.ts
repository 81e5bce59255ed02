// The CORS rule for the upload page, printed and applied.

import { GetBucketCorsCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bash } from './command.ts';
import { makeFolder, removeFolder, type Stack, startStack } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const ORIGIN = 'https://files.example.com';
const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const run = (words: string, settings = '') =>
  bash(`cd '${ROOT}' && ${settings} '${process.execPath}' scripts/cors.ts ${words}`);

it('is printed to paste', async () => {
  const { stdout } = await run(`--origin ${ORIGIN}`);
  expect(JSON.parse(stdout)).toMatchObject({
    CORSRules: [{ AllowedOrigins: [ORIGIN], AllowedMethods: ['PUT'], ExposeHeaders: ['ETag'] }],
  });
});

it('is applied beside the rules that are there, once', async () => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = stack.s3;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  const own = { ID: 'own', AllowedOrigins: ['https://own.example'], AllowedMethods: ['GET'] };
  const CORSConfiguration = { CORSRules: [own] };
  await s3.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration }));
  const settings = `AWS_ACCESS_KEY_ID='${accessKeyId}' AWS_SECRET_ACCESS_KEY='${secretAccessKey}'`;
  const words = `--origin ${ORIGIN} --bucket ${bucket} --region ${region} --endpoint ${endpoint} --apply`;
  for (let time = 0; time < 2; time++) {
    expect(await run(words, settings)).toMatchObject({ exitCode: 0 });
  }
  const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket: bucket }));
  expect(CORSRules?.map(({ AllowedOrigins }) => AllowedOrigins?.[0])).toEqual([
    'https://own.example',
    ORIGIN,
  ]);
  s3.destroy();
});

it.each(['', '--origin nonsense', `--origin ${ORIGIN} --apply`, '--surprise'])(
  'is refused with %j and told how',
  async (words) => {
    const { exitCode, stderr } = await run(words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--(?:origin|bucket)/);
  },
);
