// Where s3rver keeps the object of a key: a path of its own for each, which the key alone isn't. A file system
// takes `a//b` for `a/b`, and has no name longer than 255 bytes.

import { readdir, rm, rmdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

type Filesystem = {
  encodeKeyPath(key: string): string;
  decodeKeyPath(path: string): string;
  prototype: {
    deleteObject(bucket: string, key: string): Promise<void>;
    getBucketPath(bucket: string): string;
    getResourcePath(bucket: string, key: string, resource: string): string;
  };
};

// Characters that no link's key has: see src/links/object-key.ts.
const NOTHING = '\u0001';
const TO_BE_CONTINUED = '\u0002';
/** S3rver's own suffix needs some room. */
const MAX_NAME_BYTES = 200;
const RESOURCES = ['object', 'object.md5', 'metadata.json'];

const require = createRequire(import.meta.url);
const store = require('@20minutes/s3rver/lib/stores/filesystem') as Filesystem;

store.encodeKeyPath = encodeKeyPath;
store.decodeKeyPath = decodeKeyPath;
// Its own looks for empty folders by the key.
store.prototype.deleteObject = async function deleteObject(bucket, key) {
  const paths = RESOURCES.map((resource) => this.getResourcePath(bucket, key, resource));
  for (const path of paths) await rm(path, { force: true });
  await removeEmpty(dirname(paths[0] ?? ''), this.getBucketPath(bucket));
};

function encodeKeyPath(key: string): string {
  const names = key.split('/').map((name, index, { length }) => {
    // The last one has s3rver's suffix, and is never empty.
    if (name === '' && index < length - 1) return NOTHING;
    return shortNames(name).join(`${TO_BE_CONTINUED}/`);
  });
  return names.join('/');
}

function decodeKeyPath(path: string): string {
  return path.replaceAll(`${TO_BE_CONTINUED}/`, '').replaceAll(NOTHING, '');
}

/** A name in pieces, cut between characters. */
function shortNames(name: string): string[] {
  const pieces = [''];
  let bytes = 0;
  for (const character of name) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MAX_NAME_BYTES) {
      pieces.push('');
      bytes = 0;
    }
    pieces[pieces.length - 1] += character;
    bytes += size;
  }
  return pieces;
}

/** Another object may come to be there at the same time: then it isn't empty, and stays. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let path = folder; path.startsWith(`${root}/`); path = dirname(path)) {
    try {
      if ((await readdir(path)).length > 0) return;
      await rmdir(path);
    } catch {
      return;
    }
  }
}
