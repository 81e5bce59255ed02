// The deliveries of a webhook, newest first: how each stands, and why.

import { SECOND_MS } from '../../lib/time.ts';
import { type DeliveryError, TIMEOUT_MS } from '../../webhooks/deliver.ts';
import type { Delivery, DeliveryStatus } from '../../webhooks/delivery.ts';
import { Action } from './form.tsx';
import { DoneNotice, isOfDeliveries, type Place, webhookPath } from './webhook-words.tsx';
import { FromNow, type Viewer } from './when.tsx';

export type DeliveriesShown = {
  readonly items: readonly Delivery[];
  readonly nextCursor: string | null;
};

type Shown = {
  readonly app: string;
  readonly webhookId: string;
  readonly isEnabled: boolean;
  /** Absent where its outbox gave no answer. */
  readonly deliveries: DeliveriesShown | undefined;
  readonly place: Place;
  readonly done: string | undefined;
  readonly viewer: Viewer;
};

export function Deliveries(shown: Shown) {
  const { app, webhookId, deliveries, place, done } = shown;
  const { status } = place;
  return (
    <section id="deliveries">
      <div class="top">
        <h2>Deliveries</h2>
        <Statuses {...shown} />
      </div>
      {isOfDeliveries(done) && (
        <DoneNotice done={done}>
          <a href={`${webhookPath(app, webhookId, place)}#deliveries`}>See what became of it</a>
        </DoneNotice>
      )}
      {!deliveries ? (
        <p class="notice bad">They can’t be listed right now. Try again in a moment.</p>
      ) : deliveries.items.length === 0 ? (
        <NoDeliveries {...shown} isLast={deliveries.nextCursor === null} />
      ) : (
        <ul class="rows">
          {deliveries.items.map((delivery) => (
            <Row {...shown} delivery={delivery} />
          ))}
        </ul>
      )}
      {deliveries?.nextCursor && (
        <p class="next">
          <a
            href={`${webhookPath(app, webhookId, { status, cursor: deliveries.nextCursor })}#deliveries`}
          >
            Older deliveries
          </a>
        </p>
      )}
    </section>
  );
}

const STATUSES = {
  '': 'All',
  pending: 'Pending',
  delivered: 'Delivered',
  dead: 'Dead',
} as const satisfies Record<DeliveryStatus | '', string>;

function Statuses({ app, webhookId, place }: Shown) {
  return (
    <nav class="actions" aria-label="Deliveries by status">
      {Object.entries(STATUSES).map(([status, name]) => {
        const isCurrent = status === (place.status ?? '');
        const path = webhookPath(app, webhookId, { status: status || undefined });
        return (
          <a
            href={`${path}#deliveries`}
            class={isCurrent ? 'button main' : 'button'}
            aria-current={isCurrent ? 'page' : undefined}
          >
            {name}
          </a>
        );
      })}
    </nav>
  );
}

function NoDeliveries({ place, isEnabled, isLast }: Shown & { readonly isLast: boolean }) {
  const { status = '' } = place;
  return (
    <div class="empty">
      {!isLast ? (
        <p>None of the newest is {status}. Older ones may be.</p>
      ) : status ? (
        <p>No delivery is {status}.</p>
      ) : (
        <p>Nothing was sent yet.{isEnabled && ' The next event it asked for will be the first.'}</p>
      )}
    </div>
  );
}

const BADGES = {
  pending: 'badge',
  delivered: 'badge good',
  dead: 'badge bad',
} as const satisfies Record<DeliveryStatus, string>;

function Row({ app, webhookId, isEnabled, place, delivery, viewer }: Shown & RowShown) {
  const { id, type, status, attempts, nextAttemptAt, createdAt } = delivery;
  const [path = '', query = ''] = webhookPath(app, webhookId, place).split('?');
  return (
    <li>
      <span class={BADGES[status]}>{STATUSES[status]}</span>
      <div class="what">
        <div>
          {type} <small>{id}</small>
        </div>
        <div class="more">
          <FromNow at={createdAt} viewer={viewer} />, {attemptsInWords(attempts)}
          {outcomeInWords(delivery)}
          {nextAttemptAt !== undefined && (
            <>
              , next attempt{' '}
              {nextAttemptAt <= viewer.now ? 'now' : <FromNow at={nextAttemptAt} viewer={viewer} />}
            </>
          )}
        </div>
      </div>
      {isEnabled && (
        <Action action={`${path}/deliveries/${encodeURIComponent(id)}/redeliver?${query}`}>
          Deliver again<span class="unseen"> {id}</span>
        </Action>
      )}
    </li>
  );
}

type RowShown = { readonly delivery: Delivery };

function attemptsInWords(attempts: number): string {
  if (attempts === 0) return 'no attempt yet';
  return attempts === 1 ? 'one attempt' : `${attempts} attempts`;
}

const ERRORS = {
  timeout: `no answer within ${TIMEOUT_MS / SECOND_MS} seconds`,
  unreachable: 'its endpoint could not be reached',
  target_not_allowed: 'its URL is not allowed any more',
  secret_not_available: 'its secret is gone: rotate it',
  webhook_disabled: 'given up, since the webhook was disabled',
} as const satisfies Record<DeliveryError, string>;

const GONE = 410;

/** What came of the last attempt, and why there are no more where that is another reason. */
function outcomeInWords({ lastStatus, lastError }: Delivery): string {
  const answer = lastStatus === undefined ? '' : `: HTTP ${lastStatus}${meaningOf(lastStatus)}`;
  if (lastError === undefined) return answer;
  return `${answer || ':'}${answer && ','} ${ERRORS[lastError]}`;
}

function meaningOf(status: number): string {
  if (status >= 300 && status < 400) return ', a redirect, which is not followed';
  return status === GONE ? ', gone' : '';
}
