// The app's router finds exactly what a trie of all routes finds, for whatever path is asked for.

import fc from 'fast-check';
import type { Result } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { describe, expect, test } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import { createTokenRouter } from '../../../src/http/token-router.ts';

const { routes } = createHallpass();
const ours = createTokenRouter<unknown>();
const trie = new TrieRouter<unknown>();
for (const { method, path, handler } of routes) {
  ours.add(method, path, handler);
  trie.add(method, path, handler);
}

/** Handlers in their order, each with its parameters, whichever way a router tells them. */
function found([handlers, values]: Result<unknown>) {
  return handlers.map(([handler, parameters]) => {
    const named = Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? values?.[value] : value,
    ]);
    return [handler, Object.fromEntries(named)];
  });
}

const TOKEN = '4mWQ0kXvTtPzB7cJr2LsYd';
const words = [...new Set(routes.flatMap(({ path }) => path.split('/')))].filter(
  (word) => !/[:*]/.test(word),
);
/** None that is written as a pattern: a trie finds those twice. */
const segment = fc.oneof(
  fc.constantFrom(...words, TOKEN, 'lnk_1', 'uploads', '..', '%2F'),
  fc.webSegment().filter((text) => !/^[:*]/.test(text)),
);
const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

test('every path has the handlers of the trie, in the same order', () => {
  fc.assert(
    fc.property(method, path, (asked, at) => {
      expect(found(ours.match(asked, at))).toEqual(found(trie.match(asked, at)));
    }),
    { numRuns: 3_000 },
  );
});

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    test('is found', () => {
      const asked = route.method === 'ALL' ? 'GET' : route.method;
      const at = route.path.replace('*', 'rest').replace(/:\w+/g, TOKEN);
      const handlers = found(ours.match(asked, at)).map(([handler]) => handler);
      expect(handlers).toContain(route.handler);
    });
  },
);
