// The form that changes a link: how it is filled in at first, and what of a link it changes.

import { isChecked, listIn, numberIn, secondsIn, textIn } from '../../lib/form-values.ts';
import { denied, ok, type Result } from '../../lib/result.ts';
import { type Instant, SECOND_MS, toIso } from '../../lib/time.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { Link } from '../../links/link.ts';

/** Longer than any link may live, and short enough for a date. */
const LONGEST_SECONDS = 3_153_600_000;

/** The form as the link is. */
export function changeFields({ version, limits, note, tags }: Link): URLSearchParams {
  const { maxUses, confirm, rateLimit, allowCidrs, allowCountries } = limits;
  const filled = {
    version,
    maxUses,
    note,
    tags: tags.join(', '),
    confirm: confirm || undefined,
    'rateLimit/limit': rateLimit?.limit,
    'rateLimit/windowSeconds': rateLimit?.windowSeconds,
    allowCidrs: allowCidrs?.join(', '),
    allowCountries: allowCountries?.join(', '),
  };
  const given = Object.entries(filled).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}

/** The change that a form asks for, as the API takes it: of its fields only those that differ. */
export function patchIn(
  fields: URLSearchParams,
  link: Link,
  now: Instant,
): Result<Record<string, unknown>, RequestDenial> {
  const asked = [
    ['maxUses', numberIn(fields, 'maxUses') ?? null],
    ['note', textIn(fields, 'note') ?? null],
    ['tags', listIn(fields, 'tags') ?? []],
    ['confirm', isChecked(fields, 'confirm')],
    ['rateLimit', rateLimitIn(fields) ?? null],
    ['allowCidrs', listIn(fields, 'allowCidrs') ?? null],
    ['allowCountries', listIn(fields, 'allowCountries') ?? null],
  ] as const;
  const filled = changeFields(link);
  const differing = asked.filter(([name]) => isChanged(fields, filled, name));
  const patch: Record<string, unknown> = Object.fromEntries(differing);

  if (isChecked(fields, 'removePassword')) patch.password = null;
  else if (fields.get('password')) patch.password = fields.get('password');

  const seconds = secondsIn(fields, 'expiresAt');
  if (typeof seconds === 'string') {
    const errors = [{ pointer: '/expiresAt', detail: 'must be a whole number' }];
    return denied({ reason: 'invalid_request', errors });
  }
  if (seconds !== undefined) {
    patch.expiresAt = toIso(now + Math.min(seconds, LONGEST_SECONDS) * SECOND_MS);
  }
  return ok(patch);
}

/** By what stands in the form: a tag with a comma in it stays one where nobody touched the field. */
function isChanged(sent: URLSearchParams, filled: URLSearchParams, name: string): boolean {
  const own = (fields: URLSearchParams) =>
    [...fields]
      .filter(([each, value]) => value !== '' && (each === name || each.startsWith(`${name}/`)))
      .map(([each, value]) => `${each}=${value.trim()}`)
      .sort()
      .join('&');
  return own(sent) !== own(filled);
}

/** Where one of the two is missing, the schema says so. */
export function rateLimitIn(fields: URLSearchParams): object | undefined {
  const limit = numberIn(fields, 'rateLimit/limit');
  const windowSeconds = numberIn(fields, 'rateLimit/windowSeconds');
  return limit === undefined && windowSeconds === undefined ? undefined : { limit, windowSeconds };
}
