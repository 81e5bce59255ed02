// The operations on links, as the OpenAPI document has them.

import * as z from 'zod';
import type { Reason } from '../../src/http/problems.ts';
import { batchShown, linkPage, linkShown, mintedLink } from '../../src/schemas/link.ts';
import {
  listQuery,
  lookupBody,
  revocationShown,
  revokeBody,
} from '../../src/schemas/link-filter.ts';
import { batchBody, changeBody, mintBody } from '../../src/schemas/mint.ts';
import { ownerQuery } from '../../src/schemas/page.ts';
import type { Paths } from './paths.ts';

const byId = z.object({
  id: z
    .string()
    .meta({ description: 'The id of the link.', example: 'lnk_2KpQwXvTtPzB7cJr2LsYd1' }),
});
const ofApp = z.object({
  app: ownerQuery.meta({
    description: 'Of operators: the app, where it is known; it saves a look-up.',
  }),
});

const MINT_REASONS: readonly Reason[] = [
  'invalid_request',
  'apps_only',
  'app_suspended',
  'outside_bounds',
  'too_many_live_links',
  'too_many_mints',
  'object_not_found',
  'store_unavailable',
];

export const linkPaths: Paths = {
  '/v1/links': {
    post: {
      operationId: 'mintLink',
      tag: 'Links',
      summary: 'Mint a link',
      description: 'The answer alone has the link’s URL. It works everywhere at once.',
      access: 'links:mint',
      body: mintBody,
      isIdempotent: true,
      answers: [
        {
          status: 201,
          description: 'The link.',
          schema: mintedLink,
          headers: z.object({ Location: z.string().meta({ description: 'Where it is shown.' }) }),
        },
      ],
      reasons: MINT_REASONS,
    },
    get: {
      operationId: 'listLinks',
      tag: 'Links',
      summary: 'List links',
      description:
        'Newest first, with the counts of about 10 s ago. A page may be short and yet have a nextCursor.',
      access: 'links:read',
      query: listQuery,
      answers: [{ status: 200, description: 'A page of links.', schema: linkPage }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/links/batch': {
    post: {
      operationId: 'mintBatch',
      tag: 'Links',
      summary: 'Mint up to 100 links',
      description: 'Each for itself: what is refused leaves the others alone.',
      access: 'links:mint',
      body: batchBody,
      isIdempotent: true,
      answers: [{ status: 200, description: 'What became of each.', schema: batchShown }],
      reasons: ['apps_only'],
    },
  },
  '/v1/links/lookup': {
    post: {
      operationId: 'lookUpLink',
      tag: 'Links',
      summary: 'Find the link that a URL leads to',
      access: 'links:read',
      body: lookupBody,
      answers: [{ status: 200, description: 'The link.', schema: linkShown }],
      reasons: ['link_not_found', 'outside_bounds'],
    },
  },
  '/v1/links/revoke': {
    post: {
      operationId: 'revokeLinks',
      tag: 'Links',
      summary: 'Revoke many links',
      description:
        'Those that exist when it is accepted. Sent again it tells what is still pending.',
      access: 'links:revoke',
      body: revokeBody,
      answers: [
        {
          status: 200,
          description: 'All of them are revoked, or counted.',
          schema: revocationShown,
        },
        { status: 202, description: 'The rest follows by itself.', schema: revocationShown },
      ],
      reasons: ['app_not_found', 'too_many_revocations'],
    },
  },
  '/v1/links/{id}': {
    get: {
      operationId: 'inspectLink',
      tag: 'Links',
      summary: 'Inspect a link',
      description: 'With the counts of this moment, where its gate answers.',
      access: 'links:read',
      path: byId,
      query: ofApp,
      answers: [{ status: 200, description: 'The link.', schema: linkShown }],
      reasons: ['link_not_found', 'app_not_found', 'outside_bounds'],
    },
    patch: {
      operationId: 'changeLink',
      tag: 'Links',
      summary: 'Change the limits of a link',
      access: 'links:mint',
      path: byId,
      query: ofApp,
      body: changeBody,
      answers: [
        { status: 200, description: 'Changed.', schema: linkShown },
        {
          status: 202,
          description: 'Changed as soon as its gate can be reached.',
          schema: linkShown,
        },
      ],
      reasons: ['link_not_found', 'app_not_found', 'outside_bounds', 'link_not_changeable'],
    },
    delete: {
      operationId: 'revokeLink',
      tag: 'Links',
      summary: 'Revoke a link',
      description: 'For good. May be repeated.',
      access: 'links:revoke',
      path: byId,
      query: ofApp,
      answers: [
        { status: 200, description: 'It opens nowhere any more.', schema: linkShown },
        {
          status: 202,
          description: 'Revoked as soon as its gate can be reached.',
          schema: linkShown,
        },
      ],
      reasons: ['link_not_found', 'app_not_found', 'outside_bounds'],
    },
  },
};
