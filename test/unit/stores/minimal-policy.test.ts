// The policy that is printed for a store, against the one that SECURITY.md shows.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { minimalPolicy } from '../../../src/stores/minimal-policy.ts';
import { testStore } from '../../support/stores.ts';

const resources = (...of: Parameters<typeof minimalPolicy>) =>
  minimalPolicy(...of)?.Statement.map(({ Resource }) => Resource);

test('it is the one of SECURITY.md', () => {
  const guide = readFileSync(new URL('../../../SECURITY.md', import.meta.url).pathname, 'utf8');
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const store = testStore({ bucket: 'my-private-bucket' });
  expect(minimalPolicy(store, 'shared/')).toEqual(JSON.parse(shown));
});

test('it covers the bucket where no prefix is named', () => {
  expect(resources(testStore())).toEqual([
    'arn:aws:s3:::private-bucket/*',
    'arn:aws:s3:::private-bucket/*',
  ]);
});

test.each([
  [15, 45_000],
  [60, 90_000],
  [3_600, 3_630_000],
])('URLs of %d s may have signatures of %d ms', (maxUrlSeconds, age) => {
  const [, deny] = minimalPolicy(testStore({ maxUrlSeconds }))?.Statement ?? [];
  expect(deny).toMatchObject({
    Effect: 'Deny',
    Condition: { NumericGreaterThan: { 's3:signatureAge': age } },
  });
});

test.each([
  ['eu-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('its ARNs for %s begin with arn:%s', (region, partition) => {
  expect(resources(testStore({ region }))?.[0]).toBe(`arn:${partition}:s3:::private-bucket/*`);
});

test('a prefix stands for itself, wildcards and variables included', () => {
  expect(resources(testStore(), 'a*b?c/$x/')?.[0]).toBe(
    'arn:aws:s3:::private-bucket/a$<*>b$<?>c/$<$>x/*'.replaceAll('<', '{').replaceAll('>', '}'),
  );
});

test.each(['account.r2.cloudflarestorage.com', 'account.eu.r2.cloudflarestorage.com'])(
  'R2 has none (%s)',
  (host) => {
    expect(minimalPolicy(testStore({ endpoint: `https://${host}` }), 'shared/')).toBeNull();
  },
);
