import { describe, expect, it } from 'vitest';
import { usageError } from '../../../src/cli/cli-error.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { failureOf } from '../../../src/cli/failure.ts';
import { EPILOGUE } from '../../../src/cli/help.ts';
import { HallpassError, ObjectChangedError, StoreError } from '../../../src/client/index.ts';

const refusal = (status: number, reason: string, more: object = {}) =>
  new HallpassError({ type: '', title: 'No', detail: 'Do that.', status, reason, ...more });
const exitOf = (error: unknown) => EXIT_CODES[failureOf(error, false).exit].code;
const noAnswer = () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  return Object.assign(new TypeError('fetch failed'), { cause });
};

describe('the exit code', () => {
  it.each([
    ['of a refusal', refusal(403, 'scope_missing'), 1],
    ['of a link that ended', refusal(410, 'expired'), 1],
    ['of what is too fast', refusal(429, 'rate_limited'), 1],
    ['of wrong usage', usageError('Say what.'), 2],
    ['of a gateway that can’t tell', refusal(503, 'unavailable'), 3],
    ['of something that is no gateway', refusal(404, 'not_hallpass'), 3],
    ['of a network without an answer', noAnswer(), 3],
    ['of a link that isn’t there', refusal(404, 'link_not_found'), 4],
    ['of an object that isn’t there', new StoreError(404), 4],
    ['of a store that refuses', new StoreError(403), 1],
    ['of a store that is down', new StoreError(503), 3],
    ['of an object that changed', new ObjectChangedError('It changed.'), 1],
    ['of a bug', new Error('x is not a function'), 1],
  ])('%s is told by the table', (_case, error, code) => {
    expect(exitOf(error)).toBe(code);
  });

  it('is 130 after Ctrl-C, whatever that broke', () => {
    const { exit } = failureOf(new DOMException('Aborted', 'AbortError'), true);
    expect(EXIT_CODES[exit].code).toBe(130);
  });

  it('is documented, each of them', () => {
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      expect(EPILOGUE).toContain(`${String(code).padStart(3)}  ${meaning}`);
    }
  });
});

describe('what is told', () => {
  it('names flags where the gateway names fields', () => {
    const errors = [{ pointer: '/maxUses', detail: 'must be a whole number' }];
    const { sentence } = failureOf(refusal(400, 'invalid_request', { errors }), false);
    expect(sentence).toBe('No. --max-uses must be a whole number.');
  });

  it('says what to do with a key that isn’t in force', () => {
    expect(failureOf(refusal(401, 'unauthenticated'), false).sentence).toContain('hallpass login');
  });

  it('names the scope that a key lacks', () => {
    const { sentence } = failureOf(refusal(403, 'scope_missing', { scope: 'links:mint' }), false);
    expect(sentence).toContain('links:mint');
  });

  it.each([
    'Invalid header value Bearer hp_9fK2_secretsecret',
    'Failed to fetch https://bucket.s3.example.com/a.pdf?X-Amz-Algorithm=AWS4&X-Amz-Signature=abc',
  ])('holds no key and no presigned URL: %s', (message) => {
    const { sentence } = failureOf(new Error(message), false);
    expect(sentence).not.toMatch(/secretsecret|X-Amz|bucket/);
  });
});
