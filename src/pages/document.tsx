// What every page is: its head, and the body around it.

import type { PropsWithChildren } from 'hono/jsx';
import { STYLE_PATH } from './style.ts';

type Document = {
  readonly language: string;
  readonly title: string;
  readonly bodyClass?: string | undefined;
  /** Path of a script, which runs once the page is there. */
  readonly script?: string | undefined;
};

export function Document(props: PropsWithChildren<Document>) {
  const { language, title, bodyClass, script, children } = props;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={STYLE_PATH} />
        {script && <script type="module" src={script} />}
      </head>
      <body class={bodyClass}>{children}</body>
    </html>
  );
}
