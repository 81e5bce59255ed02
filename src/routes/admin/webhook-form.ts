// What the form of a webhook stands for, and how it is filled in for one that there is.

import { listIn, textIn } from '../../lib/form-values.ts';
import type { KeptWebhook } from '../../webhooks/webhook.ts';

/** As the schemas of the API want it, to be checked by them. */
export function termsIn(fields: URLSearchParams) {
  const types = fields.getAll('types');
  return {
    url: textIn(fields, 'url') ?? '',
    types: types.length > 0 ? types : undefined,
    tags: listIn(fields, 'tags'),
    note: textIn(fields, 'note'),
  };
}

/** With the version that was seen, so that a stale form is known. */
export function fieldsOf(webhook: KeptWebhook): URLSearchParams {
  const { url, types = [], tags = [], note = '', version } = webhook;
  const fields = new URLSearchParams({ url, tags: tags.join(', '), note, version: `${version}` });
  for (const type of types) fields.append('types', type);
  return fields;
}

/**
 * A merge patch of what was changed in the form. What was left alone is not in it, so that a tag with a
 * comma in it stays one.
 */
export function changeIn(fields: URLSearchParams, webhook: KeptWebhook): Record<string, unknown> {
  const before = fieldsOf(webhook);
  const changed = Object.entries(termsIn(fields)).filter(
    ([name]) => valuesOf(fields, name) !== valuesOf(before, name),
  );
  return Object.fromEntries(changed.map(([name, value]) => [name, value ?? null]));
}

function valuesOf(fields: URLSearchParams, name: string): string {
  return fields
    .getAll(name)
    .filter((value) => value !== '')
    .sort()
    .join('\n');
}
