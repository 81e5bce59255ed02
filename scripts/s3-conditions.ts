// What S3 answers to If-Match, of which s3rver knows nothing.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

import type { S3Request } from './s3rver.ts';

/** To be called once the request is answered, and its signature thereby verified. */
export function refuseOther(request: S3Request): void {
  const wanted = request.headers['if-match'];
  const etag = request.response.get('ETag');
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || wanted === undefined || wanted === '*' || wanted === etag) return;
  if (request.status !== 200 && request.status !== 206) return;
  (request.body as { destroy?: () => void } | null)?.destroy?.();
  request.status = 412;
  request.remove('Content-Range');
  request.type = 'application/xml';
  request.body =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message><Condition>If-Match</Condition></Error>';
}
