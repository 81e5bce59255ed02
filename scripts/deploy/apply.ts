// Carries out a plan. Each step leaves something that the next run finds, so one that was interrupted goes
// on from there.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { idLine, withNamespaceId } from './namespace-id.ts';
import type { Step } from './plan.ts';
import { type Wrangler, WranglerError } from './wrangler.ts';

export type Means = {
  readonly wrangler: Wrangler;
  readonly config: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Told once all settings are written. */
  readonly tag: () => string;
  readonly isAttended: boolean;
  readonly say: (sentence: string) => void;
};

export async function apply(steps: readonly Step[], means: Means): Promise<void> {
  for (const step of steps) await applyStep(step, means);
}

async function applyStep(step: Step, means: Means): Promise<void> {
  const { wrangler, say } = means;
  switch (step.do) {
    case 'create namespace':
      await wrangler.createNamespace(step.title);
      say(`Created the KV namespace "${step.title}".`);
      break;
    case 'write namespace id':
      await writeId(step.title, means);
      break;
    case 'put secrets': {
      const names = step.secrets.map(({ name }) => name);
      await wrangler.putSecrets(
        Object.fromEntries(names.map((name) => [name, secretOf(name, means)])),
      );
      say(`Put ${names.join(', ')}.`);
      break;
    }
    case 'deploy':
      await wrangler.deploy(means.tag(), means.isAttended);
      say('Deployed.');
      break;
  }
}

/** Its id is asked for again, which holds whatever wrangler prints when it makes one. */
async function writeId(title: string, { wrangler, config, say }: Means): Promise<void> {
  const id = await wrangler.namespaceId(title);
  if (id === undefined) throw new WranglerError(`The KV namespace "${title}" isn't listed.`);
  const text = withNamespaceId(readFileSync(config, 'utf8'), id);
  if (text === undefined) {
    throw new WranglerError(
      `Write this line below the binding GRANTS of [env.production] in ${config}, and run this again:\n` +
        `  ${idLine(id)}`,
    );
  }
  const temporary = `${config}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, config);
  say(`Wrote its id into ${config}.`);
}

function secretOf(name: string, { secrets }: Means): string {
  const value = secrets[name];
  if (value === undefined) throw new Error(`${name} was never collected`);
  return value;
}
