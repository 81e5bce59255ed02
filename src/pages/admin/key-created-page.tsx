// A new API key, in clear this once, and how to begin with it.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { CreatedKey, ShownKey } from '../../apps/ports.ts';
import { titleOf } from './app-words.ts';
import { AdminPage } from './frame.tsx';

type Created = {
  readonly app: App;
  readonly created: CreatedKey;
  readonly publicUrl: string;
  /** Whether it takes the place of another key. */
  readonly isSuccessor?: boolean;
};

export function keyCreatedPage({ app, created, publicUrl, isSuccessor = false }: Created) {
  const { key, apiKey } = created;
  const request = firstRequest(app, key, publicUrl);
  return html`<!doctype html>${(
    <AdminPage title={`New API key of ${titleOf(app)}`} section="/admin/apps">
      <div class="top">
        <h1>The API key is created</h1>
      </div>
      <p>
        Keep it now: it is shown this once.
        {isSuccessor && ' The key whose place it takes works for 24 hours more at most.'}
      </p>
      <div class="secret">
        <input id="api-key" readonly value={apiKey} aria-label="The API key" autocomplete="off" />
        <button type="button" class="quiet scripted" data-copy="api-key">
          Copy
        </button>
      </div>
      {request && (
        <>
          <h2>To begin with</h2>
          <p>
            With the key in <code>HALLPASS_API_KEY</code>:
          </p>
          <pre class="code" tabindex={0}>
            {request}
          </pre>
        </>
      )}
      <p>
        <a href={`/admin/apps/${app.id}#${key.id}`}>
          Go to <bdi>{app.name}</bdi>
        </a>{' '}
        or read <a href="/docs">how the API works</a>.
      </p>
    </AdminPage>
  )}`;
}

/** A curl line of what the key may do, if that is about links. */
function firstRequest(app: App, key: ShownKey, publicUrl: string): string | undefined {
  const asKey = `curl ${publicUrl}/v1/links \\\n  -H "Authorization: Bearer $HALLPASS_API_KEY"`;
  if (key.scopes.includes('links:mint')) {
    const [prefix = ''] = key.keyPrefixes ?? app.keyPrefixes ?? [];
    const operation = key.operations?.[0] ?? 'download';
    const body = {
      store: (key.stores ?? app.stores)[0],
      key: `${prefix}${operation === 'upload' ? 'inbox.pdf' : 'report.pdf'}`,
      operation,
      ttlSeconds: Math.min(3_600, key.maxTtlSeconds ?? Number.POSITIVE_INFINITY),
    };
    const asJson = `-H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify(body))}`;
    return `${asKey} ${asJson}`;
  }
  return key.scopes.includes('links:read') ? asKey : undefined;
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
