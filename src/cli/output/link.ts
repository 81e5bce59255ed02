// Links as people see them.

import type { Link } from '../../client/types.ts';
import { distance } from '../duration.ts';
import type { Session } from '../session.ts';
import { details } from './show.ts';
import type { Format } from './style.ts';
import type { Column } from './table.ts';

const STATE_FORMATS: Partial<Record<Link['state'], Format>> = {
  active: 'green',
  scheduled: 'green',
  pending: 'yellow',
  revoking: 'yellow',
  revoked: 'red',
  failed: 'red',
  used_up: 'dim',
  expired: 'dim',
};

export function linkColumns(now: number): Column<Link>[] {
  return [
    { title: 'ID', of: ({ id }) => id },
    { title: 'STATE', of: ({ state }) => state, format: formatOf, giveUp: 1 },
    { title: 'KEY', of: ({ key }) => key, cut: 'middle' },
    { title: 'STORE', of: ({ store }) => store, giveUp: 5 },
    {
      title: 'ENDS',
      of: ({ expiresAt }) => distance(expiresAt, now),
      plain: ({ expiresAt }) => expiresAt,
      giveUp: 2,
    },
    { title: 'USES', of: usesOf, giveUp: 3 },
    { title: 'OPENS', of: ({ opens }) => String(opens ?? ''), giveUp: 4 },
    { title: 'TAGS', of: ({ tags }) => tags.join(','), cut: 'end', giveUp: 6 },
  ];
}

export function linkDetails(session: Session, link: Link): string[] {
  const { object, rateLimit, denials, upload } = link;
  return details(session, [
    ['Id', link.id],
    ['State', link.state],
    ['Object', `${link.key} in ${link.store}`],
    ['Version', link.versionId],
    ['Size', object && `${object.size} bytes`],
    ['Operation', link.operation],
    ['Takes', upload && taken(upload)],
    ['File name', link.filename],
    ['Type', link.contentType],
    ['Ends', `${link.expiresAt} (${distance(link.expiresAt, Date.now())})`],
    ['Begins', link.notBefore],
    ['Revoked', link.revokedAt],
    ['Uses', usesOf(link)],
    ['Asks for', asked(link)],
    ['Rate', rateLimit && `${rateLimit.limit} in ${rateLimit.windowSeconds} s`],
    ['Networks', link.allowCidrs?.join(', ')],
    ['Countries', link.allowCountries?.join(', ')],
    ['Opens', link.opens === null ? undefined : String(link.opens)],
    ['Denials', denials && inPairs(denials)],
    ['Last opened', link.lastOpenedAt],
    ['Note', link.note],
    ['Tags', link.tags.join(', ')],
    ['Minted', `${link.createdAt} by ${link.mintedBy}`],
    ['Revocation', link.revocation],
  ]);
}

function formatOf({ state }: Link): Format | undefined {
  return STATE_FORMATS[state];
}

function usesOf({ maxUses, usesLeft }: Link): string {
  if (maxUses === undefined) return '';
  return usesLeft === undefined ? `of ${maxUses}` : `${maxUses - usesLeft}/${maxUses}`;
}

function asked({ hasPassword, confirm }: Link): string {
  return [hasPassword && 'a password', confirm && 'confirmation'].filter(Boolean).join(', ');
}

function taken({ maxBytes, contentTypes, overwrite }: NonNullable<Link['upload']>): string {
  const types = contentTypes ? `${contentTypes.join(', ')} of ` : '';
  return `${types}at most ${maxBytes} bytes${overwrite ? ', also over what is there' : ''}`;
}

export function inPairs(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
