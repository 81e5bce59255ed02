// Colour where it is wanted: FORCE_COLOR decides, then NO_COLOR, then whether a terminal looks.

import { styleText } from 'node:util';

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export type Style = (format: Format | undefined, text: string) => string;

export function styleFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Style {
  if (!isColoured(stream, env)) return (_format, text) => text;
  return (format, text) => (format ? styleText(format, text, { validateStream: false }) : text);
}

/** https://no-color.org; FORCE_COLOR as Node reads it. */
export function isColoured({ isTTY }: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return !NO_COLOR && Boolean(isTTY) && TERM !== 'dumb';
}
