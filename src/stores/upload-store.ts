// What uploads ask of the stores of this deployment.

import type { Config } from '../config.ts';
import type { Clock } from '../lib/time.ts';
import type { UploadStore } from '../links/upload-ports.ts';
import type { Fetch } from './verify-object.ts';

export function createUploadStore(_config: Config, _clock: Clock, _fetch: Fetch): UploadStore {
  throw new Error('not built yet');
}
