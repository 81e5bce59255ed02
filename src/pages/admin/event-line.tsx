// An event in one line: when, what, to what, by whom.

import type { Event, EventData, EventType, UploadedFile } from '../../events/event.ts';
import { bytesInWords } from '../../lib/amounts.ts';
import { At, type Viewer } from './when.tsx';

/** What happened, for people. */
export const EVENT_WORDS = {
  'link.minted': 'Link minted',
  'link.changed': 'Link changed',
  'link.opened': 'Link opened',
  'link.denied': 'Refused',
  'link.redeemed': 'Use spent',
  'link.uploaded': 'File received',
  'link.upload_rejected': 'File rejected',
  'link.revoked': 'Link revoked',
  'link.expired': 'Link expired',
  'link.failed': 'Mint failed',
  'key.created': 'API key created',
  'key.rotated': 'API key rotated',
  'key.revoked': 'API key revoked',
} as const satisfies Record<EventType, string>;

const BAD: readonly EventType[] = ['link.denied', 'link.upload_rejected', 'link.failed'];

type Line = {
  readonly app: string;
  /** Where events of several apps are listed. */
  readonly appName?: string | undefined;
  readonly event: Event;
  readonly viewer: Viewer;
  /** Left out where the page is about it anyway. */
  readonly hasSubject?: boolean;
};

export function EventLine({ app, appName, event, viewer, hasSubject = true }: Line) {
  const { type, at, subject, actor, data } = event;
  return (
    <li>
      <span class={BAD.includes(type) ? 'badge bad kind' : 'badge kind'}>{EVENT_WORDS[type]}</span>
      <span class="what">
        {hasSubject && <Subject app={app} type={type} subject={subject} />}{' '}
        {data && <Details data={data} />}
      </span>
      <span class="more">
        {appName !== undefined && (
          <>
            <bdi>{appName}</bdi>,{' '}
          </>
        )}
        by {actor}, <At at={at} viewer={viewer} />
      </span>
    </li>
  );
}

function Subject(props: {
  readonly app: string;
  readonly type: EventType;
  readonly subject: string;
}) {
  const { app, type, subject } = props;
  const path = type.startsWith('key.')
    ? `/admin/apps/${app}/keys/${subject}`
    : `/admin/links/${subject}?app=${app}`;
  return <a href={path}>{subject}</a>;
}

/** What an event tells besides that it happened. */
function Details({ data }: { readonly data: EventData }) {
  if ('size' in data) {
    const { key, size, contentType } = data;
    return (
      <>
        <bdi>{key}</bdi>, {bytesInWords('en', size)}
        {contentType && (
          <>
            , <bdi>{contentType}</bdi>
          </>
        )}
      </>
    );
  }
  return <>{figures(data)}</>;
}

function figures(data: Exclude<EventData, UploadedFile>): string {
  if ('count' in data) {
    const { count, byReason, byCountry } = data;
    const reasons = byReason && `: ${counts(byReason)}`;
    return `${times(count)}${reasons ?? ''}, from ${counts(byCountry)}`;
  }
  if ('use' in data) {
    const { use, country, address, addressHash } = data;
    const place = address ?? `address ${addressHash.slice(0, 8)}…`;
    return `use ${use}, from ${place}${country ? `, ${country}` : ''}`;
  }
  return data.fields.join(', ');
}

/** How often, as one says it. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** "password_wrong 2, expired 1"; the count is left out where there is but one. */
function counts(byName: Readonly<Record<string, number>>): string {
  const entries = Object.entries(byName);
  return entries
    .map(([name, count]) => (entries.length > 1 ? `${name} ${count}` : name))
    .join(', ');
}
