// A link: what it permits, how it stands, what may be done about it, and its whole story.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { EventPage } from '../../events/event.ts';
import { bytesInWords } from '../../lib/amounts.ts';
import { type Activity, NO_ACTIVITY, spentUses } from '../../links/activity.ts';
import { isChangeable, type Link, linkState } from '../../links/link.ts';
import { shortened } from './app-words.ts';
import { EventLine, times } from './event-line.tsx';
import {
  Action,
  CheckBox,
  DurationField,
  type Form,
  Hidden,
  ProblemNotice,
  TextField,
} from './form.tsx';
import { AdminPage } from './frame.tsx';
import { reasonInWords } from './reason-words.ts';
import { StateBadge } from './state-badge.tsx';
import { At, FromNow, type Viewer } from './when.tsx';

const DONE = {
  changed: 'The link was changed.',
  changing: 'The change is recorded, and reaches the link’s gate within moments.',
  unchanged: 'Nothing was different, so nothing was changed.',
  revoked: 'The link is revoked. It opens nowhere any more.',
  revoking: 'The revocation is recorded. Its gate gave no answer yet and is told until it does.',
} as const;

export type Done = keyof typeof DONE;

type Shown = {
  readonly link: Link;
  readonly app: App | undefined;
  /** What its gate counts, where it answered. */
  readonly activity: Activity | undefined;
  /** Absent where its events can't be read now. */
  readonly story: EventPage | undefined;
  readonly form: Form;
  readonly done?: Done | undefined;
  readonly viewer: Viewer;
};

export function linkPage(shown: Shown) {
  const { link, activity, form, done, viewer } = shown;
  const state = linkState(link, viewer.now, activity && spentUses(activity));
  const isTrue = done !== 'revoked' || state === 'revoked';
  const isLive = state === 'active' || state === 'scheduled' || state === 'used_up';
  return html`<!doctype html>${(
    <AdminPage title="Link" section="/admin/links">
      <div class="top">
        <h1>
          <bdi>{shortened(link.grant.key)}</bdi>
        </h1>
        <StateBadge state={state} />
      </div>
      {done && Object.hasOwn(DONE, done) && isTrue && (
        <p class="notice" role="status">
          {DONE[done]}
        </p>
      )}
      <ProblemNotice problem={form.problem} fields={form.fields} />
      {isLive && <Revoke link={link} />}
      <Facts {...shown} />
      {isChangeable(link, viewer.now) ? (
        <Change link={link} form={form} />
      ) : (
        isLive && <p class="after">An edge link can’t be changed. Revoke it and mint a new one.</p>
      )}
      <Story {...shown} />
    </AdminPage>
  )}`;
}

function Revoke({ link }: { readonly link: Link }) {
  return (
    <details class="confirm">
      <summary class="button">Revoke this link…</summary>
      <p>
        {link.grant.consistency === 'strong'
          ? 'It stops everywhere at once, for good. Who is downloading already may finish.'
          : 'An edge link stops within about a minute, for good.'}
      </p>
      <Action action={`/admin/links/${link.id}/revoke?app=${link.app}`} isDanger>
        Revoke it
      </Action>
    </details>
  );
}

function Facts({ link, app, activity, viewer }: Shown) {
  const { id, grant, limits, note, tags, mintedBy, createdAt, reported } = link;
  const totals = activity ?? reported?.totals ?? NO_ACTIVITY;
  const refused = Object.entries(totals.denials).map(
    ([reason, count]) => `${reasonInWords(reason).toLowerCase()}: ${count}`,
  );
  const uses = spentUses(totals);
  const { maxUses, rateLimit } = limits;
  const facts: readonly (readonly [string, unknown])[] = [
    ['Id', id],
    [
      'App',
      <a href={`/admin/apps/${link.app}`}>
        <bdi>{app?.name ?? link.app}</bdi>
      </a>,
    ],
    ['Store', grant.store],
    ['Key', <bdi>{grant.key}</bdi>],
    ['For', `${grant.operation}${grant.delivery === 'stream' ? ', streamed' : ''}`],
    ['Version', grant.versionId],
    ['Saved as', grant.filename && <bdi>{grant.filename}</bdi>],
    [
      'Object',
      grant.object && `${bytesInWords('en', grant.object.size)} ${grant.object.contentType ?? ''}`,
    ],
    ['Takes', grant.upload && `files of up to ${bytesInWords('en', grant.upload.maxBytes)}`],
    [
      viewer.now < limits.expiresAt ? 'Ends' : 'Ended',
      <>
        <At at={limits.expiresAt} viewer={viewer} /> (
        <FromNow at={limits.expiresAt} viewer={viewer} />)
      </>,
    ],
    ['Opens at', limits.notBefore && <At at={limits.notBefore} viewer={viewer} />],
    ['Uses', maxUses === undefined ? undefined : `${uses} of ${maxUses} spent`],
    ['Opened', grant.consistency === 'edge' ? 'not counted' : times(totals.opens)],
    ['Last opened', totals.lastOpenedAt && <At at={totals.lastOpenedAt} viewer={viewer} />],
    ['Refused', refused.join(', ')],
    ['Password', limits.password && 'asked for'],
    ['Rate', rateLimit && `${rateLimit.limit} opens in ${rateLimit.windowSeconds} s`],
    ['Networks', limits.allowCidrs?.join(', ')],
    ['Countries', limits.allowCountries?.join(', ')],
    ['Note', note && <bdi>{note}</bdi>],
    ['Tags', tags.length > 0 && <bdi>{tags.join(', ')}</bdi>],
    [
      'Minted',
      <>
        <At at={createdAt} viewer={viewer} /> by {mintedBy}
      </>,
    ],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value ? (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ) : null,
      )}
    </dl>
  );
}

function Change({ link, form }: { readonly link: Link; readonly form: Form }) {
  return (
    <details class="confirm" open={form.problem !== undefined}>
      <summary class="button">Extend or change it…</summary>
      <form method="post" action={`/admin/links/${link.id}/change?app=${link.app}`}>
        <Hidden name="version" value={form.fields.get('version') ?? ''} />
        <div class="grid">
          <DurationField
            form={form}
            name="expiresAt"
            label="Ends, from now, in"
            hint="Stays as it is while empty."
          />
          <TextField form={form} name="maxUses" type="number" label="Uses at most" />
        </div>
        <LimitFields form={form} />
        {link.limits.password && (
          <CheckBox form={form} name="removePassword" label="Take the password away" />
        )}
        <button type="submit">Save the change</button>
      </form>
    </details>
  );
}

/** The limits that a mint sets and a change may replace. */
export function LimitFields({ form }: { readonly form: Form }) {
  return (
    <>
      <div class="grid">
        <TextField
          form={form}
          name="password"
          label="Password"
          hint="Asked of whoever redeems it; shown to nobody again."
        />
        <TextField
          form={form}
          name="rateLimit/limit"
          type="number"
          label="Opens at most"
          hint="In any window; the app’s default while empty."
        />
        <TextField
          form={form}
          name="rateLimit/windowSeconds"
          type="number"
          label="In so many seconds"
        />
      </div>
      <div class="grid">
        <TextField
          form={form}
          name="allowCidrs"
          label="Opens only from these networks"
          placeholder="203.0.113.0/24, 2001:db8::/32"
        />
        <TextField
          form={form}
          name="allowCountries"
          label="Opens only in these countries"
          placeholder="DE, JP"
        />
      </div>
      <div class="grid">
        <TextField form={form} name="note" label="Note" hint="Recipients don’t see it." />
        <TextField form={form} name="tags" label="Tags" placeholder="invoice, 2026" />
      </div>
      <CheckBox
        form={form}
        name="confirm"
        label="Ask on a page before it is redeemed"
        hint="With a password or a number of uses that is so anyway."
      />
    </>
  );
}

function Story({ link, story, viewer }: Shown) {
  return (
    <section>
      <h2>What happened</h2>
      {story === undefined ? (
        <p class="empty">Its events can’t be read right now. Try again in a moment.</p>
      ) : (
        <ol class="rows">
          {story.events.map((event) => (
            <EventLine app={link.app} event={event} viewer={viewer} hasSubject={false} />
          ))}
        </ol>
      )}
      {story && !story.isAll && (
        <p class="next">
          <a href={`/admin/links/${link.id}?app=${link.app}&after=${story.upTo}`}>Later events</a>
        </p>
      )}
    </section>
  );
}
