// What `hallpass/client` exports.

export type { CallOptions, ClientOptions, CreateOptions } from './api.ts';
export {
  type Download,
  type DownloadOptions,
  download,
  ObjectChangedError,
} from './download.ts';
export type { FollowOptions } from './events.ts';
export { createHallpass, type Hallpass } from './hallpass.ts';
export { HallpassError } from './hallpass-error.ts';
export { drawClaim, type RedeemOptions, redeem } from './redeem.ts';
export { StoreError } from './store-error.ts';
export type * from './types.ts';
export { type Uploaded, type UploadOptions, upload } from './upload.ts';
