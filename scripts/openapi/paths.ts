// A path of the document with its operations by method.

import type { Operation } from './operation.ts';

export type Paths = Readonly<
  Record<string, Readonly<Partial<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Operation>>>>
>;
