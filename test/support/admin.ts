// An operator's view of the dashboard under test, without a browser: pages, forms and the cookie.

import { type ApiOptions, OPERATOR, request } from './api.ts';
import { TEST_BINDINGS } from './bindings.ts';

export const ORIGIN = TEST_BINDINGS.PUBLIC_URL;

type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

const HTML = { Accept: 'text/html' };

/** Sends a form as the dashboard's own pages do, unless it is to come from elsewhere. */
export function adminForm(
  path: string,
  fields: Fields,
  cookie?: string,
  options: ApiOptions & { readonly isForeign?: boolean } = {},
): Promise<Response> {
  const own = options.isForeign ? {} : { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' };
  return request('POST', path, {
    ...options,
    headers: {
      ...HTML,
      ...own,
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(cookie && { Cookie: cookie }),
      ...options.headers,
    },
    body: new URLSearchParams(fields as Record<string, string>).toString(),
  });
}

export function adminGet(path: string, cookie: string, options: ApiOptions = {}) {
  return request('GET', path, { ...options, headers: { ...HTML, Cookie: cookie } });
}

export function signIn(token: string, fields: Record<string, string> = {}, options?: ApiOptions) {
  return adminForm('/admin/sign-in', { token, ...fields }, undefined, options);
}

/** The cookie of a new session. */
export async function signedIn(): Promise<string> {
  return cookieOf(await signIn(OPERATOR));
}

export function cookieOf(response: Response): string {
  const [pair = ''] = (response.headers.get('Set-Cookie') ?? '').split(';');
  return pair;
}
