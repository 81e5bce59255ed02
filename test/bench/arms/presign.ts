// Many signatures for each request, so that the request itself hardly counts: by `AwsClient.sign` as it
// comes, or by the presigner of the product.

import { AwsClient } from 'aws4fetch';
import type { Store } from '../../../src/config.ts';
import { createPresigner } from '../../../src/stores/presign.ts';

const STORE: Omit<Store, 'secretAccessKey'> = {
  alias: 'demo',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  region: 'eu-central-1',
  bucket: 'private-bucket',
  addressing: 'path',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  maxUrlSeconds: 60,
  responseOverrides: true,
  conditionalWrites: true,
  checksums: true,
  versions: true,
};
const KEY = 'reports/q3.pdf';
const SIGNATURES = 20;
const LINK_MS = 600_000;

const presign = createPresigner();
let client: AwsClient | undefined;

export default {
  async fetch(request: Request, env: { SECRET: string }): Promise<Response> {
    const sign = new URL(request.url).pathname === '/aws4fetch' ? signPlainly : signAsProduct;
    let url = '';
    for (let index = 0; index < SIGNATURES; index++) url = await sign(env.SECRET);
    return new Response(url);
  },
};

async function signPlainly(secretAccessKey: string): Promise<string> {
  const { accessKeyId, region, endpoint, bucket } = STORE;
  client ??= new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region });
  const url = `${endpoint}/${bucket}/${KEY}?X-Amz-Expires=60`;
  return (await client.sign(url, { aws: { signQuery: true } })).url;
}

async function signAsProduct(secretAccessKey: string): Promise<string> {
  const now = Date.now();
  const object = { method: 'GET', key: KEY, notAfter: now + LINK_MS, now } as const;
  const presigned = await presign({ ...STORE, secretAccessKey }, object);
  return presigned?.url ?? '';
}
