// How much is read of what a store says, whatever it says.

import { describe, expect, test } from 'vitest';
import { readAnswer, readStoreError } from '../../../src/stores/store-answer.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const ERROR = '<Error><Code>NoSuchBucket</Code><Message>It does not exist</Message></Error>';

/** A body that goes on for ever, and how many chunks of it were taken. */
function endless(chunk: string) {
  const taken = { chunks: 0, isCancelled: false };
  const bytes = new TextEncoder().encode(chunk);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.chunks++;
      controller.enqueue(bytes);
    },
    cancel() {
      taken.isCancelled = true;
    },
  });
  return { body, taken };
}

describe('an error', () => {
  test('is read by its code, message and region', () => {
    const more = '<Region>eu-west-1</Region><RequestId>1</RequestId>';
    expect(readStoreError(ERROR.replace('</Error>', `${more}</Error>`))).toEqual({
      code: 'NoSuchBucket',
      message: 'It does not exist',
      region: 'eu-west-1',
    });
    expect(readStoreError('<Error xmlns="urn:s3"><Code>A.B</Code></Error>')).toEqual({
      code: 'A.B',
      message: '',
      region: undefined,
    });
  });

  test.each([
    '',
    'Forbidden',
    '{"Code":"NoSuchBucket"}',
    '<html><Code>NoSuchBucket</Code></html>',
    '<Errors><Code>NoSuchBucket</Code></Errors>',
    '<Error><Message>no code</Message></Error>',
    '<Error><Code></Code></Error>',
    '<Error><Code>No<b>Such</b>Bucket</Code></Error>',
    `<Error><Code>${'A'.repeat(65)}</Code></Error>`,
    `<Error>${'<Code>'.repeat(10_000)}`,
    `<Error>${'<Message>'.repeat(10_000)}`,
  ])('is not %j', (body) => {
    expect(readStoreError(body)).toBeUndefined();
  });

  test('whose message has no end is cut', () => {
    const { message } = readStoreError(ERROR.replace('exist', 'x'.repeat(5_000))) ?? {};
    expect(message).toHaveLength(1_024);
  });
});

describe('an answer', () => {
  test('that was granted is not read at all', async () => {
    const { body, taken } = endless('x'.repeat(1_000));
    expect(await readAnswer(new Response(body, { status: 200 }), NOW)).toMatchObject({
      status: 200,
      at: NOW,
    });
    expect(taken.isCancelled).toBe(true);
    expect(taken.chunks).toBeLessThanOrEqual(1);
  });

  test('that was refused is read up to 64 KiB, and what stands beyond says nothing', async () => {
    const { body, taken } = endless(' '.repeat(1_024));
    expect(await readAnswer(new Response(body, { status: 403 }), NOW)).not.toHaveProperty('error');
    expect(taken.isCancelled).toBe(true);
    expect(taken.chunks).toBeLessThanOrEqual(66);
    const late = new Response(' '.repeat(65_536) + ERROR, { status: 404 });
    expect(await readAnswer(late, NOW)).not.toHaveProperty('error');
    const early = new Response(ERROR + ' '.repeat(1_000_000), { status: 404 });
    expect((await readAnswer(early, NOW)).error?.code).toBe('NoSuchBucket');
  });

  test('that breaks off says what it has said until then', async () => {
    const chunks = [ERROR];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(new Error('reset'));
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    const answer = await readAnswer(new Response(body, { status: 404 }), NOW);
    expect(answer.error?.code).toBe('NoSuchBucket');
  });

  test('of bytes that are no text is none', async () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256);
    expect(await readAnswer(new Response(bytes, { status: 403 }), NOW)).not.toHaveProperty('error');
  });
});
