// The frame of every page. The title of a link's page is neutral, since link previews show it.

import type { PropsWithChildren } from 'hono/jsx';
import { DEFAULT_LANGUAGE, type Language, wordsIn } from './words/words.ts';

type Frame = {
  readonly language?: Language;
  readonly title?: string;
  readonly isWide?: boolean;
  /** Path of a script, which runs once the page is there. */
  readonly script?: string;
};

export function Page({
  language = DEFAULT_LANGUAGE,
  title = wordsIn(language).title,
  isWide,
  script,
  children,
}: PropsWithChildren<Frame>) {
  return (
    <html lang={language}>
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
