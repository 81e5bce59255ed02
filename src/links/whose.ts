// Whose link it is: an operator holds an id or a URL and knows no app. The link's gate does.

import type { LinkId } from './link-ref.ts';
import type { Gates } from './ports.ts';
import type { Tokens } from './token.ts';

/** `undefined` when no gate knows the link: it never was, or ended long ago. */
export function appOfLink(services: { gates: Gates }, id: LinkId): Promise<string | undefined> {
  return services.gates.appOf(id);
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
