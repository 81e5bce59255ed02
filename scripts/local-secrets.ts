// The secrets of a local stack: drawn once and kept, so that links stay valid after a restart.

import { randomBytes } from 'node:crypto';
import { readJson, writeJson } from './private-file.ts';

export type LocalSecrets = {
  LINK_KEYS: string;
  APP_KEYS: string;
  ADMIN_TOKEN: string;
  s3: { accessKeyId: string; secretAccessKey: string };
};

export function keepSecrets(file: string): LocalSecrets {
  const kept = readJson<LocalSecrets>(file);
  if (kept) return kept;
  const drawn = {
    LINK_KEYS: drawKey(),
    APP_KEYS: drawKey(),
    ADMIN_TOKEN: drawKey(),
    s3: { accessKeyId: `LOCAL${randomBytes(8).toString('hex')}`, secretAccessKey: drawKey() },
  };
  writeJson(file, drawn);
  return drawn;
}

function drawKey(): string {
  return randomBytes(32).toString('base64url');
}
