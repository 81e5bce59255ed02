// The operations on apps, API keys and events, as the OpenAPI document has them.

import * as z from 'zod';
import {
  appPage,
  appShown,
  changeAppBody,
  countedApp,
  createAppBody,
} from '../../src/schemas/app.ts';
import { exportPage, exportQuery, importBody, imported } from '../../src/schemas/backup.ts';
import { appCheck, checkAppBody } from '../../src/schemas/check.ts';
import { eventPage, eventQuery } from '../../src/schemas/event.ts';
import {
  createdKey,
  createKeyBody,
  keyPage,
  keyQuery,
  keyShown,
  revokeKeyQuery,
  rotateQuery,
} from '../../src/schemas/key.ts';
import { pageQuery } from '../../src/schemas/page.ts';
import { checkStoreBody, storeCheck, storeList } from '../../src/schemas/store.ts';
import type { Paths } from './paths.ts';

const keyById = z.object({ id: z.string().meta({ description: 'The id of the API key.' }) });
const appById = z.object({ id: z.string().meta({ description: 'The id of the app.' }) });

export const accessPaths: Paths = {
  '/v1/keys': {
    post: {
      operationId: 'createKey',
      tag: 'API keys',
      summary: 'Make an API key',
      description: 'No wider than the key that makes it; what is left out it inherits.',
      access: 'keys:manage',
      body: createKeyBody,
      isIdempotent: true,
      answers: [{ status: 201, description: 'The key, this once in clear.', schema: createdKey }],
      reasons: ['outside_bounds', 'app_not_found', 'key_not_found', 'too_many_keys'],
    },
    get: {
      operationId: 'listKeys',
      tag: 'API keys',
      summary: 'List API keys',
      description: 'Those that are no wider than the asking one.',
      access: 'keys:manage',
      query: keyQuery,
      answers: [{ status: 200, description: 'A page of keys.', schema: keyPage }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/keys/{id}/rotate': {
    post: {
      operationId: 'rotateKey',
      tag: 'API keys',
      summary: 'Replace an API key',
      description: 'Both keys are in force for 24 hours.',
      access: 'keys:manage',
      path: keyById,
      query: rotateQuery,
      isIdempotent: true,
      answers: [
        { status: 201, description: 'The new key, this once in clear.', schema: createdKey },
      ],
      reasons: ['key_not_found', 'key_rotated', 'too_many_keys', 'outside_bounds', 'app_not_found'],
    },
  },
  '/v1/keys/{id}': {
    delete: {
      operationId: 'revokeKey',
      tag: 'API keys',
      summary: 'Revoke an API key',
      description: 'From the next request on, with every key that it made.',
      access: 'keys:manage',
      path: keyById,
      query: revokeKeyQuery,
      answers: [{ status: 200, description: 'The key.', schema: keyShown }],
      reasons: ['key_not_found', 'outside_bounds', 'app_not_found'],
    },
  },
  '/v1/events': {
    get: {
      operationId: 'listEvents',
      tag: 'Events',
      summary: 'Read events',
      description:
        'Oldest first, in the order in which they were recorded. To follow them, ask again with the nextCursor.',
      access: 'events:read',
      query: eventQuery,
      answers: [{ status: 200, description: 'Events.', schema: eventPage }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/apps': {
    post: {
      operationId: 'createApp',
      tag: 'Apps',
      summary: 'Make an app',
      access: 'operator',
      body: createAppBody,
      isIdempotent: true,
      answers: [
        {
          status: 201,
          description: 'The app.',
          schema: appShown,
          headers: z.object({ Location: z.string().meta({ description: 'Where it is shown.' }) }),
        },
      ],
    },
    get: {
      operationId: 'listApps',
      tag: 'Apps',
      summary: 'List apps',
      access: 'operator',
      query: pageQuery,
      answers: [{ status: 200, description: 'A page of apps, newest first.', schema: appPage }],
    },
  },
  '/v1/stores': {
    get: {
      operationId: 'listStores',
      tag: 'Stores',
      summary: 'List stores',
      access: 'operator',
      answers: [{ status: 200, description: 'Every configured store.', schema: storeList }],
    },
  },
  '/v1/stores/{alias}/check': {
    post: {
      operationId: 'checkStore',
      tag: 'Stores',
      summary: 'Check a store',
      description: 'Tells in words what is wrong with it, by asking it what links will ask.',
      access: 'operator',
      path: z.object({ alias: z.string().meta({ description: 'The alias of the store.' }) }),
      body: checkStoreBody,
      answers: [{ status: 200, description: 'What was found.', schema: storeCheck }],
      reasons: ['store_not_found'],
    },
  },
  '/v1/apps/{id}/check': {
    post: {
      operationId: 'checkApp',
      tag: 'Apps',
      summary: 'Compare links with their gates and KV',
      description:
        'Some links at a time, newest first: ask again with the nextCursor. What differs can be repaired: the ledger’s record is written again, an end always wins, and nothing is revived. A copy in KV may be found as it was a minute ago.',
      access: 'operator',
      path: appById,
      body: checkAppBody,
      answers: [{ status: 200, description: 'What was found.', schema: appCheck }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/apps/{id}/export': {
    get: {
      operationId: 'exportApp',
      tag: 'Apps',
      summary: 'Export an app',
      description:
        'Its settings, events, API keys’ hashes, webhooks and links, as records that are signed and imported in their order; the last is of the kind `end`. No token, claim or secret is among them.',
      access: 'operator',
      path: appById,
      query: exportQuery,
      answers: [{ status: 200, description: 'A page of records.', schema: exportPage }],
      reasons: ['app_not_found', 'too_many_revocations'],
    },
  },
  '/v1/apps/{id}/import': {
    post: {
      operationId: 'importApp',
      tag: 'Apps',
      summary: 'Import what was exported of an app',
      description:
        'May be repeated. An end always wins, then the higher version; uses that were spent stay spent, and nothing is revived.',
      access: 'operator',
      path: appById,
      body: importBody,
      answers: [{ status: 200, description: 'What became of the records.', schema: imported }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/apps/{id}': {
    get: {
      operationId: 'inspectApp',
      tag: 'Apps',
      summary: 'Inspect an app',
      access: 'operator',
      path: appById,
      answers: [{ status: 200, description: 'The app.', schema: countedApp }],
      reasons: ['app_not_found'],
    },
    patch: {
      operationId: 'changeApp',
      tag: 'Apps',
      summary: 'Change or suspend an app',
      access: 'operator',
      path: appById,
      body: changeAppBody,
      answers: [{ status: 200, description: 'The app.', schema: appShown }],
      reasons: ['app_not_found'],
    },
  },
};
