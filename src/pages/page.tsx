// The frame of every page. The title of a link's page is neutral, since link previews show it.

import type { PropsWithChildren } from 'hono/jsx';

type Frame = {
  readonly title?: string;
  readonly isWide?: boolean;
  /** Path of a script, which runs once the page is there. */
  readonly script?: string;
};

export function Page({
  title = 'Private link',
  isWide,
  script,
  children,
}: PropsWithChildren<Frame>) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        {script && <script type="module" src={script} />}
      </head>
      <body class={isWide ? 'wide' : undefined}>
        <main>{children}</main>
      </body>
    </html>
  );
}
