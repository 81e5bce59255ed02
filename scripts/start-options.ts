// The command line of `npm start`.

import { parseArgs } from 'node:util';
import { stop } from './stop.ts';

const HELP = `npm start -- [options]    runs Hallpass on this machine, with a private S3 of its own

  --port N       the gateway's port (8787); 0 takes any free one
  --s3-port N    the embedded S3's port (4569); 0 takes any free one
  --fresh        begins anew: deletes links, keys, objects and secrets of earlier runs
  --help         shows this

State is kept in .local, or in the folder that HALLPASS_LOCAL_DIR names. To use a store of your own
instead of the embedded S3, set STORES and its secret in wrangler.toml or .dev.vars, or as JSON in that
folder's settings.json, which counts before both.
Exit codes: 0 stopped, 1 could not run, 2 wrong option.`;

/** https://tldp.org/LDP/abs/html/exitcodes.html: "misuse". */
const WRONG_OPTION = 2;

export type StartOptions = { port: number; s3Port: number; fresh: boolean };

export function readStartOptions(): StartOptions {
  const values = parseOptions();
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  return {
    port: readPort('--port', values.port),
    s3Port: readPort('--s3-port', values['s3-port']),
    fresh: values.fresh,
  };
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        's3-port': { type: 'string', default: '4569' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    // Node's message goes on with advice on positional arguments.
    const [fault] = (error as Error).message.split(/[.\n]/);
    stop(`${fault}; \`npm start -- --help\` lists the options.`, WRONG_OPTION);
  }
}

function readPort(option: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  stop(`${option} must be a whole number from 0 to 65535, got "${value}".`, WRONG_OPTION);
}
