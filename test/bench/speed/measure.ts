// One round of one arm: load from autocannon for a bounded time, and what workerd's process spent on it.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Request } from 'autocannon';
import { quantile } from './quantile.ts';

/** Enough to keep one workerd busy, few enough that waiting is not what is measured. */
const CONNECTIONS = 16;
/** Linux tells the time of processes in hundredths of a second (USER_HZ). */
const TICK_MICROSECONDS = 10_000;
const SAMPLE_MS = 50;

export type Arm = {
  readonly name: string;
  /** The arm that its ratio is to. */
  readonly baseline?: string | undefined;
  readonly origin: string;
  /** Of the workerd that answers. */
  readonly pid: number;
  readonly status: number;
  /** How much one request stands for: many signatures, or one of whatever else. */
  readonly perRequest?: number | undefined;
  /** How long it goes on with what it has put off: counted as CPU, and waited for before the next arm. */
  readonly settleSeconds?: number | undefined;
  /** Requests in turn; each connection begins anew. */
  readonly requests: readonly Request[];
  /** Makes what one round uses up, and tells how many requests that is enough for. */
  prepare?(): Promise<number>;
};

export type Round = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicroseconds: number;
};

/** Throws when any answer is not the one that is measured. */
export async function measureRound(arm: Arm, seconds: number): Promise<Round> {
  const amount = await arm.prepare?.();
  const times: number[] = [];
  const cpuBefore = cpuMicrosecondsOf(arm.pid);
  const startedAt = performance.now();
  const running = autocannon({
    url: arm.origin,
    connections: CONNECTIONS,
    sampleInt: SAMPLE_MS,
    requests: [...arm.requests],
    ...(amount === undefined ? { duration: seconds } : { amount }),
  });
  let lastAt = startedAt;
  running.on('response', (_client, _status, _bytes, milliseconds) => {
    times.push(milliseconds);
    lastAt = performance.now();
  });
  const { statusCodeStats, errors, timeouts } = await running;
  await sleep((arm.settleSeconds ?? 0) * 1_000);
  const cpu = cpuMicrosecondsOf(arm.pid) - cpuBefore;
  const statuses = Object.keys(statusCodeStats);
  if (errors + timeouts > 0 || statuses.some((status) => Number(status) !== arm.status)) {
    throw new Error(`${arm.name}: ${errors} errors, answers ${JSON.stringify(statusCodeStats)}`);
  }
  const done = times.length * (arm.perRequest ?? 1);
  return {
    perSecond: done / ((lastAt - startedAt) / 1_000),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    cpuMicroseconds: cpu / done,
  };
}

/** User and system time of a process; 0 where there is no /proc. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuMicrosecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; the third field comes after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
  } catch {
    return 0;
  }
}
