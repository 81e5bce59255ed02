// A URL as a QR code, in half blocks: two rows of modules to a line.

import { renderUnicodeCompact } from 'uqr';
import type { Session } from '../session.ts';
import { isColoured } from './style.ts';

/** ISO 18004 asks for a quiet zone of 4 modules; phones do with 2, and it fits 40 columns. */
const QUIET_MODULES = 2;

const LIGHT_ON_DARK = '\u001b[97;40m';
const RESET = '\u001b[0m';

export function qrOf({ stdout, env }: Session, url: string): string {
  const code = renderUnicodeCompact(url, { border: QUIET_MODULES });
  if (!isColoured(stdout, env)) return code;
  // A light terminal would show it inverted, which not every reader takes.
  return code
    .split('\n')
    .map((line) => LIGHT_ON_DARK + line + RESET)
    .join('\n');
}
