// How the storage answers a granted download: under which name, as what type, shown or saved.

import { orDownload, safeFilename } from '../links/filename.ts';
import { type Grant, grantedFilename } from '../links/grant.ts';
import { encodeRfc3986 } from './object-url.ts';

/** The `response-*` parameters of a GetObject that a grant asks for. */
export function responseOverrides(grant: Grant): Record<string, string> {
  return {
    'response-cache-control': 'private, no-store',
    'response-content-disposition': contentDisposition(grant.disposition, grantedFilename(grant)),
    ...(grant.contentType ? { 'response-content-type': grant.contentType } : {}),
  };
}

/** RFC 6266 with an ASCII fallback first, then the whole name as in RFC 8187. */
export function contentDisposition(disposition: Grant['disposition'], filename: string): string {
  const name = safeFilename(filename);
  const ascii = orDownload(
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^ -~]|["/\\%]/gu, '_'),
  );
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encodeRfc3986(name)}`;
}
