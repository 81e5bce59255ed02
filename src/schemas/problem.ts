// Problems on the wire: RFC 9457, with the reason that programs go by.

import * as z from 'zod';
import { shownInstant } from './field.ts';

const fieldError = z.object({
  pointer: z.string().meta({
    description: 'A JSON Pointer (RFC 6901) to the field; empty for the whole body.',
    example: '/ttlSeconds',
  }),
  detail: z.string().meta({ description: 'What the field must be.' }),
});

export const problemShown = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    reason: z.string().meta({ description: 'Stable: go by this.' }),
    errors: z.array(fieldError).readonly().optional(),
    scope: z.string().optional().meta({ description: 'The scope that the API key lacks.' }),
    rotatedTo: z.string().optional().meta({ description: 'The successor of the API key.' }),
    maxBytes: z.int().optional(),
    contentTypes: z.array(z.string()).readonly().optional(),
    operation: z.string().optional().meta({ description: 'What the link is for.' }),
    quota: z.int().optional().meta({ description: 'The quota that is used up.' }),
    notBefore: shownInstant.optional().meta({ description: 'When the link opens.' }),
    needsPassword: z.boolean().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });
