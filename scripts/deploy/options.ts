// What `npm run deploy` may be told.

import { parseArgs } from 'node:util';
import { stop } from '../stop.ts';

export const ROOT_KEY_NAMES = ['LINK_KEYS', 'APP_KEYS'] as const;
export type RootKeyName = (typeof ROOT_KEY_NAMES)[number];

export type DeployOptions = {
  readonly config: string;
  readonly isDryRun: boolean;
  readonly isYes: boolean;
  /** Whose successor to put in front of it. */
  readonly rotate: RootKeyName | undefined;
  readonly waitSeconds: number;
};

const HELP = `Usage: npm run deploy -- [--dry-run] [--yes] [--rotate LINK_KEYS] [--config FILE] [--wait SECONDS]

Deploys [env.production] of wrangler.toml. Tells what is there, what is missing and what it will do,
and asks before it changes anything. What is there stays as it is: run it as often as you like.

  --dry-run        change nothing
  --yes            ask nothing. Secrets that are missing come from environment variables of their names
  --rotate NAME    put a new key in front of LINK_KEYS or APP_KEYS; the old ones stay valid
  --config FILE    another file than wrangler.toml
  --wait SECONDS   how long to wait until the gateway answers; 180 unless given`;

export function readOptions(words: string[]): DeployOptions {
  const values = parse(words);
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const rotate = ROOT_KEY_NAMES.find((name) => name === values.rotate);
  if (values.rotate !== undefined && !rotate) {
    stop(`--rotate must be ${ROOT_KEY_NAMES.join(' or ')}`, 2);
  }
  const waitSeconds = Number(values.wait ?? 180);
  if (!Number.isInteger(waitSeconds) || waitSeconds < 0) {
    stop('--wait must be a whole number of seconds', 2);
  }
  return {
    config: values.config ?? 'wrangler.toml',
    isDryRun: values['dry-run'] === true,
    isYes: values.yes === true,
    rotate,
    waitSeconds,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: 'string' },
        'dry-run': { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
        rotate: { type: 'string' },
        wait: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return stop(`${(error as Error).message}\n\n${HELP}`, 2);
  }
}
