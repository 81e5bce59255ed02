// From where a link may be opened: networks and countries. What isn't known doesn't match.

import ipaddr from 'ipaddr.js';

/** An IPv6 customer has at least a /64: single addresses in it are no one in particular. */
const IPV6_SITE_BITS = 64;

/** Codes that ICU names but that no address is in. */
const NO_COUNTRY = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

/** Not the short and octal spellings of IPv4 that every parser reads in its own way. */
export function isCidr(text: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
}

/** Whether an address lies in one of the networks; an IPv4 address in IPv6 clothes is IPv4. */
export function isInCidrs(address: string | undefined, cidrs: readonly string[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return cidrs.some((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    return parsed.kind() === network.kind() && parsed.match(network, bits);
  });
}

/** Who is behind an address, as well as it can be told: the IPv4 address or the IPv6 /64. */
export function addressSite(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${IPV6_SITE_BITS}`).toString();
}

/** Whether a text is the ISO 3166-1 alpha-2 code of a country, in the spelling in use today. */
export function isCountryCode(text: string): boolean {
  if (!/^[A-Z]{2}$/.test(text) || NO_COUNTRY.has(text)) return false;
  // ICU knows codes of the past: their canonical locale names another country.
  if (new Intl.Locale(`und-${text}`).region !== text) return false;
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return names.of(text) !== undefined;
}
