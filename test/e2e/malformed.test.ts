// What is no HTTP, or hardly: the gateway refuses it or hangs up, says nothing of itself, and goes on.

import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder, mintLink, openLink, removeFolder, type Stack, startStack } from './stack.ts';

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const PATIENCE_MS = 2_000;

/** Sends bytes as they are, and answers what came back until the gateway hung up or said nothing more. */
function send(text: string): Promise<string> {
  const { hostname, port } = new URL(stack.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE_MS, done);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', done);
    socket.on('error', done);
    socket.write(Buffer.from(text, 'latin1'));
  });
}

const HOST = 'Host: localhost\r\n';

it.each([
  ['nothing of HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['no version', `GET /healthz\r\n${HOST}\r\n`],
  ['an unknown method', `BREW /healthz HTTP/1.1\r\n${HOST}\r\n`],
  ['a path with raw bytes', `GET /\xff\xfe\x00 HTTP/1.1\r\n${HOST}\r\n`],
  ['half an escape', `GET /%E0%A4%A HTTP/1.1\r\n${HOST}\r\n`],
  ['a path of dots', `GET /../../v1/links HTTP/1.1\r\n${HOST}\r\n`],
  [
    'a path of a hundred thousand characters',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`,
  ],
  ['an absolute URL of another host', `GET http://evil.example/ HTTP/1.1\r\n${HOST}\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['a header without a colon', `GET /healthz HTTP/1.1\r\n${HOST}nothing\r\n\r\n`],
  ['a header with a line break', `GET /healthz HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  [
    'a header of a million characters',
    `GET /healthz HTTP/1.1\r\n${HOST}X: ${'a'.repeat(1_000_000)}\r\n\r\n`,
  ],
  [
    'two lengths',
    `POST /v1/links HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 9\r\n\r\nx`,
  ],
  [
    'a length and chunks',
    `POST /v1/links HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n`,
  ],
  ['a negative length', `POST /v1/links HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`],
  [
    'chunks that are none',
    `POST /v1/links HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  ],
  ['a body that never comes', `POST /v1/links HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\n{`],
])('%s is refused, or not answered', async (_, text) => {
  const answer = await send(text);
  if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 (?:200|3\d\d|4\d\d|501|505) /);
  for (const secret of [stack.adminToken, stack.apiKey, stack.s3.secretAccessKey]) {
    expect(answer).not.toContain(secret);
  }
  expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
});

it('and nothing of it is left behind', async () => {
  const link = await mintLink(stack, { key: stack.objects[0] });
  expect((await openLink(link.url)).status).toBe(302);
  expect(stack.output()).not.toMatch(/uncaught|internal_error|unhandled/i);
});
