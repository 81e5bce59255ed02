// A store for unit tests, with AWS's published example credentials.

import type { Store } from '../../src/config.ts';

export function testStore(settings: Partial<Store> = {}): Store {
  return {
    alias: 'demo',
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    bucket: 'private-bucket',
    addressing: 'path',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    maxUrlSeconds: 60,
    responseOverrides: true,
    versions: true,
    conditionalWrites: true,
    checksums: true,
    ...settings,
  };
}
