// Where a webhook may point: to a public host by https. Names are judged by themselves, not by what they
// resolve to: a Worker can't ask, and what it fetches can't reach a private network anyway.

import ipaddr from 'ipaddr.js';

/** RFC 6761, 6762, 8375, 9476 and what routers and companies use: none of them is public. */
const LOCAL_NAMES = new Set([
  'alt',
  'arpa',
  'corp',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'private',
  'test',
]);

const MAX_NAME_LENGTH = 253;

/** What is publicly routed of IPv6: what lies beside it embeds other addresses, or is for later. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

export type TargetRules = {
  /** For development: `http` and this machine itself are fine. */
  readonly allowLoopback: boolean;
  /** Links live there: a webhook that opens one would be told of it, and so on without an end. */
  readonly publicUrl: string;
};

/** What a webhook's URL must be and isn't, `undefined` when all is well. */
export function targetFault(text: string, rules: TargetRules): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'must be a URL';
  const { protocol, hostname } = url;
  // The parser has turned each spelling of an IPv4 address into the usual one.
  const isLocal = rules.allowLoopback && isLoopback(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (placeOf(url) === placeOf(new URL(rules.publicUrl))) return 'must not be an address of links';
  return isLocal || isPublic(hostname) ? undefined : 'must have a public host';
}

/** A dot at the end is another spelling of the same name. */
function placeOf({ hostname, port }: URL): string {
  return `${hostname.replace(/\.$/, '')}:${port}`;
}

function isPublic(hostname: string): boolean {
  const address = addressOf(hostname);
  if (address) return isPublicAddress(address);
  if (hostname.length > MAX_NAME_LENGTH) return false;
  const labels = hostname.replace(/\.$/, '').split('.');
  if (labels.length < 2 || labels.includes('')) return false;
  return !LOCAL_NAMES.has(labels.at(-1) ?? '');
}

function isLoopback(hostname: string): boolean {
  const address = addressOf(hostname);
  if (address) return address.range() === 'loopback';
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

function isPublicAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

function addressOf(hostname: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const text = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(text) ? ipaddr.parse(text) : undefined;
}
