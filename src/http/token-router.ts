// The app's router. Recipients' paths begin with a token, and nothing that begins with a fixed word can
// answer them: they are looked up among their own routes alone, by one regular expression.

import type { Router } from 'hono/router';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { TrieRouter } from 'hono/router/trie-router';

/** Answers as the trie of all routes would. */
export function createTokenRouter<Handler>(): Router<Handler> {
  const all = new TrieRouter<Handler>();
  const ofTokens = new RegExpRouter<Handler>();
  const fixedWords = new Set<string>();

  return {
    name: 'TokenRouter',
    add(method, path, handler) {
      all.add(method, path, handler);
      const word = firstSegment(path);
      if (word === '*' || word.startsWith(':')) ofTokens.add(method, path, handler);
      else fixedWords.add(word);
    },
    match(method, path) {
      return (fixedWords.has(firstSegment(path)) ? all : ofTokens).match(method, path);
    },
  };
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path.slice(1) : path.slice(1, end);
}
