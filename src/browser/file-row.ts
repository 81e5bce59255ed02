// One file in the list: its name, how far it is, and what can be done with it.

import { bytesInWords, secondsInWords } from '../lib/amounts.ts';
import { fillIn } from '../lib/fill-in.ts';
import type { UploadSettings } from '../pages/upload-settings.ts';
import { announce } from './announcer.ts';
import { byId, create } from './dom.ts';

export type RowPhase = keyof UploadSettings['words']['phases'];
export type RowAction = 'pause' | 'resume' | 'tryAgain' | 'cancel' | 'remove';

export type RowState = {
  readonly phase: RowPhase;
  readonly sent: number;
  /** Bytes a second, where that is known. */
  readonly speed?: number | undefined;
  /** Instead of the words of the phase. */
  readonly sentence?: string | undefined;
  /** Whether trying again would change nothing. */
  readonly isHopeless: boolean;
};

export type FileRow = ReturnType<typeof createFileRow>;

/** The button for going on and stopping, which keeps its place and its focus. */
const MAIN_ACTIONS: Readonly<Partial<Record<RowPhase, RowAction>>> = {
  queued: 'pause',
  preparing: 'pause',
  sending: 'pause',
  waiting: 'pause',
  offline: 'pause',
  paused: 'resume',
  failed: 'tryAgain',
};
const FINAL: readonly RowPhase[] = ['done', 'cancelled'];
/** Nothing of it could be stopped any more. */
const UNSTOPPABLE: readonly RowPhase[] = ['checking', ...FINAL];
/** Too short to be told of. */
const PASSING: readonly RowPhase[] = ['queued', 'preparing', 'checking'];
const QUARTER = 0.25;
/** What takes longer than a week is no forecast. */
const LONGEST_FORECAST_SECONDS = 604_800;

let rows = 0;

export function createFileRow(
  { words, language }: UploadSettings,
  { name, size }: { readonly name: string; readonly size: number },
  onAction: (action: RowAction) => void,
) {
  const title = create('bdi', 'name', name);
  title.id = `file-${++rows}`;
  const progress = create('progress');
  progress.max = Math.max(1, size);
  progress.setAttribute('aria-labelledby', title.id);
  const state = create('span', 'state');
  const figures = create('span', 'figures');
  let mainAction: RowAction | undefined;
  const main = createButton(() => mainAction && onAction(mainAction));
  const cancel = createButton(() => onAction('cancel'));
  const row = create(
    'li',
    '',
    create('div', 'title', title, create('span', 'size', bytesInWords(language, size))),
    progress,
    figures,
    state,
    create('div', 'actions', main, cancel),
  );
  row.tabIndex = -1;
  byId('list').append(row);

  let shown: RowPhase | undefined;
  let quarters = 0;

  function label(button: HTMLButtonElement, action: RowAction): void {
    button.textContent = words[action];
    button.setAttribute('aria-label', fillIn(words.action, { action: words[action], name }));
  }

  function showPhase({ phase, sentence, isHopeless }: RowState): void {
    const text = sentence ?? words.phases[phase];
    if (state.textContent !== text) {
      state.textContent = text;
      if (!PASSING.includes(phase)) {
        announce(title.id, fillIn(words.announced, { name, phase: text }));
      }
    }
    if (phase === shown) return;
    shown = phase;
    row.dataset.phase = phase;
    mainAction = isHopeless ? undefined : MAIN_ACTIONS[phase];
    const hadFocus = row.contains(document.activeElement);
    if (mainAction) label(main, mainAction);
    main.hidden = mainAction === undefined;
    label(cancel, phase === 'failed' ? 'remove' : 'cancel');
    cancel.hidden = UNSTOPPABLE.includes(phase);
    // Who pressed what is gone now stays with the file.
    if (hadFocus && !row.querySelector(':focus:not([hidden])')) row.focus();
  }

  function figuresOf({ phase, sent, speed }: RowState): string {
    if (FINAL.includes(phase) || phase === 'queued' || sent === 0) return '';
    const inWords = (bytes: number) => bytesInWords(language, bytes);
    const parts = [fillIn(words.amount, { sent: inWords(sent), size: inWords(size) })];
    if (phase === 'sending' && speed) {
      parts.push(fillIn(words.speed, { amount: inWords(speed) }));
      const seconds = (size - sent) / speed;
      const time = secondsInWords(language, seconds);
      if (seconds < LONGEST_FORECAST_SECONDS) parts.push(fillIn(words.timeLeft, { time }));
    }
    return parts.join(' · ');
  }

  function announceQuarter({ phase, sent }: RowState): void {
    const reached = Math.floor(sent / Math.max(1, size) / QUARTER);
    if (phase === 'sending' && reached > quarters && reached < 1 / QUARTER) {
      const style = { style: 'percent' } as const;
      const percent = new Intl.NumberFormat(language, style).format(reached * QUARTER);
      announce(title.id, fillIn(words.percent, { name, percent }));
    }
    quarters = Math.max(quarters, reached);
  }

  return {
    show(now: RowState): void {
      // Of an empty file everything is there at once.
      progress.value = now.phase === 'done' ? progress.max : now.sent;
      figures.textContent = figuresOf(now);
      announceQuarter(now);
      showPhase(now);
    },
    remove(): void {
      const hadFocus = row.contains(document.activeElement);
      row.remove();
      if (hadFocus) byId('files').focus();
    },
  };
}

function createButton(onPress: () => void): HTMLButtonElement {
  const button = create('button', 'quiet');
  button.type = 'button';
  button.addEventListener('click', onPress);
  return button;
}
