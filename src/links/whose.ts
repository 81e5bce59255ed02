// Whose link it is: an operator holds an id or a URL and knows no app. The link's gate does.

import { Unavailable } from '../lib/unavailable.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates, Grants } from './ports.ts';
import type { Tokens } from './token.ts';

/** `undefined` when no gate knows the link: it never was, or ended long ago. */
export async function appOfLink(
  services: { gates: Gates; grants: Grants },
  id: LinkId,
): Promise<string | undefined> {
  try {
    return await services.gates.appOf(id);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // The ledger can end a link whose gate is down: KV may know which ledger that is.
    const cached = await services.grants.get(id);
    if (!cached) throw error;
    return cached.grant.app;
  }
}

/** The link that a URL of this deployment leads to; `undefined` for any other text. */
export async function linkOfUrl(
  services: { tokens: Tokens },
  publicUrl: string,
  text: string,
): Promise<LinkId | undefined> {
  const url = URL.parse(text.trim());
  if (url?.origin !== publicUrl) return undefined;
  const [, token = ''] = url.pathname.split('/');
  return (await services.tokens.read(token))?.id;
}

/** The links that these URLs lead to, without those that lead nowhere. */
export async function linksOfUrls(
  services: { tokens: Tokens },
  publicUrl: string,
  urls: readonly string[],
): Promise<LinkId[]> {
  const ids = await Promise.all(urls.map((url) => linkOfUrl(services, publicUrl, url)));
  return ids.filter((id) => id !== undefined);
}
