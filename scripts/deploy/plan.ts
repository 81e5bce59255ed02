// From what was found to what will be done, and both in words. Whatever is there already is no step.

import type { Missing, Source } from './secrets.ts';

export type Found = {
  readonly worker: string;
  readonly publicUrl: string;
  readonly account: string;
  readonly config: string;
  readonly stores: readonly { readonly alias: string; readonly where: string }[];
  /** The secrets of the Worker; `undefined` when there is no Worker yet. */
  readonly present: readonly string[] | undefined;
  /** The id that the file has, and that of the namespace of this title in the account. */
  readonly namespace: {
    readonly title: string;
    readonly configured: string | undefined;
    readonly existing: string | undefined;
  };
  readonly missing: readonly Missing[];
  /** The secret that a rotation puts in front. */
  readonly successor: Missing | undefined;
  /** Whether exactly this code with exactly this file runs already. */
  readonly isDeployed: boolean;
};

export type Step =
  | { readonly do: 'create namespace'; readonly title: string }
  | { readonly do: 'write namespace id'; readonly title: string }
  | { readonly do: 'put secrets'; readonly secrets: readonly Missing[] }
  | { readonly do: 'deploy' };

export function planOf(found: Found): Step[] {
  const { title, configured, existing } = found.namespace;
  const steps: Step[] = [];
  if (!configured && !existing) steps.push({ do: 'create namespace', title });
  if (!configured) steps.push({ do: 'write namespace id', title });
  const secrets = found.successor ? [...found.missing, found.successor] : found.missing;
  if (secrets.length > 0) steps.push({ do: 'put secrets', secrets });
  if (!found.isDeployed) steps.push({ do: 'deploy' });
  return steps;
}

export function foundInWords(found: Found): string[] {
  const { present, namespace, stores } = found;
  const id = namespace.configured ?? namespace.existing;
  return [
    `Hallpass "${found.worker}" at ${found.publicUrl}`,
    '',
    `  settings      [env.production] of ${found.config}, all good`,
    `  account       ${found.account}`,
    ...stores.map(({ alias, where }) => `  store         ${alias}: ${where}`),
    `  Worker        ${present ? (found.isDeployed ? 'runs this version' : 'is there') : 'none yet'}`,
    `  KV namespace  ${id ? `${id}` : 'none yet'}`,
    `  secrets       ${present?.length ? [...present].sort().join(', ') : 'none yet'}`,
  ];
}

const SOURCES: Record<Source, string> = {
  environment: 'from your environment',
  drawn: 'drawn here and shown to nobody; to have a copy, set it in your environment first',
  shown: 'drawn here, and shown to you once',
  asked: 'you will be asked for it',
  none: 'nobody can be asked',
};

export function planInWords(steps: readonly Step[], { config }: Found): string[] {
  if (steps.length === 0) return ['Everything is as it should be: there is nothing to do.'];
  const lines = steps.flatMap((step) => stepInWords(step, config));
  let number = 0;
  return ['Will', ...lines.map((line) => (line.startsWith(' ') ? line : `  ${++number}. ${line}`))];
}

function stepInWords(step: Step, config: string): string[] {
  switch (step.do) {
    case 'create namespace':
      return [`create the KV namespace "${step.title}"`];
    case 'write namespace id':
      return [`write the id of "${step.title}" into ${config}`];
    case 'put secrets':
      return [
        'put these secrets, all at once:',
        ...step.secrets.map(({ name, source }) => `       ${name} (${SOURCES[source]})`),
      ];
    case 'deploy':
      return ['deploy the Worker'];
  }
}
