// Where a page sends what is uploaded: the origin that its policy has to permit.

import type { Config } from '../config.ts';
import type { UploadOrigin } from '../links/upload-ports.ts';
import { storeOrigin } from './object-url.ts';
import { pinnedStore } from './pinned-store.ts';

export function createUploadOrigin(config: Config): UploadOrigin {
  return (object) => {
    const store = pinnedStore(config, object);
    return store && storeOrigin(store);
  };
}
