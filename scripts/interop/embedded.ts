// The embedded server, as a store to try: in a folder and with a key pair of this run's own.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalS3 } from '../local-s3.ts';
import type { Settings } from './target.ts';

const BUCKET = 'interop';
const SECRET_BYTES = 24;

export type Embedded = { readonly settings: Settings; close(): Promise<void> };

export async function startEmbedded(): Promise<Embedded> {
  const directory = mkdtempSync(join(tmpdir(), 'hallpass-interop-'));
  const accessKeyId = `INTEROP${randomBytes(6).toString('hex')}`;
  const secretAccessKey = randomBytes(SECRET_BYTES).toString('base64url');
  const server = await createLocalS3({
    port: 0,
    directory,
    accessKeyId,
    secretAccessKey,
    buckets: [BUCKET],
  });
  return {
    settings: {
      INTEROP_ENDPOINT: server.endpoint,
      INTEROP_REGION: 'us-east-1',
      INTEROP_BUCKET: BUCKET,
      INTEROP_ADDRESSING: 'path',
      INTEROP_ACCESS_KEY_ID: accessKeyId,
      INTEROP_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
