// One file in the list and what becomes of it: sent, paused, gone on with, given up.

import type { UploadSettings } from '../pages/upload-settings.ts';
import { announcementOf } from './chosen-file.ts';
import { createFileRow, type RowAction, type RowPhase } from './file-row.ts';
import type { Gateway, Refusal } from './gateway.ts';
import type { KeptUpload, KeptUploads } from './kept-uploads.ts';
import type { PasswordField } from './password-field.ts';
import { sendFile } from './send-file.ts';
import { createSpeed } from './speed.ts';

/** Figures that change more often can't be read. */
const FIGURES_EVERY_MS = 500;

/** The claim stands for an upload that can't go on: another try takes another one. */
const STALE: readonly string[] = [
  'upload_gone',
  'upload_not_found',
  'upload_differs',
  'upload_mismatch',
];

/** The link itself takes nothing any more. */
const HOPELESS: readonly string[] = ['not_found', 'expired', 'revoked'];

export type JobServices = {
  readonly settings: UploadSettings;
  readonly gateway: Gateway;
  readonly kept: KeptUploads;
  readonly password: PasswordField;
  /** Calls back once it is the job's turn; the turn ends when the promise does. */
  readonly takeTurn: (work: () => Promise<void>) => void;
  readonly onChange: () => void;
};

export type Job = ReturnType<typeof createJob>;

/** A job without a file waits for its file to be chosen again. */
export function createJob(services: JobServices, first: KeptUpload) {
  const { settings, gateway, kept, password } = services;
  let upload = first;
  let file: File | undefined;
  let phase: RowPhase = 'unfinished';
  let sent = 0;
  let sentence: string | undefined;
  let isHopeless = false;
  /** Whether the gateway may know the upload. */
  let isAnnounced = false;
  let attempt = new AbortController();
  let endTurn = () => {};
  const speed = createSpeed();
  const row = createFileRow(settings, first, act);
  const refresh = setInterval(show, FIGURES_EVERY_MS);

  function show(): void {
    row.show({ phase, sent, speed: speed.at(performance.now()), sentence, isHopeless });
  }

  function enter(next: RowPhase, words?: string): void {
    if (next === phase && words === sentence) return;
    if (next !== 'sending') speed.reset();
    phase = next;
    sentence = words;
    show();
    services.onChange();
  }

  function noteSent(bytes: number): void {
    // What is lost with a connection is sent again, and was no speed.
    if (bytes > sent) speed.add(bytes - sent, performance.now());
    sent = bytes;
  }

  function end(last: RowPhase, words?: string): void {
    enter(last, words);
    if (last === 'done' || last === 'cancelled') clearInterval(refresh);
    endTurn();
  }

  async function send(chosen: File): Promise<void> {
    attempt = new AbortController();
    const { signal } = attempt;
    isAnnounced = true;
    enter('preparing');
    try {
      const outcome = await sendFile(
        {
          file: chosen,
          claim: upload.claim,
          announcement: announcementOf(upload, settings.isMany),
          password: password.value(),
          needsChecksum: settings.terms.checksum === 'required',
          gateway,
          onPhase: (next) => !signal.aborted && enter(next),
          onSent: (bytes) => !signal.aborted && noteSent(bytes),
        },
        signal,
      );
      if (outcome.ok) end('done');
      else if (isAboutPassword(outcome.denial)) waitForPassword(outcome.denial, chosen, signal);
      else fail(outcome.denial, chosen);
    } catch {
      if (!signal.aborted) fail({ reason: 'other' }, chosen);
    }
  }

  function waitForPassword({ reason }: Refusal, chosen: File, signal: AbortSignal): void {
    enter('password');
    password.ask(reason, () => !signal.aborted && send(chosen));
  }

  function fail({ reason }: Refusal, chosen: File): void {
    isHopeless = HOPELESS.includes(reason);
    if (STALE.includes(reason)) {
      upload = kept.add(chosen);
      sent = 0;
    }
    const { reasons } = settings.words;
    const isKnown = (known: string): known is keyof typeof reasons => Object.hasOwn(reasons, known);
    end('failed', isKnown(reason) ? reasons[reason] : reasons.other);
  }

  function start(chosen: File): void {
    file = chosen;
    enter('queued');
    attempt = new AbortController();
    const { signal } = attempt;
    services.takeTurn(
      () =>
        new Promise((resolve) => {
          endTurn = resolve;
          // It was cancelled, or paused, while others had their turn.
          if (signal.aborted) resolve();
          else void send(chosen);
        }),
    );
  }

  function act(action: RowAction): void {
    if (action === 'cancel' || action === 'remove') void cancel();
    else if (action === 'pause') pause();
    else if (file) start(file);
  }

  /** Those behind it go on meanwhile. */
  function pause(): void {
    attempt.abort();
    end('paused');
  }

  async function cancel(): Promise<void> {
    attempt.abort();
    kept.forget(upload);
    end('cancelled');
    row.remove();
    // Nobody waits for it: what can't be aborted now ends with the link.
    if (isAnnounced) await gateway.abort(upload.claim);
  }

  return {
    isOf: ({ claim }: KeptUpload) => upload.claim === claim,
    phase: () => phase,
    isHopeless: () => isHopeless,
    start,
    /** Shows what the gateway knows of an upload from before. */
    showKept(arrived: number, isDone: boolean): void {
      isAnnounced = true;
      sent = arrived;
      if (isDone) end('done');
      else show();
    },
    drop(): void {
      clearInterval(refresh);
      kept.forget(upload);
      row.remove();
    },
  };
}

function isAboutPassword({ reason }: Refusal): boolean {
  return reason === 'password_required' || reason === 'password_wrong';
}
