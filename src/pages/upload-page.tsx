// Where a person sends files: what may be sent, the place to choose or drop them, and the list that the
// script (src/browser) fills.

import { html } from 'hono/html';
import { bytesInWords, secondsInWords } from '../lib/amounts.ts';
import { fillIn } from '../lib/fill-in.ts';
import { type Instant, SECOND_MS, toIso } from '../lib/time.ts';
import type { UploadTerms } from '../links/grant.ts';
import { mediaTypesInWords } from './media-types.ts';
import { Page } from './page.tsx';
import { UPLOAD_SCRIPT_PATH } from './upload-script.ts';
import type { UploadSettings } from './upload-settings.ts';
import { usesLeftInWords } from './uses-left.ts';
import { type Language, type UploadWords, type Words, wordsIn } from './words/words.ts';

export type UploadShown = {
  readonly language: Language;
  readonly terms: UploadTerms;
  readonly isMany: boolean;
  readonly usesLeft?: number | undefined;
  readonly needsPassword: boolean;
  readonly expiresAt: Instant;
  readonly now: Instant;
  readonly curlLines: readonly string[];
};

export function uploadPage(shown: UploadShown) {
  const { language, terms, isMany, needsPassword } = shown;
  const all = wordsIn(language);
  const words = all.upload;
  const kinds = mediaTypesInWords(language, words, terms.contentTypes ?? []);
  const settings: UploadSettings = {
    ...{ language, terms, kinds, isMany },
    secondsLeft: secondsLeft(shown),
    words: words.script,
  };
  return html`<!doctype html>${(
    <Page language={language} script={UPLOAD_SCRIPT_PATH}>
      <div class="upload" data-settings={JSON.stringify(settings)}>
        <h1>{isMany ? words.manyHeading : words.oneHeading}</h1>
        <div id="limits">
          <p>
            {fillIn(isMany ? words.manyLimit : words.oneLimit, {
              size: bytesInWords(language, terms.maxBytes),
            })}
            {kinds && ` ${fillIn(words.kinds, { kinds })}`}
          </p>
          <p>
            <Ending shown={shown} words={words} />
            {usesText(all, shown.usesLeft)}
          </p>
        </div>
        <PasswordForm words={all} isHidden={!needsPassword} />
        <div id="chooser" class="chooser">
          <input
            type="file"
            id="files"
            multiple={isMany}
            accept={terms.contentTypes?.join(',')}
            aria-describedby="limits"
          />
          <label for="files">
            <strong>{isMany ? words.chooseMany : words.chooseOne}</strong>
            <span>{isMany ? words.dropMany : words.dropOne}</span>
          </label>
        </div>
        <div id="faults" class="fault" role="alert" />
        <ul id="list" class="files" aria-label={words.listLabel} />
        <p id="announcer" class="unseen" role="status" aria-live="polite" />
      </div>
      <noscript>
        <WithCurl words={words} lines={shown.curlLines} needsPassword={needsPassword} />
      </noscript>
    </Page>
  )}`;
}

function Ending({ shown, words }: { readonly shown: UploadShown; readonly words: UploadWords }) {
  const { language, expiresAt } = shown;
  const [before = '', after = ''] = words.endsIn.split('{time}');
  return (
    <>
      {before}
      <time id="ending" datetime={toIso(expiresAt)}>
        {secondsInWords(language, secondsLeft(shown))}
      </time>
      {after}
    </>
  );
}

/** It stays out of sight where no password is needed, until the gateway asks for one. */
function PasswordForm(props: { readonly words: Words; readonly isHidden: boolean }) {
  const { words, isHidden } = props;
  return (
    <form id="password-form" method="post" hidden={isHidden}>
      <label>
        {words.password}
        <input type="password" id="password" maxlength={256} autocomplete="off" />
      </label>
      <button type="submit" id="password-button">
        {words.upload.passwordButton}
      </button>
    </form>
  );
}

function WithCurl(props: {
  readonly words: UploadWords;
  readonly lines: readonly string[];
  readonly needsPassword: boolean;
}) {
  const { words, lines, needsPassword } = props;
  return (
    <>
      <p>{words.withoutScript}</p>
      <details>
        <summary>{words.curlSummary}</summary>
        <p>{needsPassword ? words.curlHintWithPassword : words.curlHint}</p>
        <pre>{lines.join('\n')}</pre>
      </details>
    </>
  );
}

function secondsLeft({ expiresAt, now }: UploadShown): number {
  return (expiresAt - now) / SECOND_MS;
}

function usesText(words: Words, usesLeft: number | undefined): string {
  if (usesLeft === undefined) return '';
  if (usesLeft <= 0) return ` ${words.upload.usesLeftNone}`;
  return ` ${usesLeftInWords(words, usesLeft)}`;
}
