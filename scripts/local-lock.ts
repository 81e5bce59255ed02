// One stack at a time on one state folder, also after a `kill -9` that left workerd running.

import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeJson } from './private-file.ts';

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

const LEFTOVER_END_MS = 2000;

/** Open for as long as this process lives: a collected database would give its lock away. */
let lock: DatabaseSync | undefined;

/**
 * Takes the folder for this process; false when another one has it. The lock is the operating
 * system's: it ends with the process however that ends, and no reused pid can fake it.
 */
export function takeLock(file: string): boolean {
  lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

type RunningWorkerd = {
  pid: number;
  /** Holds a random port, so that no other process has the same one. */
  command: string;
};

/** Remembers workerd, so that the next start can end it if this process can't. */
export function rememberWorkerd(file: string, workerd: ChildProcess): void {
  writeJson(file, { pid: workerd.pid, command: workerd.spawnargs.join(' ') });
}

/** Ends the workerd of a run that was killed: it would hold the port and the state. */
export async function endLeftoverWorkerd(file: string): Promise<void> {
  const leftover = readJson<RunningWorkerd>(file);
  if (!leftover) return;
  const isRunning = () => commandOf(leftover.pid) === leftover.command;
  if (isRunning()) process.kill(leftover.pid, 'SIGKILL');
  const end = Date.now() + LEFTOVER_END_MS;
  while (isRunning() && Date.now() < end) await sleep(20);
}

function commandOf(pid: number): string | undefined {
  try {
    // Where there is /proc there may be no ps.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1).join(' ');
  } catch {}
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', `${pid}`], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}
