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
        <a href={`/admin/apps/${app.id}`}>
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
                “<bdi>{tag}</bdi>”{' '}
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

function Actions({ app, webhook, form, once }: Shown) {
  const path = webhookPath(app.id, webhook.id);
  const isEnabled = webhook.disabledAt === undefined;
  return (
    <div class="manage">
      {isEnabled ? (
        <Action action={`${path}/test`} fields={{ once }}>
          Send a test event
        </Action>
      ) : (
        <Action action={`${path}/enable`}>Enable</Action>
      )}
      <Change path={path} form={form} />
      {isEnabled && (
        <details class="confirm">
          <summary class="button">Disable…</summary>
          <p>
            Deliveries that are pending are given up, and what happens while it is disabled is not
            sent later.
          </p>
          <Action action={`${path}/disable`} isDanger>
            Disable it
          </Action>
        </details>
      )}
      <details class="confirm">
        <summary class="button">Rotate the secret…</summary>
        <p>A new secret is shown once. For a day the one before signs too, and then no more.</p>
        <Action action={`${path}/rotate`} fields={{ once }} isDanger>
          Rotate it
        </Action>
      </details>
      <details class="confirm">
        <summary class="button">Delete…</summary>
        <p>
          It ends for good: pending deliveries are given up, and what is known of the others is
          gone.
        </p>
        <Action action={`${path}/delete`} isDanger>
          Delete it
        </Action>
      </details>
    </div>
  );
}

function Change({ path, form }: { readonly path: string; readonly form: Form }) {
  return (
    <details class="confirm" open={form.problem !== undefined}>
      <summary class="button">Change…</summary>
      <form id="change" method="post" action={`${path}/change#change`}>
        <ProblemNotice problem={form.problem} fields={form.fields} />
        <Hidden name="version" value={form.fields.get('version') ?? ''} />
        <WebhookFields form={form} />
        <button type="submit">Save</button>
      </form>
    </details>
  );
}
