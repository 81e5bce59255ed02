// What callers send and get, as the schemas have it: requests before they are parsed, answers as they
// are shown.

import type * as z from 'zod';
import type { appShown, changeAppBody, countedApp, createAppBody } from '../schemas/app.ts';
import type { exportRecord, imported } from '../schemas/backup.ts';
import type { appCheck, finding } from '../schemas/check.ts';
import type { eventQuery, eventShown } from '../schemas/event.ts';
import type { createdKey, createKeyBody, keyShown } from '../schemas/key.ts';
import type { batchShown, linkShown, mintedLink } from '../schemas/link.ts';
import type { listQuery, revocationShown, revokeBody } from '../schemas/link-filter.ts';
import type { changeBody, mintBody } from '../schemas/mint.ts';
import type { problemShown } from '../schemas/problem.ts';
import type { redeemedShown } from '../schemas/redeem.ts';
import type { checkStoreBody, storeCheck, storeShown } from '../schemas/store.ts';
import type { begunUpload, signedParts, uploadShown } from '../schemas/upload.ts';
import type {
  changeWebhookBody,
  createdWebhook,
  createWebhookBody,
  deliveryShown,
  webhookShown,
} from '../schemas/webhook.ts';

export type Mint = z.input<typeof mintBody>;
export type LinkChange = z.input<typeof changeBody>;
export type Link = z.output<typeof linkShown>;
export type MintedLink = z.output<typeof mintedLink>;
export type BatchResult = z.output<typeof batchShown>['results'][number];
export type LinkFilter = Omit<z.input<typeof listQuery>, 'limit' | 'cursor'>;
export type Selection = z.input<typeof revokeBody>;
export type Revocation = z.output<typeof revocationShown>;

export type NewKey = z.input<typeof createKeyBody>;
export type Key = z.output<typeof keyShown>;
export type CreatedKey = z.output<typeof createdKey>;

export type NewApp = z.input<typeof createAppBody>;
export type AppChange = z.input<typeof changeAppBody>;
export type App = z.output<typeof appShown>;
export type CountedApp = z.output<typeof countedApp>;

export type AppCheck = z.output<typeof appCheck>;
export type ExportRecord = z.output<typeof exportRecord>;
export type Imported = z.output<typeof imported>;
export type Finding = z.output<typeof finding>;

export type EventFilter = Omit<z.input<typeof eventQuery>, 'limit'>;
export type Event = z.output<typeof eventShown>;

export type Store = z.output<typeof storeShown>;
export type StoreProbe = z.input<typeof checkStoreBody>;
export type StoreCheck = z.output<typeof storeCheck>;

export type NewWebhook = z.input<typeof createWebhookBody>;
export type WebhookChange = z.input<typeof changeWebhookBody>;
export type Webhook = z.output<typeof webhookShown>;
export type CreatedWebhook = z.output<typeof createdWebhook>;
export type Delivery = z.output<typeof deliveryShown>;
export type DeliveryStatus = Delivery['status'];

export type Redeemed = z.output<typeof redeemedShown>;
export type Problem = z.output<typeof problemShown>;

export type BegunUpload = z.output<typeof begunUpload>;
export type SignedPart = z.output<typeof signedParts>['parts'][number];
export type UploadShown = z.output<typeof uploadShown>;
