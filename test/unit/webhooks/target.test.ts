// Where webhooks may point: every spelling of a place that is not public is refused.

import { describe, expect, it, test } from 'vitest';
import { targetFault } from '../../../src/webhooks/target.ts';

const PUBLIC_URL = 'https://get.example.com';
const faultOf = (url: string) => targetFault(url, { allowLoopback: false, publicUrl: PUBLIC_URL });
const localFaultOf = (url: string) =>
  targetFault(url, { allowLoopback: true, publicUrl: PUBLIC_URL });

test.each([
  'https://hooks.example.com',
  'https://hooks.example.com:8443/a?b=c#d',
  'https://HOOKS.example.com./x',
  'https://xn--bcher-kva.example',
  'https://bücher.example/',
  'https://8.8.8.8/hook',
  'https://[2606:4700::1111]/hook',
  'https://local.example.com',
  'https://internal.example.com',
  'https://localhost.example.com',
  'https://10.example.com',
])('%s is public', (url) => {
  expect(faultOf(url)).toBeUndefined();
});

describe('refused as not public', () => {
  it.each([
    // This machine.
    'https://localhost',
    'https://LOCALHOST:8443',
    'https://localhost.',
    'https://localhost..',
    'https://a.localhost',
    'https://a.localhost.',
    'https://%6c%6fcalhost',
    'https://ｌｏｃａｌｈｏｓｔ',
    'https://localhost.localdomain',
    'https://127.0.0.1',
    'https://127.0.0.1.',
    'https://127.1',
    'https://127.255.255.254',
    'https://2130706433',
    'https://0x7f000001',
    'https://0x7f.0.0.1',
    'https://0177.0.0.1',
    'https://017700000001',
    'https://0x7F.1',
    'https://①②⑦.0.0.1',
    'https://127。0。0。1',
    'https://%31%32%37.0.0.1',
    'https://[::1]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::127.0.0.1]',
    'https://[::ffff:0:127.0.0.1]',
    // Unspecified.
    'https://0',
    'https://0.0.0.0',
    'https://0.1.2.3',
    'https://[::]',
    // Private, shared, link-local: the metadata of clouds among them.
    'https://10.0.0.1',
    'https://012.0.0.1',
    'https://167772161',
    'https://172.16.0.1',
    'https://172.31.255.255',
    'https://192.168.1.1',
    'https://0xc0a80101',
    'https://100.64.0.1',
    'https://100.127.255.255',
    'https://169.254.169.254/latest/meta-data',
    'https://2852039166',
    'https://0xa9fea9fe',
    'https://[fe80::1]',
    'https://[fc00::1]',
    'https://[fd00:ec2::254]',
    'https://[fec0::1]',
    'https://[::ffff:10.0.0.1]',
    'https://[::ffff:a9fe:a9fe]',
    // Addresses that hold other ones.
    'https://[64:ff9b::10.0.0.1]',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://[64:ff9b:1::10.0.0.1]',
    'https://[2002:7f00:1::]',
    'https://[2002:a00:1::]',
    'https://[2001:0:53aa:64c::1]',
    // Multicast, broadcast, reserved, for documentation.
    'https://224.0.0.1',
    'https://239.255.255.250',
    'https://255.255.255.255',
    'https://240.0.0.1',
    'https://192.0.0.8',
    'https://192.0.2.1',
    'https://198.18.0.1',
    'https://198.51.100.1',
    'https://203.0.113.1',
    'https://[ff02::1]',
    'https://[2001:db8::1]',
    'https://[100::1]',
    'https://[4000::1]',
    'https://[::2]',
    // Names that mean something only where you are.
    'https://intranet',
    'https://db',
    'https://printer.local',
    'https://printer.local.',
    'https://metadata.google.internal',
    'https://router.lan',
    'https://nas.home.arpa',
    'https://hidden.onion',
    'https://a..example.com',
    'https://.example.com',
  ])('%s', (url) => {
    expect(faultOf(url)).toBe('must have a public host');
  });
});

it.each([
  ['http://hooks.example.com', 'must be an https URL'],
  ['http://127.0.0.1', 'must be an https URL'],
  ['ftp://hooks.example.com', 'must be an https URL'],
  ['file:///etc/passwd', 'must be an https URL'],
  ['javascript:alert(1)', 'must be an https URL'],
  ['hooks.example.com', 'must be a URL'],
  ['//hooks.example.com', 'must be a URL'],
  ['https://', 'must be a URL'],
  ['https://256.0.0.1', 'must be a URL'],
  ['https://[fe80::1%25eth0]', 'must be a URL'],
  ['https://user@hooks.example.com', 'must not hold a user name or password'],
  ['https://:secret@hooks.example.com', 'must not hold a user name or password'],
  ['https://hooks.example.com@127.0.0.1', 'must not hold a user name or password'],
  ['https://hooks.example.com\\@127.0.0.1', undefined],
  ['https://get.example.com/4mWQ0kXvTtPzB7cJr2LsYd', 'must not be an address of links'],
  ['https://GET.example.com.:443/', 'must not be an address of links'],
])('of %s it says %j', (url, fault) => {
  expect(faultOf(url)).toBe(fault);
});

describe('with loopback allowed', () => {
  it.each([
    'http://127.0.0.1:1234/hook',
    'http://localhost:1234',
    'http://a.localhost',
    'http://[::1]:1234',
    'https://localhost',
    'https://hooks.example.com',
  ])('%s is fine', (url) => {
    expect(localFaultOf(url)).toBeUndefined();
  });

  it.each([
    'http://hooks.example.com',
    'http://10.0.0.1',
    'https://10.0.0.1',
    'https://192.168.1.1',
    'https://[::ffff:10.0.0.1]',
    'https://printer.local',
    'http://user@127.0.0.1',
  ])('%s is refused all the same', (url) => {
    expect(localFaultOf(url)).toBeDefined();
  });
});
