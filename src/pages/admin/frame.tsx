// The frame of the dashboard's pages: where one is, where one can go, and the way out.

import type { PropsWithChildren } from 'hono/jsx';
import { Document } from '../document.tsx';
import { ADMIN_SCRIPT_PATH } from './admin-script.ts';

const SECTIONS = {
  '/admin': 'Overview',
  '/admin/links': 'Links',
  '/admin/events': 'Events',
  '/admin/apps': 'Apps and keys',
  '/admin/webhooks': 'Webhooks',
  '/admin/stores': 'Stores',
} as const;

export type Section = keyof typeof SECTIONS;

type Frame = { readonly title: string; readonly section?: Section | undefined };

export function AdminPage({ title, section, children }: PropsWithChildren<Frame>) {
  return (
    <Document
      language="en"
      title={`${title} · Hallpass`}
      bodyClass="admin"
      script={ADMIN_SCRIPT_PATH}
    >
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/admin">
          Hallpass
        </a>
        <nav aria-label="Dashboard">
          {Object.entries(SECTIONS).map(([href, name]) => (
            <a href={href} aria-current={href === section ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <form method="post" action="/admin/sign-out">
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      </header>
      <main id="content">{children}</main>
    </Document>
  );
}
