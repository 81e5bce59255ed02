// One webhook: how it stands, what can be done about it, and its deliveries.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { type KeptWebhook, ROTATION_OVERLAP_MS } from '../../webhooks/webhook.ts';
import { Action, type Form, type FormProblem, Hidden, ProblemNotice } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { Deliveries, type DeliveriesShown } from './webhook-deliveries.tsx';
import { WebhookFields } from './webhook-fields.tsx';
import {
  DISABLED,
  DoneNotice,
  hostOf,
  isOfDeliveries,
  type Place,
  StateBadge,
  typesInWords,
  webhookPath,
} from './webhook-words.tsx';
import { At, FromNow, type Viewer } from './when.tsx';

type Shown = {
  readonly app: App;
  readonly webhook: KeptWebhook;
  readonly deliveries: DeliveriesShown | undefined;
  readonly place: Place;
  /** For changes. */
  readonly form: Form;
  /** Of anything else. */
  readonly problem?: FormProblem | undefined;
  readonly once: string;
  readonly done?: string | undefined;
  readonly viewer: Viewer;
};

export function webhookPage(shown: Shown) {
  const { app, webhook, problem, done } = shown;
  const host = hostOf(webhook.url);
  return html`<!doctype html>${(
    <AdminPage title={`Webhook to ${host}`} section="/admin/webhooks">
      <div class="top">
        <h1>
          Webhook to <bdi>{host}</bdi>
        </h1>
        <StateBadge webhook={webhook} />
      </div>
      {!isOfDeliveries(done) && <DoneNotice done={done} />}
      <ProblemNotice problem={problem} />
      {!webhook.settled && (
        <p class="notice">The last change is still on its way to where deliveries are made.</p>
      )}
      <Facts {...shown} />
      <Actions {...shown} />
      <Change {...shown} />
      <Deliveries
        {...shown}
        app={app.id}
        webhookId={webhook.id}
        isEnabled={webhook.disabledAt === undefined}
        done={done}
      />
    </AdminPage>
  )}`;
}

function Facts({ app, webhook, viewer }: Shown) {
  const { id, url, types, tags, note, createdAt, createdBy, within, rotatedAt } = webhook;
  return (
    <dl class="facts">
      <dt>App</dt>
      <dd>
        <a href={`/admin/webhooks?app=${app.id}`}>
          <bdi>{app.name}</bdi>
        </a>
      </dd>
      <dt>URL</dt>
      <dd>
        <bdi>{url}</bdi>
      </dd>
      <dt>State</dt>
      <dd>
        <State webhook={webhook} viewer={viewer} />
      </dd>
      <dt>Hears of</dt>
      <dd>
        {typesInWords(types)}
        {within && ', as far as the API key that made it may see'}
      </dd>
      {tags && (
        <>
          <dt>Only of links with</dt>
          <dd>
            {tags.map((tag) => (
              <>
                <bdi>“{tag}”</bdi>{' '}
              </>
            ))}
          </dd>
        </>
      )}
      {note && (
        <>
          <dt>Note</dt>
          <dd>
            <bdi>{note}</bdi>
          </dd>
        </>
      )}
      <dt>Made</dt>
      <dd>
        <At at={createdAt} viewer={viewer} /> by {createdBy}, as {id}
      </dd>
      {rotatedAt !== undefined && (
        <>
          <dt>Secret rotated</dt>
          <dd>
            <At at={rotatedAt} viewer={viewer} />
            {viewer.now < rotatedAt + ROTATION_OVERLAP_MS && (
              <>
                ; the one before signs too until{' '}
                <At at={rotatedAt + ROTATION_OVERLAP_MS} viewer={viewer} />
              </>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function State({ webhook, viewer }: Pick<Shown, 'webhook' | 'viewer'>) {
  const { disabledAt, disabledReason } = webhook;
  if (disabledAt === undefined) return <>Enabled</>;
  return (
    <>
      Disabled <FromNow at={disabledAt} viewer={viewer} />
      {disabledReason && `: ${DISABLED[disabledReason]}`}
    </>
  );
}

function Actions({ app, webhook, once }: Shown) {
  const path = webhookPath(app.id, webhook.id);
  const isEnabled = webhook.disabledAt === undefined;
  return (
    <section class="card">
      <h2>What you can do</h2>
      {isEnabled ? (
        <Action action={`${path}/test`} fields={{ once }}>
          Send a test event
        </Action>
      ) : (
        <>
          <p>What happens while it is disabled is not sent later.</p>
          <Action action={`${path}/enable`}>Enable</Action>
        </>
      )}
      {isEnabled && (
        <details>
          <summary>Disable it</summary>
          <p>
            Deliveries that are pending are given up, and what happens meanwhile is not sent later.
          </p>
          <Action action={`${path}/disable`} isDanger>
            Disable this webhook
          </Action>
        </details>
      )}
      <details>
        <summary>Rotate its secret</summary>
        <p>
          A new secret is shown once. For a day the one before signs too, then it signs no more.
        </p>
        <Action action={`${path}/rotate`} fields={{ once }} isDanger>
          Rotate the secret
        </Action>
      </details>
      <details>
        <summary>Delete it</summary>
        <p>
          This is for good: pending deliveries are given up, and all that is known of deliveries is
          gone.
        </p>
        <Action action={`${path}/delete`} isDanger>
          Delete this webhook
        </Action>
      </details>
    </section>
  );
}

function Change({ app, webhook, form }: Shown) {
  return (
    <details class="card" id="change" open={form.problem !== undefined}>
      <summary>Change it</summary>
      <form method="post" action={`${webhookPath(app.id, webhook.id)}/change#change`}>
        <ProblemNotice problem={form.problem} />
        <Hidden name="version" value={String(webhook.version)} />
        <WebhookFields form={form} />
        <button type="submit">Save</button>
      </form>
    </details>
  );
}
