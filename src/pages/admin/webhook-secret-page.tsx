// The signing secret of a webhook, on the one page that ever shows it, and what to do with it.

import { html } from 'hono/html';
import { ROTATION_OVERLAP_MS, type Webhook } from '../../webhooks/webhook.ts';
import { AdminPage } from './frame.tsx';
import { hostOf, webhookPath } from './webhook-words.tsx';
import { At, type Viewer } from './when.tsx';

type Shown = {
  readonly app: string;
  readonly webhook: Webhook;
  readonly secret: string;
  readonly why: 'created' | 'rotated';
  readonly viewer: Viewer;
};

const TITLES = { created: 'Webhook made', rotated: 'New signing secret' } as const;

export function webhookSecretPage({ app, webhook, secret, why, viewer }: Shown) {
  const { id, url, rotatedAt } = webhook;
  return html`<!doctype html>${(
    <AdminPage title={TITLES[why]} section="/admin/webhooks">
      <h1>{TITLES[why]}</h1>
      <p>
        Deliveries to <bdi>{hostOf(url)}</bdi> are signed with this secret. It is shown this once:
        put it where the receiver keeps its secrets.
      </p>
      <section class="card">
        <label for="secret">Signing secret</label>
        <div class="secret">
          <input id="secret" value={secret} readonly autocomplete="off" />
          <button type="button" class="quiet scripted" data-copy="secret">
            Copy
          </button>
        </div>
      </section>
      {why === 'rotated' && rotatedAt !== undefined && (
        <p class="notice">
          Until <At at={rotatedAt + ROTATION_OVERLAP_MS} viewer={viewer} /> the secret before signs
          too, so that receivers can change over without missing anything.
        </p>
      )}
      <h2>How receivers check signatures</h2>
      <p>
        By{' '}
        <a href="https://www.standardwebhooks.com" rel="noreferrer">
          Standard Webhooks
        </a>
        : give one of its libraries this secret, the headers <code>webhook-id</code>,{' '}
        <code>webhook-timestamp</code> and <code>webhook-signature</code>, and the body as it came,
        before anything parses it.
      </p>
      <p class="after">
        <a href={webhookPath(app, id)}>Go on to the webhook</a>, to send a test event.
      </p>
    </AdminPage>
  )}`;
}
