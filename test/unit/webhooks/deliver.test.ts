// One attempt: what counts as delivered, and what is never said or read.

import { describe, expect, it, vi } from 'vitest';
import { deliver } from '../../../src/webhooks/deliver.ts';

const ATTEMPT = { url: 'https://hooks.example.com/x', headers: { 'webhook-id': 'a' }, body: '{}' };

const answering = (response: Response | Error) =>
  vi.fn<typeof fetch>(async () => {
    if (response instanceof Error) throw response;
    return response;
  });

describe('an attempt', () => {
  it.each([200, 201, 202, 204, 299])('answered %i is delivered', async (status) => {
    const send = answering(new Response(null, { status }));
    expect(await deliver(send, ATTEMPT)).toEqual({ kind: 'delivered', status });
  });

  it.each([300, 301, 302, 303, 307, 308, 304, 400, 401, 404, 408, 429, 500, 502, 503])(
    'answered %i has failed',
    async (status) => {
      const send = answering(new Response(null, { status, headers: { Location: '/x' } }));
      expect(await deliver(send, ATTEMPT)).toEqual({ kind: 'failed', status });
      expect(send).toHaveBeenCalledOnce();
    },
  );

  it('answered 410 is gone', async () => {
    const send = answering(new Response(null, { status: 410 }));
    expect(await deliver(send, ATTEMPT)).toEqual({ kind: 'gone', status: 410 });
  });

  it('is a POST of JSON that follows no redirect', async () => {
    const send = answering(new Response());
    await deliver(send, ATTEMPT);
    const [url, init] = send.mock.calls[0] ?? [];
    expect(url).toBe(ATTEMPT.url);
    expect(init).toMatchObject({ method: 'POST', redirect: 'manual', body: '{}' });
    expect(init?.headers).toMatchObject({ 'Content-Type': 'application/json', 'webhook-id': 'a' });
  });

  it('is given up after 15 seconds, and has failed', async () => {
    vi.useFakeTimers();
    const hanging: typeof fetch = (_url, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    let outcome: unknown;
    const attempt = deliver(hanging, ATTEMPT).then((result) => {
      outcome = result;
    });
    await vi.advanceTimersByTimeAsync(14_999);
    expect(outcome).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await attempt;
    expect(outcome).toEqual({ kind: 'failed', error: 'timeout' });
    await deliver(answering(new Response()), ATTEMPT);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('reads nothing of the answer', async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel }, { highWaterMark: 0 });
    await deliver(answering(new Response(body)), ATTEMPT);
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('without an answer says nothing of what the platform says', async () => {
    const secret = new Error('connect failed for https://hooks.example.com/?token=secret');
    expect(await deliver(answering(secret), ATTEMPT)).toEqual({
      kind: 'failed',
      error: 'unreachable',
    });
  });
});
