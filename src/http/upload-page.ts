// The page of an upload link. Its policy lets it send to the gateway and to the grant's store, no further.

import type { Context } from 'hono';
import type { UploadTerms } from '../links/grant.ts';
import type { Opened } from '../links/open.ts';
import { isPrefix } from '../links/upload-key.ts';
import { uploadPage } from '../pages/upload-page.tsx';
import { linkUrl } from './link-url.ts';
import { problemResponse } from './problem.ts';
import { readerOf } from './reader.ts';
import type { HallpassContext } from './request-context.ts';
import { curlLines } from './upload-by-curl.ts';

export function uploadPageResponse(
  c: Context<HallpassContext>,
  confirm: Extract<Opened, { kind: 'confirm' }>,
  terms: UploadTerms,
): Response | Promise<Response> {
  const { uploadOrigin, clock, config } = c.var.services;
  const { grant, usesLeft, needsPassword, expiresAt } = confirm;
  const origin = uploadOrigin(grant);
  if (origin === undefined) return problemResponse(c, { reason: 'store_unavailable' });
  c.header('Content-Security-Policy', policy(origin));
  return c.html(
    uploadPage({
      language: readerOf(c).language,
      terms,
      isMany: isPrefix(grant.key),
      usesLeft,
      needsPassword,
      expiresAt,
      now: clock(),
      curlLines: curlLines(linkUrl(config, c.req.param('token') ?? ''), needsPassword),
    }),
  );
}

function policy(storeOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${storeOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // The script makes no HTML of text.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
