import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { changeFields as changeApp, createFields } from '../../../src/cli/commands/apps.ts';
import { eventFields } from '../../../src/cli/commands/events.ts';
import { changeFields } from '../../../src/cli/commands/extend.ts';
import { keyFields } from '../../../src/cli/commands/keys.ts';
import { listFields } from '../../../src/cli/commands/ls.ts';
import { mintFields } from '../../../src/cli/commands/mint.ts';
import { probeFields } from '../../../src/cli/commands/stores.ts';
import * as webhooks from '../../../src/cli/commands/webhooks.ts';
import { type Field, fieldsOf, flagAt, inFlags } from '../../../src/cli/flags/field.ts';
import { optionsOf, patchOptionsOf } from '../../../src/cli/flags/options.ts';
import { filterFields } from '../../../src/cli/selection.ts';
import { changeAppBody, createAppBody } from '../../../src/schemas/app.ts';
import { eventQuery } from '../../../src/schemas/event.ts';
import { createKeyBody } from '../../../src/schemas/key.ts';
import { listQuery, revokeBody } from '../../../src/schemas/link-filter.ts';
import { changeBody, mintBody } from '../../../src/schemas/mint.ts';
import { checkStoreBody } from '../../../src/schemas/store.ts';
import {
  changeWebhookBody,
  createWebhookBody,
  deliveriesQuery,
} from '../../../src/schemas/webhook.ts';

type Case = {
  readonly command: string;
  readonly schema: z.ZodObject;
  readonly fields: readonly Field[];
  /** What is no flag: a positional argument, or the business of the client or of another command. */
  readonly others: readonly string[];
};

const CASES: readonly Case[] = [
  { command: 'mint', schema: mintBody, fields: mintFields, others: ['key'] },
  { command: 'extend', schema: changeBody, fields: changeFields, others: [] },
  { command: 'ls', schema: listQuery, fields: listFields, others: ['limit', 'cursor'] },
  {
    command: 'revoke',
    schema: revokeBody,
    fields: filterFields,
    others: ['app', 'ids', 'urls', 'all', 'dryRun'],
  },
  { command: 'keys create', schema: createKeyBody, fields: keyFields, others: [] },
  { command: 'apps create', schema: createAppBody, fields: createFields, others: [] },
  { command: 'apps change', schema: changeAppBody, fields: changeApp, others: ['suspended'] },
  { command: 'events', schema: eventQuery, fields: eventFields, others: ['limit', 'after'] },
  {
    command: 'webhooks create',
    schema: createWebhookBody,
    fields: webhooks.createFields,
    others: ['url'],
  },
  {
    command: 'webhooks change',
    schema: changeWebhookBody,
    fields: webhooks.changeFields,
    others: [],
  },
  {
    command: 'webhooks deliveries',
    schema: deliveriesQuery,
    fields: webhooks.deliveryFields,
    others: ['app', 'limit', 'cursor'],
  },
  { command: 'stores check', schema: checkStoreBody, fields: probeFields, others: [] },
];

describe.each(CASES)('the flags of $command', ({ schema, fields, others }) => {
  const names = Object.keys(schema.shape);

  it('are the fields of its schema, all of them', () => {
    const flagged = new Set(fields.map(({ path }) => path[0]));
    expect([...flagged, ...others].sort()).toEqual([...names].sort());
  });

  it('are described in the words of the schema', () => {
    const options = optionsOf(fields);
    for (const [name, inner] of Object.entries(schema.shape)) {
      const { description } = inner as z.ZodType;
      const field = fields.find(({ path }) => path.length === 1 && path[0] === name);
      if (!field || !description) continue;
      expect(options[field.flag]?.description).toContain(inFlags(description));
    }
  });
});

describe('a flag', () => {
  const fields = fieldsOf(
    z.object({
      maxUses: z.int().meta({ description: 'How often.' }),
      mode: z.enum(['a', 'b']).default('a'),
      checksum: z.literal('required').optional(),
      tags: z.array(z.string()),
      keyPrefixes: z.array(z.string()).nullish(),
      allowCountries: z.array(z.string()),
      isOn: z.boolean().nullish(),
      quotas: z.object({ liveLinks: z.int().nullish() }),
    }),
  );
  const options = optionsOf(fields);

  it('has the name of its field in kebab case, and its type', () => {
    expect(options['max-uses']).toMatchObject({ type: 'number', description: 'How often.' });
    expect(options['is-on']).toMatchObject({ type: 'boolean' });
  });

  it('has the choices and the default of its field, and doesn’t send the default', () => {
    expect(options.mode).toMatchObject({ choices: ['a', 'b'], defaultDescription: 'a' });
    expect(options.checksum).toMatchObject({ choices: ['required'] });
    expect(options.mode).not.toHaveProperty('default');
  });

  it('of a list may be repeated by its singular', () => {
    expect(options.tags).toMatchObject({ array: true, alias: 'tag' });
    expect(options['key-prefixes']).toMatchObject({ alias: 'key-prefix' });
    expect(options['allow-countries']).toMatchObject({ alias: 'allow-country' });
  });

  it('of a field within a field has both names', () => {
    expect(options['quotas-live-links']).toMatchObject({ type: 'number' });
  });

  it('has a twin that takes away, where a change may do so', () => {
    const twins = Object.keys(patchOptionsOf(fields)).filter((name) => name.startsWith('no-'));
    expect(twins).toContain('no-key-prefixes');
    expect(twins).toContain('no-quotas-live-links');
    expect(twins).not.toContain('no-max-uses');
  });

  it.each([
    ['/ttlSeconds', '--ttl'],
    ['/keyPrefix', '--prefix'],
    ['/maxUses', '--max-uses'],
    ['/stores/0', '--stores'],
    ['/quotas/liveLinks', '--quotas-live-links'],
    ['/rateLimit/limit', '--rate-limit'],
    ['/key', 'the key'],
  ])('is found by %s, as %s', (pointer, flag) => {
    expect(flagAt(pointer)).toBe(flag);
  });
});
