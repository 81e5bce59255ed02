// Stores on the wire: what an operator sees of them, and what a check finds. Their secrets are not here.

import * as z from 'zod';
import type { Config, Store } from '../config.ts';
import { utf8 } from '../lib/digest.ts';
import { objectKeyFault } from '../links/object-key.ts';
import { flag, pageOf } from './field.ts';
import { objectKey } from './mint.ts';
import { text } from './text.ts';

/** The name of the written object comes after it, within the 1,024 bytes of a key. */
const MAX_PREFIX_BYTES = 900;

const prefix = text(2, MAX_PREFIX_BYTES)
  .refine((value) => value.endsWith('/'), 'must end in "/"')
  .refine(
    (value) => utf8(value).length <= MAX_PREFIX_BYTES,
    `must be at most ${MAX_PREFIX_BYTES} bytes of UTF-8`,
  )
  .superRefine((value, context) => {
    const fault = objectKeyFault(value);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

export const checkStoreBody = z
  .strictObject({
    key: objectKey
      .optional()
      .meta({ description: 'An object that is there: it proves that objects can be read.' }),
    prefix: prefix
      .optional()
      .meta({ description: 'Where to look and to write, ending in "/".', example: 'shared/' }),
    write: flag
      .default(false)
      .meta({ description: 'Also write a small object, read it and delete it again.' }),
  })
  .meta({ id: 'StoreProbe', example: { key: 'shared/report.pdf' } });

/** A store as it is configured; one that is disabled has its alias and its fault, and nothing else. */
export const storeShown = z
  .object({
    alias: z.string(),
    endpoint: z.string().nullable(),
    region: z.string().nullable(),
    bucket: z.string().nullable(),
    addressing: z.enum(['path', 'virtual']).nullable(),
    accessKeyId: z.string().nullable(),
    maxUrlSeconds: z.int().nullable(),
    capabilities: z
      .object({
        responseOverrides: z.boolean(),
        versions: z.boolean(),
        conditionalWrites: z.boolean(),
        checksums: z.boolean(),
      })
      .nullable(),
    fault: z.string().nullable().meta({ description: 'Why it is disabled.' }),
  })
  .meta({ id: 'Store' });

export const storeList = pageOf(storeShown).meta({ id: 'StoreList' });

const finding = z.object({
  level: z.enum(['error', 'warning', 'note']),
  code: z.string().meta({ description: 'Stable: go by this.', example: 'bad_signature' }),
  message: z.string().meta({ description: 'What is wrong and what to do.' }),
});

/** An IAM policy in AWS's own spelling, to be pasted as it stands. */
const policy = z.object({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.object({
      Sid: z.string(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: z.array(z.string()),
      Resource: z.string(),
      Condition: z
        .object({ NumericGreaterThan: z.object({ 's3:signatureAge': z.int() }) })
        .optional(),
    }),
  ),
});

export const storeCheck = z
  .object({
    store: z.string(),
    ok: z.boolean().meta({ description: 'Whether nothing was found that is an error.' }),
    findings: z.array(finding),
    policy: policy
      .nullable()
      .meta({ description: 'The least that the signing identity needs, to paste; null for R2.' }),
  })
  .meta({ id: 'StoreCheck' });

type StoreShown = z.output<typeof storeShown>;

const NOTHING_SHOWN = {
  endpoint: null,
  region: null,
  bucket: null,
  addressing: null,
  accessKeyId: null,
  maxUrlSeconds: null,
  capabilities: null,
};

/**
 * All stores of a deployment by their aliases, those that are disabled included.
 * @internal
 */
export function storesOnWire({ stores, storeFaults }: Config): z.output<typeof storeList> {
  const disabled = [...storeFaults].map(([alias, fault]) => ({ alias, ...NOTHING_SHOWN, fault }));
  const items = [...[...stores.values()].map(storeOnWire), ...disabled];
  items.sort((a, b) => (a.alias < b.alias ? -1 : 1));
  return { items, nextCursor: null };
}

function storeOnWire(store: Store): StoreShown {
  const { responseOverrides, versions, conditionalWrites, checksums } = store;
  return {
    alias: store.alias,
    endpoint: store.endpoint,
    region: store.region,
    bucket: store.bucket,
    addressing: store.addressing,
    accessKeyId: store.accessKeyId,
    maxUrlSeconds: store.maxUrlSeconds,
    capabilities: { responseOverrides, versions, conditionalWrites, checksums },
    fault: null,
  };
}
