// Who asks: an app by one of its keys, or an operator. Operators may do everything in every app.

import type { Credential } from './api-key.ts';

export type Caller =
  | { readonly kind: 'key'; readonly credential: Credential }
  | { readonly kind: 'operator' };

/** How events name an operator; a key is named by its id. */
export const OPERATOR = 'operator';
/** How events name what Hallpass did by itself. */
export const HALLPASS = 'hallpass';
