// What the form for a new link asks for, as the API takes it.

import { isChecked, listIn, numberIn, secondsIn, textIn } from '../../lib/form-values.ts';
import { type Instant, SECOND_MS, toIso } from '../../lib/time.ts';
import { rateLimitIn } from './link-form.ts';

const MEGABYTE = 1_000_000;

/** Checked by nobody yet: what was left out or is wrong, the schema says. */
export function mintIn(fields: URLSearchParams, now: Instant): Record<string, unknown> {
  const isUpload = fields.get('operation') === 'upload';
  const asked = {
    store: textIn(fields, 'store'),
    // Spaces around a key may be part of it.
    key: fields.get('key') ?? undefined,
    operation: textIn(fields, 'operation'),
    ttlSeconds: secondsIn(fields, 'ttlSeconds'),
    maxUses: numberIn(fields, 'maxUses'),
    password: fields.get('password') || undefined,
    confirm: isChecked(fields, 'confirm') || undefined,
    rateLimit: rateLimitIn(fields),
    allowCidrs: listIn(fields, 'allowCidrs'),
    allowCountries: listIn(fields, 'allowCountries'),
    notBefore: instantIn(fields, 'notBefore', now),
    note: textIn(fields, 'note'),
    tags: listIn(fields, 'tags'),
    ...(isUpload ? { upload: uploadIn(fields) } : downloadIn(fields)),
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

function downloadIn(fields: URLSearchParams) {
  return {
    filename: textIn(fields, 'filename'),
    delivery: textIn(fields, 'delivery'),
    disposition: textIn(fields, 'disposition'),
    contentType: textIn(fields, 'contentType'),
    verifyObject: isChecked(fields, 'verifyObject') || undefined,
  };
}

function uploadIn(fields: URLSearchParams) {
  const megabytes = numberIn(fields, 'upload/maxBytes');
  return {
    maxBytes: typeof megabytes === 'number' ? megabytes * MEGABYTE : megabytes,
    contentTypes: listIn(fields, 'upload/contentTypes'),
    overwrite: isChecked(fields, 'overwrite') || undefined,
  };
}

/** So long from now; what is no such number stays as it is, to be refused. */
function instantIn(fields: URLSearchParams, name: string, now: Instant): string | undefined {
  const seconds = secondsIn(fields, name);
  if (typeof seconds !== 'number') return seconds;
  const at = new Date(now + seconds * SECOND_MS);
  return Number.isNaN(at.getTime()) ? String(seconds) : toIso(at.getTime());
}
