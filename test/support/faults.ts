// Faults on the way to storage: calls of gates that get lost before or after they did their work, or
// come late, and a KV that is down. Each is set by a test and lasts until the test takes it back.

import { vi } from 'vitest';
import type { Env } from '../../src/config.ts';
import { LinkGate } from '../../src/index.ts';
import type { Totals } from '../../src/links/activity.ts';
import type { GateRecord } from '../../src/links/ports.ts';
import { realEnv } from './api.ts';
import { type CountedEnv, countedEnv } from './counted-env.ts';
import { createFakeKv } from './fake-kv.ts';

/**
 * What befalls a call of a gate: it never arrives; its answer is lost; it arrives later although it
 * was given up (writes only); its answer is lost and the platform has it repeated (opens only).
 */
export type WriteFault = 'lost' | 'unanswered' | 'late';
export type OpenFault = 'lost' | 'unanswered' | 'repeated';

export type Faults = CountedEnv & {
  writes: WriteFault | undefined;
  opens: OpenFault | undefined;
  isKvDown: boolean;
  /** Brings the writes that are late to their gates, in the order in which they were sent. */
  deliverLate(): Promise<void>;
};

type LateWrite = {
  readonly gate: string;
  readonly record: GateRecord;
  readonly reported: Totals | undefined;
};

/** The ledger's writes go wrong too: `vi.restoreAllMocks` ends that. */
export function createFaults(): Faults {
  const late: LateWrite[] = [];
  const faults: Faults = {
    ...countedEnv({ GATES: gatesOf(() => faults.opens), GRANTS: kvOf(() => faults.isKvDown) }),
    writes: undefined,
    opens: undefined,
    isKvDown: false,
    async deliverLate() {
      for (const { gate, record, reported } of late.splice(0)) {
        await realEnv.GATES.getByName(gate).write(record, reported);
      }
    },
  };
  spoilWrites(() => faults.writes, late);
  return faults;
}

function gatesOf(fault: () => OpenFault | undefined): Env['GATES'] {
  let isRepeat = false;
  return {
    getByName(id) {
      const gate = realEnv.GATES.getByName(id);
      return {
        write: (record, reported) => gate.write(record, reported),
        state: () => gate.state(),
        openUntil: () => gate.openUntil(),
        inspect: () => gate.inspect(),
        app: () => gate.app(),
        beginUpload: (facts, plan) => gate.beginUpload(facts, plan),
        findUpload: (facts, urlEndsAt) => gate.findUpload(facts, urlEndsAt),
        noteUpload: (claim, outcome) => gate.noteUpload(claim, outcome),
        async open(facts, wantsGrant) {
          if (fault() === 'lost') throw new Error('the call was lost');
          const answer = await gate.open(facts, wantsGrant);
          if (fault() === 'unanswered') throw new Error('the answer was lost');
          if (fault() !== 'repeated') return answer;
          isRepeat = !isRepeat;
          if (!isRepeat) return answer;
          throw Object.assign(new Error('the answer was lost'), { retryable: true });
        },
      };
    },
  };
}

function kvOf(isDown: () => boolean): KVNamespace {
  const kv = createFakeKv(Date.now);
  return new Proxy(kv, {
    get(target, method) {
      if (isDown()) return () => Promise.reject(new Error('KV is down'));
      return Reflect.get(target, method);
    },
  });
}

function spoilWrites(fault: () => WriteFault | undefined, late: LateWrite[]): void {
  const write = LinkGate.prototype.write;
  vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (
    this: LinkGate,
    record,
    reported,
  ) {
    const spoiled = fault();
    if (spoiled === 'late') {
      const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
      late.push({ gate: id.name ?? '', record, reported });
    }
    if (spoiled === 'late' || spoiled === 'lost') throw new Error('the write was lost');
    const endedAt = await write.call(this, record, reported);
    if (spoiled === 'unanswered') throw new Error('the answer was lost');
    return endedAt;
  });
}
