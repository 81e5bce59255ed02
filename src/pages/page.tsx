// The frame of every page. Its title is neutral, since link previews show it.

import type { PropsWithChildren } from 'hono/jsx';

export function Page({ children }: PropsWithChildren) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Private link</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}
