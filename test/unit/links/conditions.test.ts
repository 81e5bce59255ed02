// Networks and countries: what matches, what is refused at mint, and who counts as one.

import { describe, expect, test } from 'vitest';
import { addressSite, isCidr, isCountryCode, isInCidrs } from '../../../src/links/conditions.ts';

describe('a network', () => {
  test.each(['203.0.113.0/24', '10.0.0.1/32', '0.0.0.0/0', '2001:db8::/32', '::1/128'])(
    'may be %s',
    (cidr) => {
      expect(isCidr(cidr)).toBe(true);
    },
  );
  test.each(['', '203.0.113.0', '203.0.113.0/33', '10/8', '0x0a.0.0.0/8', '2001:db8::/129', 'a/8'])(
    'may not be %j',
    (cidr) => {
      expect(isCidr(cidr)).toBe(false);
    },
  );

  const INSIDE: [string, string][] = [
    ['203.0.113.255', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:ffff::1', '2001:db8::/32'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::/32'],
  ];
  test.each(INSIDE)('has %s in %s', (address, cidr) => {
    expect(isInCidrs(address, ['192.0.2.0/24', cidr])).toBe(true);
  });

  const OUTSIDE: [string | undefined, string][] = [
    ['203.0.114.0', '203.0.113.0/24'],
    ['2001:db9::1', '2001:db8::/32'],
    ['203.0.113.7', '::/0'],
    ['2001:db8::1', '0.0.0.0/0'],
    ['203.0.113.7, 10.0.0.1', '0.0.0.0/0'],
    ['nonsense', '0.0.0.0/0'],
    [undefined, '0.0.0.0/0'],
  ];
  test.each(OUTSIDE)('has %s not in %s', (address, cidr) => {
    expect(isInCidrs(address, [cidr])).toBe(false);
  });
});

describe('a site', () => {
  test('is one IPv4 address, in whatever clothes', () => {
    expect(addressSite('::ffff:203.0.113.7')).toBe(addressSite('203.0.113.7'));
    expect(addressSite('203.0.113.7')).not.toBe(addressSite('203.0.113.8'));
  });
  test('is a whole IPv6 /64', () => {
    expect(addressSite('2001:db8:1:2:3:4:5:6')).toBe(addressSite('2001:db8:1:2:ffff::1'));
    expect(addressSite('2001:db8:1:2::1')).not.toBe(addressSite('2001:db8:1:3::1'));
  });
  test('is one and the same where the address is not known', () => {
    expect(addressSite(undefined)).toBe(addressSite('nonsense'));
  });
});

describe('a country code', () => {
  test.each(['DE', 'US', 'JP', 'GB', 'XK'])('may be %s', (code) => {
    expect(isCountryCode(code)).toBe(true);
  });
  test.each(['', 'de', 'DEU', 'XX', 'T1', 'ZZ', 'EU', 'UN', 'UK', 'SU', 'QZ', 'D-'])(
    'may not be %j',
    (code) => {
      expect(isCountryCode(code)).toBe(false);
    },
  );
});
