// What is signed, checked against the library that receivers use: each verifies the other.

import { Webhook as Receiver } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/lib/digest.ts';
import {
  createWebhookSecrets,
  secretText,
  signatureHeaders,
} from '../../../src/webhooks/signature.ts';

const ROOT_KEY = utf8('app-key-for-tests-only-012345678');
const OTHER_ROOT_KEY = utf8('another-key-for-tests-only-01234');
const ID = 'wh_3tUMyYzB1Yt0lS2vX7aQpR';
const BODY = JSON.stringify({ type: 'link.minted', timestamp: 'now', data: { note: 'Grüße 🎟' } });
const MESSAGE = { id: 'evt_app000001', body: BODY };

async function secretOf(generation: number) {
  const secrets = createWebhookSecrets([ROOT_KEY]);
  const ref = { generation, rootKeyId: await secrets.newestRootKeyId() };
  const secret = await secrets.derive(ID, ref);
  if (!secret) throw new Error('no secret');
  return secret;
}

describe('a signature', () => {
  it('is verified by the standardwebhooks library, and is the one that it makes', async () => {
    const secret = await secretOf(1);
    const receiver = new Receiver(secretText(secret));
    const now = Date.now();
    const headers = await signatureHeaders([secret], MESSAGE, now);
    expect(receiver.verify(BODY, headers)).toEqual(JSON.parse(BODY));
    expect(headers['webhook-signature']).toBe(receiver.sign(MESSAGE.id, new Date(now), BODY));
    expect(headers['webhook-id']).toBe(MESSAGE.id);
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(now / 1_000)));
  });

  it('covers the id, the timestamp and each byte of the body', async () => {
    const secret = await secretOf(1);
    const receiver = new Receiver(secretText(secret));
    const headers = await signatureHeaders([secret], MESSAGE, Date.now());
    const timestamp = String(Number(headers['webhook-timestamp']) + 1);
    for (const [body, changed] of [
      [BODY.replace('minted', 'Minted'), {}],
      [BODY, { 'webhook-id': 'evt_app000002' }],
      [BODY, { 'webhook-timestamp': timestamp }],
    ] as const) {
      expect(() => receiver.verify(body, { ...headers, ...changed })).toThrow(/signature/);
    }
  });

  it('is made by each secret in force, so that a receiver with either verifies it', async () => {
    const [older, newer] = [await secretOf(1), await secretOf(2)];
    const headers = await signatureHeaders([newer, older], MESSAGE, Date.now());
    expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    for (const secret of [older, newer]) {
      expect(() => new Receiver(secretText(secret)).verify(BODY, headers)).not.toThrow();
    }
    const stranger = new Receiver(secretText(await secretOf(3)));
    expect(() => stranger.verify(BODY, headers)).toThrow(/signature/);
  });
});

describe('a secret', () => {
  it('has 256 bits, and is the same again for the same webhook and generation only', async () => {
    const text = secretText(await secretOf(1));
    expect(text).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(secretText(await secretOf(1))).toBe(text);
    expect(secretText(await secretOf(2))).not.toBe(text);
    const secrets = createWebhookSecrets([ROOT_KEY]);
    const ref = { generation: 1, rootKeyId: await secrets.newestRootKeyId() };
    const other = await secrets.derive('wh_other', ref);
    expect(other && secretText(other)).not.toBe(text);
  });

  it('outlasts a new root key, and ends with its own', async () => {
    const text = secretText(await secretOf(1));
    const before = await createWebhookSecrets([ROOT_KEY]).newestRootKeyId();
    const ref = { generation: 1, rootKeyId: before };
    const rotated = await createWebhookSecrets([OTHER_ROOT_KEY, ROOT_KEY]).derive(ID, ref);
    expect(rotated && secretText(rotated)).toBe(text);
    expect(await createWebhookSecrets([OTHER_ROOT_KEY]).derive(ID, ref)).toBeUndefined();
  });
});
