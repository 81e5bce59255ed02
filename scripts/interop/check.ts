// What is asked of a store, and how it may be answered.

import { type Answer, isRefused } from './ask.ts';
import type { Trial } from './trial.ts';

/** What the settings of a store say that it does. */
export const CAPABILITIES = [
  'responseOverrides',
  'versions',
  'conditionalWrites',
  'checksums',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export type Verdict = {
  readonly answer: 'yes' | 'no' | "can't";
  /** Why not, or what else is to be known. */
  readonly note?: string | undefined;
};

export type Check = {
  readonly name: string;
  /** What a store does of which "yes" is true. */
  readonly what: string;
  /** What of Hallpass stands on it: a promise that no setting can save, a capability, or nothing. */
  readonly backs: 'promise' | Capability | 'nothing';
  readonly run: (trial: Trial) => Promise<Verdict>;
};

export type Area = { readonly title: string; readonly checks: readonly Check[] };

export const yes: Verdict = { answer: 'yes' };
export const no = (note: string): Verdict => ({ answer: 'no', note });
/** It could not be told, since something else is missing. */
export const cannot = (note: string): Verdict => ({ answer: "can't", note });

/** Yes, unless something is true that must not be: the first such thing is told. */
export function unless(...faults: readonly (readonly [isFault: boolean, note: string])[]): Verdict {
  const fault = faults.find(([isFault]) => isFault);
  return fault ? no(fault[1]) : yes;
}

/** The first of them that isn't yes, if there is one. */
export function allOf(...verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ answer }) => answer !== 'yes') ?? yes;
}

/** Whether all that was tried is refused, and not only failed at. */
export function refused(...tried: readonly (readonly [what: string, answer: Answer])[]): Verdict {
  const verdicts = tried.map(([what, answer]) => {
    if (isRefused(answer)) return yes;
    const note = `${what} is answered with ${answer.status}`;
    return answer.status >= 400 ? cannot(note) : no(note);
  });
  return allOf(...verdicts.filter(({ answer }) => answer === 'no'), ...verdicts);
}
