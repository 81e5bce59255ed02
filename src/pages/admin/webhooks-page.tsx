// The webhooks of every app, or of one, and the form for a new one.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { KeptWebhook } from '../../webhooks/webhook.ts';
import { appOptions } from './app-options.ts';
import { type Form, Hidden, ProblemNotice, SelectField } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { WebhookFields } from './webhook-fields.tsx';
import { DISABLED, DoneNotice, StateBadge, typesInWords, webhookPath } from './webhook-words.tsx';
import { FromNow, type Viewer } from './when.tsx';

/** So long may a URL or a note be in a list, and so many types may be named there. */
const MOST_LENGTH = 120;
const MOST_TYPES = 2;

export type AppWebhooks = {
  readonly app: App;
  /** Absent where its ledger gave no answer. */
  readonly webhooks: readonly KeptWebhook[] | undefined;
};

type Shown = {
  /** For the form: all there are. */
  readonly apps: readonly App[];
  /** The apps of this page. */
  readonly groups: readonly AppWebhooks[];
  readonly isOnlyOne: boolean;
  readonly nextCursor: string | null;
  readonly form: Form;
  readonly once: string;
  readonly done?: string | undefined;
  readonly viewer: Viewer;
};

export function webhooksPage(shown: Shown) {
  const { groups, isOnlyOne, nextCursor, done, viewer } = shown;
  const filled = groups.filter(({ webhooks }) => webhooks?.length !== 0);
  const without = groups.length - filled.length;
  return html`<!doctype html>${(
    <AdminPage title="Webhooks" section="/admin/webhooks">
      <div class="top">
        <h1>Webhooks</h1>
        <div class="actions">
          {isOnlyOne && <a href="/admin/webhooks">Those of all apps</a>}
          {shown.apps.length > 0 && (
            <a class="button main" href="#new">
              New webhook
            </a>
          )}
        </div>
      </div>
      <DoneNotice done={done} />
      {filled.length === 0 && <NoWebhooks {...shown} />}
      {filled.map((group) => (
        <Group {...group} viewer={viewer} />
      ))}
      {filled.length > 0 && without > 0 && (
        <p class="after">
          {without === 1 ? 'One more app has none.' : `${without} more apps have none.`}
        </p>
      )}
      {nextCursor && (
        <p class="next">
          <a href={`/admin/webhooks?${new URLSearchParams({ cursor: nextCursor })}`}>
            Those of older apps
          </a>
        </p>
      )}
      {shown.apps.length > 0 && <NewWebhook {...shown} />}
    </AdminPage>
  )}`;
}

function NoWebhooks({ apps, isOnlyOne, nextCursor }: Shown) {
  return (
    <div class="empty">
      {apps.length === 0 ? (
        <p>
          Webhooks tell an app what happens to its links. <a href="/admin/apps">Make an app</a>{' '}
          first.
        </p>
      ) : (
        <p>
          {isOnlyOne ? 'This app has' : nextCursor ? 'None of these apps has' : 'No app has'} a
          webhook yet. A new one sends its events to a URL as they happen.
        </p>
      )}
    </div>
  );
}

function Group({ app, webhooks, viewer }: AppWebhooks & { readonly viewer: Viewer }) {
  return (
    <section>
      <h2>
        <a href={`/admin/webhooks?app=${app.id}`}>
          <bdi>{app.name}</bdi>
        </a>
      </h2>
      {webhooks ? (
        <ul class="rows">
          {webhooks.map((webhook) => (
            <Row app={app.id} webhook={webhook} viewer={viewer} />
          ))}
        </ul>
      ) : (
        <p class="notice bad">Its ledger gives no answer right now. Try again in a moment.</p>
      )}
    </section>
  );
}

type RowShown = { readonly app: string; readonly webhook: KeptWebhook; readonly viewer: Viewer };

function Row({ app, webhook, viewer }: RowShown) {
  const { id, url, types, tags, note, createdAt, disabledAt, disabledReason } = webhook;
  return (
    <li>
      <StateBadge webhook={webhook} />
      <span class="what">
        <a href={webhookPath(app, id)}>
          <Cut text={url} />
        </a>
        {note && (
          <small>
            {' '}
            <Cut text={note} />
          </small>
        )}
      </span>
      <span class="more">
        {typesInWords(types, MOST_TYPES)}
        {tags && ' of links with certain tags'},{' '}
        {disabledAt === undefined ? (
          <>
            made <FromNow at={createdAt} viewer={viewer} />
          </>
        ) : (
          <>
            disabled <FromNow at={disabledAt} viewer={viewer} />
            {disabledReason && `: ${DISABLED[disabledReason]}`}
          </>
        )}
      </span>
    </li>
  );
}

/** By whole characters. */
function Cut({ text }: { readonly text: string }) {
  const characters = [...text];
  return (
    <>
      <bdi>{characters.slice(0, MOST_LENGTH).join('')}</bdi>
      {characters.length > MOST_LENGTH && '…'}
    </>
  );
}

function NewWebhook({ apps, form, once }: Shown) {
  const options = appOptions(apps, form.fields.get('app'));
  return (
    <details class="confirm" open={form.problem !== undefined}>
      <summary class="button">New webhook…</summary>
      <form id="new" method="post" action="/admin/webhooks#new">
        <ProblemNotice problem={form.problem} fields={form.fields} />
        <Hidden name="once" value={once} />
        <SelectField form={form} name="app" label="App" options={options} />
        <WebhookFields form={form} />
        <button type="submit">Make this webhook</button>
      </form>
    </details>
  );
}
