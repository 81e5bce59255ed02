// The script of the upload page: takes what is chosen, checks it, and sends one file after the other.

import { secondsInWords } from '../lib/amounts.ts';
import { fillIn } from '../lib/fill-in.ts';
import { SECOND_MS } from '../lib/time.ts';
import type { UploadSettings } from '../pages/upload-settings.ts';
import { type Chosen, watchChooser } from './chooser.ts';
import { fileFault } from './chosen-file.ts';
import { byId, create } from './dom.ts';
import type { RowPhase } from './file-row.ts';
import { createGateway } from './gateway.ts';
import { createJob, type Job } from './job.ts';
import { createKeptUploads, type KeptUpload } from './kept-uploads.ts';
import { createPasswordField } from './password-field.ts';

const ENDING_EVERY_MS = 20 * SECOND_MS;

/** Whoever leaves now loses something, or at least their time. */
const BUSY: readonly RowPhase[] = [
  'queued',
  'preparing',
  'sending',
  'waiting',
  'offline',
  'checking',
];
const OVER: readonly RowPhase[] = ['cancelled', 'failed', 'unfinished'];
const GONE: readonly string[] = ['upload_not_found', 'upload_gone'];

const page = document.querySelector<HTMLElement>('[data-settings]');
const settings = JSON.parse(page?.dataset.settings ?? '') as UploadSettings;
const { words, terms, isMany, language } = settings;
const endsAt = performance.now() + settings.secondsLeft * SECOND_MS;
const path = location.pathname.replace(/\/+$/, '');
const gateway = createGateway(path);
const kept = createKeptUploads(path, Date.now() + settings.secondsLeft * SECOND_MS);
const password = createPasswordField(words, (fault) => showFaults(fault ? [fault] : []));
let jobs: Job[] = [];
let turns = Promise.resolve();
/** Whether the link takes nothing any more. */
let isOver = false;

watchChooser(take);
for (const upload of kept.all()) void showKept(upload);
showEnding();
setInterval(showEnding, ENDING_EVERY_MS);
addEventListener('beforeunload', (event) => {
  if (jobs.some((job) => BUSY.includes(job.phase()))) event.preventDefault();
});

function take({ files, folders }: Chosen): void {
  if (!isMany && files.length + folders.length > 1) {
    showFaults([words.oneOnly]);
    return;
  }
  const faults = folders.map((name) => fillIn(words.folder, { name }));
  for (const file of files) {
    const fault = fileFault(file, settings) ?? takeFile(file);
    if (fault) faults.push(fault);
  }
  showFaults(faults);
}

/** Answers why it isn't taken, if it isn't. */
function takeFile(file: File): string | undefined {
  const known = kept.of(file);
  const upload = known ?? kept.add(file);
  const job = jobs.find((one) => one.isOf(upload)) ?? createJobOf(upload);
  const phase = job.phase();
  if (phase !== 'failed' && phase !== 'unfinished') {
    return fillIn(words.alreadyThere, { name: file.name });
  }
  job.start(file);
  return undefined;
}

function createJobOf(upload: KeptUpload): Job {
  const job = createJob(
    { settings, gateway, kept, password, takeTurn, onChange: showWhole },
    upload,
  );
  jobs.push(job);
  return job;
}

/** One file after the other: each goes as fast as it can. */
function takeTurn(work: () => Promise<void>): void {
  turns = turns.then(work);
}

/** An upload from before the page was loaded. */
async function showKept(upload: KeptUpload): Promise<void> {
  const job = createJobOf(upload);
  job.showKept(0, false);
  const shown = await gateway.look(upload.claim);
  // Its file may have been chosen meanwhile.
  if (job.phase() !== 'unfinished') return;
  if (!shown.ok) {
    if (GONE.includes(shown.denial.reason)) drop(job);
    return;
  }
  const { state, arrived = [] } = shown.value;
  if (state !== 'begun' && state !== 'uploaded') return drop(job);
  const bytes = arrived.reduce((sum, part) => sum + part.size, 0);
  job.showKept(bytes, state === 'uploaded');
}

function drop(job: Job): void {
  job.drop();
  jobs = jobs.filter((one) => one !== job);
}

function showFaults(faults: readonly string[]): void {
  byId('faults').replaceChildren(...faults.map((fault) => create('p', '', fault)));
}

/** Where one file is all there is to send, there is no choice beside it, and nothing after it. */
function showWhole(): void {
  jobs = jobs.filter((job) => job.phase() !== 'cancelled');
  if (jobs.some((job) => job.isHopeless())) isOver = true;
  if (isOver) byId('chooser').hidden = true;
  if (isMany || isOver) return;
  const isDone = jobs.some((job) => job.phase() === 'done');
  const isChosen = jobs.some((job) => !OVER.includes(job.phase()));
  byId('chooser').hidden = isChosen && !(isDone && terms.overwrite);
  if (!isDone || terms.overwrite) return;
  const heading = document.querySelector('h1');
  if (heading) heading.textContent = words.doneHeading;
  byId('limits').replaceChildren(create('p', '', words.doneHint));
  byId('password-form').hidden = true;
}

function showEnding(): void {
  const ending = document.getElementById('ending');
  const seconds = (endsAt - performance.now()) / SECOND_MS;
  if (ending && seconds > 0) ending.textContent = secondsInWords(language, seconds);
  if (ending && seconds <= 0) {
    byId('limits').replaceChildren(create('p', '', words.reasons.expired));
    isOver = true;
    showWhole();
  }
}
