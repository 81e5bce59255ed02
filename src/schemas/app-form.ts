// An app's settings as the fields of a form, there and back. Fields are named by their JSON Pointers.

import type { AppSettings } from '../apps/app.ts';
import { withoutDirections } from '../lib/directions.ts';
import { isChecked, linesIn, numberIn, textIn } from '../lib/form-values.ts';
import type { FieldError } from '../links/denial.ts';

/** What `createAppBody` is to check. */
export function settingsIn(fields: URLSearchParams) {
  const limit = numberIn(fields, 'defaults/rateLimit/limit');
  const windowSeconds = numberIn(fields, 'defaults/rateLimit/windowSeconds');
  const hasRate = limit !== undefined || windowSeconds !== undefined;
  return {
    name: textIn(fields, 'name') ?? '',
    publicName: textIn(fields, 'publicName'),
    stores: fields.getAll('stores'),
    keyPrefixes: linesIn(fields, 'keyPrefixes'),
    defaults: hasRate ? { rateLimit: { limit, windowSeconds } } : {},
    quotas: {
      liveLinks: numberIn(fields, 'quotas/liveLinks'),
      mintsPerDay: numberIn(fields, 'quotas/mintsPerDay'),
    },
    recordIp: isChecked(fields, 'recordIp'),
    eventRetentionDays: numberIn(fields, 'eventRetentionDays'),
  };
}

export function settingsFields(settings: AppSettings): URLSearchParams {
  const { name, stores, keyPrefixes = [], defaults, quotas } = settings;
  const fields = new URLSearchParams({
    name,
    publicName: settings.publicName ?? '',
    keyPrefixes: keyPrefixes.join('\n'),
    'quotas/liveLinks': String(quotas.liveLinks ?? ''),
    'quotas/mintsPerDay': String(quotas.mintsPerDay ?? ''),
    'defaults/rateLimit/limit': String(defaults.rateLimit?.limit ?? ''),
    'defaults/rateLimit/windowSeconds': String(defaults.rateLimit?.windowSeconds ?? ''),
    eventRetentionDays: String(settings.eventRetentionDays),
  });
  for (const alias of stores) fields.append('stores', alias);
  if (settings.recordIp) fields.set('recordIp', 'true');
  return fields;
}

/** Every field in which a form differs from what the settings are by now, and what they are. */
export function staleFields(form: URLSearchParams, settings: AppSettings): FieldError[] {
  const current = settingsFields(settings);
  const names = [...new Set([...current.keys(), 'recordIp'])];
  return names.flatMap((name) => {
    const [typed, is] = [shownIn(form, name), shownIn(current, name)];
    return typed === is ? [] : [{ pointer: `/${name}`, detail: `is ${inWords(name, is)} by now` }];
  });
}

function shownIn(fields: URLSearchParams, name: string): string {
  return fields
    .getAll(name)
    .flatMap((value) => value.trim().split(/\r?\n/))
    .join(', ');
}

function inWords(name: string, value: string): string {
  if (name === 'recordIp') return value === '' ? 'off' : 'on';
  return value === '' ? 'empty' : `“${withoutDirections(value)}”`;
}
