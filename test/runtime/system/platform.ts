// The platform under the whole system, as bad as the platform may be: whatever the Worker or an object
// asks of another object, of KV, of an alarm or of the network passes here and can go wrong. It stands
// at the asking side, so that each call site of src has every fault, and production code knows of none.

import { vi } from 'vitest';
import { KV_TIMEOUT_MS } from '../../../src/storage/kv-grants.ts';
import { realEnv } from '../../support/api.ts';
import { createFakeKv } from '../../support/fake-kv.ts';
import {
  CALLERS,
  type CallFault,
  disconnected,
  type KvMode,
  MAY_BE_LATE,
  type Outage,
  overloaded,
  type Planned,
} from './call-faults.ts';
import { BINDINGS, type Kind, kindOf, storagePrototype, stubOf, within } from './stubs.ts';

type Method = (...inputs: unknown[]) => Promise<unknown>;

export type Platform = {
  /** Until the next command. */
  plan(faults: readonly Planned[]): Promise<void>;
  /** An object was killed: what it did never ends. */
  died(): void;
  /** The object that a command is about may die as well. */
  mayCrash(kind: Kind, stub: DurableObjectStub): Promise<void>;
  /** Whether nothing fails during this command: then nobody is told that anything can't be done. */
  isCalm(): boolean;
  readonly outages: Map<Kind, Outage>;
  kv: KvMode;
  /** Keys of acknowledged writes that KV lost. */
  readonly lostInKv: Set<string>;
  readonly late: (() => Promise<unknown>)[];
  /** How many commands were carried out. */
  steps: number;
  /** How often which fault came to which call site, and what was answered. */
  readonly seen: Map<string, number>;
  /** Whether what is given a deadline may use it up at once. */
  isHanging: () => boolean;
  /** A call of the network, which is somebody else's to answer. */
  during<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Until nobody works in the background. */
  rest(): Promise<void>;
};

export function createPlatform(ledger: () => DurableObjectStub): Platform {
  let planned: readonly Planned[] = [];
  let calls = 0;
  let underway = 0;
  let isNextTimerShort = false;
  const crashable = new Map<Kind, DurableObjectState>();
  let deaths = 0;
  const kv = createFakeKv(Date.now);

  const platform: Platform = {
    outages: new Map(),
    kv: 'up',
    lostInKv: new Set(),
    late: [],
    steps: 0,
    seen: new Map(),
    isHanging: () => false,
    died() {
      deaths += 1;
      underway = 0;
    },
    isCalm: () => planned.length === 0 && platform.outages.size === 0 && platform.kv === 'up',
    async plan(faults) {
      planned = [];
      crashable.clear();
      calls = 0;
      if (faults.some(({ fault }) => fault.startsWith('crash'))) {
        await platform.mayCrash('ledger', ledger());
        await platform.mayCrash('directory', stubOf('DIRECTORY', 'directory'));
      }
      planned = faults;
    },
    async mayCrash(kind, stub) {
      await within(stub, (_, state) => {
        crashable.set(kind, state);
      });
    },
    async during(work) {
      const life = deaths;
      underway += 1;
      try {
        return await work();
      } finally {
        // What ran in an object that died never ends.
        if (life === deaths) underway -= 1;
      }
    },
    async rest() {
      for (let quiet = 0, rounds = 0; quiet < 2 && rounds < 500; rounds++) {
        await scheduler.wait(0);
        quiet = underway <= 0 ? quiet + 1 : 0;
      }
    },
  };

  function faultAt(site: string): CallFault | undefined {
    const nth = calls++;
    const fault = planned.find((plan) => plan.nth === nth)?.fault;
    note(site, fault ?? 'none');
    return fault;
  }

  function note(site: string, fault: string): void {
    const name = `${site}: ${fault}`;
    platform.seen.set(name, (platform.seen.get(name) ?? 0) + 1);
  }

  /** Kills the object in which this runs. */
  function crash(kind: Kind | undefined): Error {
    const state = kind && crashable.get(kind);
    if (!state) return new Error('the call was lost');
    platform.died();
    crashable.delete(kind);
    state.abort('the object died');
    return new Error('the object died');
  }

  function never(): Promise<never> {
    underway -= 1;
    isNextTimerShort = true;
    return new Promise(() => {});
  }

  async function call(site: string, work: () => Promise<unknown>, again?: () => Promise<unknown>) {
    const outage = platform.outages.get(site.split('.')[0] as Kind);
    const fault = faultAt(site);
    const caller = CALLERS[site];
    if (outage) note(site, `outage, ${outage}`);
    if (outage === 'down') throw new Error('the object is down');
    if (outage === 'overloaded') throw overloaded();
    if (outage === 'slow') return never();
    switch (fault) {
      case undefined:
        return work();
      case 'lost':
        throw new Error('the call was lost');
      case 'unanswered':
        await work();
        throw new Error('the answer was lost');
      case 'overloaded':
        throw overloaded();
      case 'disconnected':
        throw disconnected();
      case 'disconnected after':
        await work();
        throw disconnected();
      case 'slow':
        return never();
      case 'slow but done': {
        // Its caller's timer begins when this returns, so the work has to be under way then.
        isNextTimerShort = true;
        await work();
        return never();
      }
      case 'late':
        if (again && MAY_BE_LATE.has(site)) platform.late.push(again);
        throw new Error('the call was given up');
      case 'crash before':
        throw crash(caller);
      case 'crash after':
        await work();
        throw crash(caller);
    }
  }

  const namespaces = Object.getPrototypeOf(realEnv.GATES);
  const getByName = namespaces.getByName as (name: string) => object;
  vi.spyOn(namespaces, 'getByName').mockImplementation(function (this: unknown, ...[name]) {
    const stub = getByName.call(this, String(name));
    const kind = kindOf(String(name));
    return new Proxy(stub, {
      get: (_, method) =>
        typeof method === 'string' ? methodOf(stub, kind, String(name), method) : undefined,
    });
  });

  function methodOf(stub: object, kind: Kind, name: string, method: string): Method {
    const ask = (of: object, inputs: unknown[]) =>
      Reflect.apply(Reflect.get(of, method) as Method, of, inputs);
    return (...inputs) =>
      platform.during(() =>
        call(
          `${kind}.${method}`,
          () => ask(stub, inputs),
          () => ask(stubOf(BINDINGS[kind], name), inputs),
        ),
      );
  }

  const kvs = Object.getPrototypeOf(realEnv.GRANTS);
  vi.spyOn(kvs, 'get').mockImplementation((...inputs) =>
    platform.during(() => askKv('kv.get', () => kv.get(...(inputs as Parameters<typeof kv.get>)))),
  );
  vi.spyOn(kvs, 'put').mockImplementation((...inputs) =>
    platform.during(() => {
      const isEdge = String(inputs[1]).includes('"edge":{');
      return askKv('kv.put', () => put(...(inputs as Parameters<typeof kv.put>)), !isEdge);
    }),
  );

  async function put(...inputs: Parameters<typeof kv.put>): Promise<void> {
    if (platform.kv === 'losing') platform.lostInKv.add(inputs[0]);
    else {
      await kv.put(...inputs);
      platform.lostInKv.delete(inputs[0]);
    }
  }

  async function askKv(
    site: string,
    work: () => Promise<unknown>,
    isDeferred = false,
  ): Promise<unknown> {
    const fault = faultAt(site);
    if (platform.kv !== 'up') note(site, `outage, ${platform.kv}`);
    if (platform.kv === 'down') throw new Error('KV is down');
    // What the Worker defers, nobody waits for but the test.
    if (platform.kv === 'hanging' && !isDeferred) return untilItAnswers(work);
    if (platform.kv === 'hanging') throw new Error('KV gave no answer');
    if (platform.kv === 'limited' && site === 'kv.put') {
      throw new Error('KV PUT failed: 429 Too Many Requests');
    }
    if (fault === undefined || fault.startsWith('crash')) return work();
    if (fault === 'unanswered' || fault.endsWith('after') || fault.endsWith('done')) await work();
    throw new Error('KV gave no answer');
  }

  /** When KV is back what hung is done, long after anybody waits for it. */
  async function untilItAnswers(work: () => Promise<unknown>): Promise<unknown> {
    underway -= 1;
    const life = deaths;
    while (platform.kv === 'hanging') await scheduler.wait(1);
    if (life === deaths) underway += 1;
    return work();
  }

  for (const [method, site] of [
    ['setAlarm', 'alarm.set'],
    ['getAlarm', 'alarm.get'],
  ] as const)
    spoilAlarm(method, site);

  /** Storage doesn't fail but with its object, which dies before or after the alarm is set. */
  function spoilAlarm(method: 'setAlarm' | 'getAlarm', site: string): void {
    const storages = storagePrototype();
    if (!storages) return;
    const real = storages[method] as Method;
    vi.spyOn(storages, method).mockImplementation(function (this: unknown, ...inputs: unknown[]) {
      const [kind] = [...crashable].find(([, state]) => state.storage === this) ?? [];
      if (!kind) return real.apply(this, inputs);
      const fault = faultAt(site);
      if (fault === 'crash before') return Promise.reject(crash(kind));
      const done = real.apply(this, inputs);
      if (fault !== 'crash after') return done;
      return done.then(() => Promise.reject(crash(kind)));
    });
  }

  const setTimer = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0) => {
    if (ms >= 1_000 && platform.isHanging() && isDeadline(new Error().stack)) {
      return setTimer(run, 1);
    }
    if (ms === KV_TIMEOUT_MS && platform.kv === 'hanging') return setTimer(run, 1);
    const isShort = isNextTimerShort && ms >= 1_000;
    if (isShort) isNextTimerShort = false;
    return setTimer(run, isShort ? 1 : ms);
  }) as typeof setTimeout);

  return platform;
}

/** What was given up arrives all the same. */
export async function arriveLate({ late }: Platform): Promise<void> {
  for (const call of late.splice(0)) await call().catch(() => {});
}

/** Whoever waits for something outside does it with a deadline (src/lib/deadline.ts). */
function isDeadline(stack = ''): boolean {
  return stack.includes('withDeadline') || stack.includes('deadline.ts');
}
