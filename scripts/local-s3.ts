// A private S3 in this process, for local runs and end-to-end tests: s3rver behind a guard, and with
// the uploads that it lacks. Objects live in a directory.

import './s3-paths.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseOther } from './s3-conditions.ts';
import { refuseUnsigned } from './s3-guard.ts';
import { answerUploads } from './s3-uploads.ts';
import { account, extensions, rememberSignedPath, type S3Request, S3rver } from './s3rver.ts';

extensions.push(answerUploads);

/** A page may follow a link from anywhere: after the redirect its Origin is `null`. */
const CORS = `<CORSConfiguration><CORSRule>
  <AllowedOrigin>*</AllowedOrigin>
  <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>
  <AllowedMethod>PUT</AllowedMethod>
  <AllowedHeader>*</AllowedHeader>
  <ExposeHeader>ETag</ExposeHeader>
  <MaxAgeSeconds>3000</MaxAgeSeconds>
</CORSRule></CORSConfiguration>`;

export type LocalS3Options = {
  /** 0 takes any free port. */
  port: number;
  directory: string;
  accessKeyId: string;
  secretAccessKey: string;
  buckets: string[];
};

export type LocalS3 = {
  /** For path-style URLs. Virtual-host style is `http://<bucket>.localhost:<port>`. */
  endpoint: string;
  port: number;
  close(): Promise<void>;
};

/** Starts the server on 127.0.0.1; rejects with the code `EADDRINUSE` when the port is taken. */
export async function createLocalS3(options: LocalS3Options): Promise<LocalS3> {
  const s3rver = new S3rver({
    directory: options.directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: options.buckets.map((name) => ({ name, configs: [CORS] })),
  });
  s3rver.middleware.unshift(guard);
  await s3rver.configureBuckets();

  const server = createServer(s3rver.callback());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  account.createKeyPair(options.accessKeyId, options.secretAccessKey);
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async close() {
      account.revokeAccessKey(options.accessKeyId);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function guard(request: S3Request, next: () => Promise<void>): Promise<void> {
  const refusal = refuseUnsigned(request, Date.now());
  if (refusal) {
    request.status = refusal.status;
    request.type = 'application/xml';
    request.body =
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Error><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error>`;
    return;
  }
  rememberSignedPath(request);
  const bucket = virtualHostBucket(request.headers.host);
  if (bucket !== undefined) request.path = `/${bucket}${request.path}`;
  await next();
  refuseOther(request);
}

function virtualHostBucket(host: string | undefined): string | undefined {
  return /^(.+)\.localhost(:\d+)?$/.exec(host ?? '')?.[1];
}
