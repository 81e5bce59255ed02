// What `hallpass --help` says at its end.

import { EXIT_CODES } from './exit-codes.ts';

const exitCodes = Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n');

export const EPILOGUE = `Settings:
  HALLPASS_URL, HALLPASS_API_KEY  the gateway and its key, instead of the login
  HALLPASS_STORE                  where links are minted without --store
  NO_COLOR, FORCE_COLOR           whether there is colour; else on terminals
  login keeps its own in \${XDG_CONFIG_HOME:-~/.config}/hallpass/config.json,
  which you alone can read. A key is never a flag: anybody on the machine could
  read it in the list of processes.

Output:
  On a terminal tables that fit it. In a pipe lines of tabs, whole and without
  a heading, and of mint the URL alone. --json prints one object or one array;
  a failure is then one line of JSON on standard error: { reason, detail,
  exitCode } and what the gateway said.

Exit codes:
${exitCodes}`;
