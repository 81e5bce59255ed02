// What the upload page tells its script.

import type { UploadTerms } from '../links/grant.ts';
import type { ScriptWords } from './words/words.ts';

export type UploadSettings = {
  readonly language: string;
  readonly terms: UploadTerms;
  /** The types that may be sent, in words. */
  readonly kinds: string;
  readonly isMany: boolean;
  /** Until the link ends: a clock that is wrong ends it neither sooner nor later. */
  readonly secondsLeft: number;
  readonly words: ScriptWords;
};
