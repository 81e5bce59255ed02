// A new API key as the fields of a form.

import type * as z from 'zod';
import type { KeyTerms } from '../apps/ports.ts';
import { linesIn, numberIn, secondsIn, textIn } from '../lib/form-values.ts';
import { DAY_MS, type Instant } from '../lib/time.ts';
import type { keyForm } from './key.ts';

/** What `keyForm` is to check. */
export function keyIn(fields: URLSearchParams) {
  return {
    scopes: fields.getAll('scopes'),
    stores: someOf(fields, 'stores'),
    keyPrefixes: linesIn(fields, 'keyPrefixes'),
    operations: someOf(fields, 'operations'),
    maxTtlSeconds: secondsIn(fields, 'maxTtlSeconds'),
    requestsPerMinute: numberIn(fields, 'requestsPerMinute'),
    expiresInDays: numberIn(fields, 'expiresInDays'),
    note: textIn(fields, 'note'),
  };
}

export function termsOf(form: z.output<typeof keyForm>, now: Instant): KeyTerms {
  const { expiresInDays, ...terms } = form;
  return expiresInDays === undefined
    ? terms
    : { ...terms, expiresAt: now + expiresInDays * DAY_MS };
}

/** None means no bound of its own. */
function someOf(fields: URLSearchParams, name: string): string[] | undefined {
  const values = fields.getAll(name);
  return values.length > 0 ? values : undefined;
}
