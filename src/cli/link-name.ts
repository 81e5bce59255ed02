// A link as it is named on the command line: by its id, or by its URL.

import type { Hallpass } from '../client/hallpass.ts';
import type { Link } from '../client/types.ts';

export function isLinkUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

export function findLink(hallpass: Hallpass, name: string, signal: AbortSignal): Promise<Link> {
  const { links } = hallpass;
  return isLinkUrl(name) ? links.lookUp(name, { signal }) : links.inspect(name, { signal });
}

export async function idOfLink(
  hallpass: Hallpass,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  return isLinkUrl(name) ? (await findLink(hallpass, name, signal)).id : name;
}
