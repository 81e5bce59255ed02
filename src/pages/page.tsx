// The frame of a page for recipients. Its title is neutral, since link previews show it.

import type { PropsWithChildren } from 'hono/jsx';
import { Document } from './document.tsx';
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
    <Document
      language={language}
      title={title}
      bodyClass={isWide ? 'wide' : undefined}
      script={script}
    >
      <main>{children}</main>
    </Document>
  );
}
