// What the upload page tells its script.

import type { UploadTerms } from '../links/grant.ts';
import type { ScriptWords } from './upload-words.ts';

export type UploadSettings = {
  readonly language: string;
  readonly terms: UploadTerms;
  /** The types that may be sent, in words. */
  readonly kinds: string;
  readonly isMany: boolean;
  readonly expiresAt: number;
  readonly words: ScriptWords;
};
