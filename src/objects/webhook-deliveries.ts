// What a ledger asks the outboxes of its webhooks: how deliveries went, to begin anew with one, and a
// test.

import { encodeBase62 } from '../lib/base62.ts';
import type { PageRequest } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import type { Delivery, DeliveryPage, DeliveryStatus } from '../webhooks/delivery.ts';
import { testMessage } from '../webhooks/message.ts';
import type { OutboxOf } from '../webhooks/ports.ts';
import type { KeptWebhook, WebhookId } from '../webhooks/webhook.ts';
import type { Admitted } from './admission.ts';
import type { LedgerContext } from './ledger-context.ts';
import type { WebhookRegister } from './webhook-register.ts';
import { recordOf } from './webhook-sending.ts';

type Ruled<Value> = Result<Value, RequestDenial>;

export type WebhookDeliveries = ReturnType<typeof createWebhookDeliveries>;

export function createWebhookDeliveries(
  { app, idempotent }: LedgerContext,
  register: WebhookRegister,
  outboxOf: OutboxOf,
) {
  function reachEnabled(admitted: Admitted, id: WebhookId): Ruled<KeptWebhook> {
    const found = register.reach(admitted, id);
    if (!found.ok || found.value.disabledAt === undefined) return found;
    return denied({ reason: 'webhook_disabled' });
  }

  return {
    async list(
      admitted: Admitted,
      id: WebhookId,
      status: DeliveryStatus | undefined,
      page: PageRequest,
    ): Promise<Ruled<DeliveryPage>> {
      const found = register.reach(admitted, id);
      return found.ok ? ok(await outboxOf(id).list(status, page)) : found;
    },
    async redeliver(admitted: Admitted, id: WebhookId, delivery: string): Promise<Ruled<Delivery>> {
      const found = reachEnabled(admitted, id);
      if (!found.ok) return found;
      const again = await outboxOf(id).redeliver(delivery);
      return again ? ok(again) : denied({ reason: 'delivery_not_found' });
    },
    /** A message to this webhook alone, which is no event. */
    test(
      admitted: Admitted,
      id: WebhookId,
      idempotency: Idempotency | undefined,
      now: Instant,
    ): Promise<Ruled<Delivery>> {
      const send = async (test: string): Promise<Ruled<Delivery>> => {
        const found = reachEnabled(admitted, id);
        if (!found.ok) return found;
        const outbox = outboxOf(id);
        const unsent = { webhook: found.value, isDeleted: false };
        await outbox.take(recordOf(app()?.id ?? '', unsent), [testMessage(test, id, now)]);
        const delivery = await outbox.find(test);
        if (!delivery) throw new Unavailable('the outbox knows no delivery that it took');
        return ok(delivery);
      };
      return idempotent.once({
        actor: admitted.actor,
        idempotency,
        now,
        again: send,
        make: (takeNonce, remember) => {
          const test = `test_${encodeBase62(takeNonce())}`;
          remember(test);
          return send(test);
        },
      });
    },
  };
}
