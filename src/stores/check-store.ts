// Checks a store for an operator: what is wrong with it, and the policy it needs. The probes are in
// examine-store.ts.

import type { Config } from '../config.ts';
import { encodeBase62 } from '../lib/base62.ts';
import type { Random } from '../lib/random.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Fetch } from './ask-store.ts';
import { examineStore } from './examine-store.ts';
import { type Finding, finding, type Level } from './finding.ts';
import { minimalPolicy, type Policy } from './minimal-policy.ts';
import { createPresigner } from './presign.ts';
import { createProbe } from './probe-store.ts';

const DEFAULT_PREFIX = 'hallpass-check/';
/** No two checks write the same object, and none overwrites anybody's. */
const PROBE_NAME_BYTES = 16;
const LEVELS: readonly Level[] = ['error', 'warning', 'note'];

export type StoreCheckRequest = {
  /** An object that is there, to prove that it can be read. */
  readonly key?: string | undefined;
  /** Where links will lead, and where an object is written; ends in "/". */
  readonly prefix?: string | undefined;
  /** Whether to write an object, read it and delete it. */
  readonly write: boolean;
};

export type StoreCheck = {
  readonly store: string;
  /** Nothing was found that keeps links from working. */
  readonly ok: boolean;
  readonly findings: Finding[];
  /** The least that the signing identity needs, where the store has such policies. */
  readonly policy: Policy | null;
};

/** Refuses with `store_not_found`. */
export type CheckStore = (
  alias: string,
  request: StoreCheckRequest,
) => Promise<Result<StoreCheck, Extract<RequestDenial, { reason: 'store_not_found' }>>>;

export function createStoreChecker(
  config: Config,
  clock: Clock,
  random: Random,
  fetch: Fetch,
): CheckStore {
  const presign = createPresigner();

  return async function checkStore(alias, request) {
    const fault = config.storeFaults.get(alias);
    if (fault !== undefined) return ok(disabledStore(alias, fault));
    const store = config.stores.get(alias);
    if (!store) return denied({ reason: 'store_not_found' });
    const name = encodeBase62(random(PROBE_NAME_BYTES));
    const found = await examineStore({
      ...request,
      store,
      probe: createProbe(store, { presign, clock, fetch }),
      unknownKey: `${request.prefix ?? DEFAULT_PREFIX}hallpass-check-${name}`,
      publicUrl: config.publicUrl,
    });
    const policy = minimalPolicy(store, request.prefix);
    const findings = inOrder([
      ...found,
      finding(policy ? 'policy_choices' : 'policy_of_r2', store),
    ]);
    return ok({ store: alias, ok: isSound(findings), findings, policy });
  };
}

function disabledStore(alias: string, fault: string): StoreCheck {
  const disabled = { level: 'error', code: 'store_disabled', message: `${fault}.` } as const;
  return { store: alias, ok: false, findings: [disabled], policy: null };
}

function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'error');
}

/** The gravest first, and what several probes found alike only once. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const graded = LEVELS.flatMap((level) => findings.filter((one) => one.level === level));
  const messages = graded.map(({ message }) => message);
  return graded.filter(({ message }, index) => messages.indexOf(message) === index);
}
