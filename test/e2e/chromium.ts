// A real browser, which comes with the npm package and its own libraries.

import { type Browser, chromium } from 'playwright-core';

/** Else it relies on libraries that a machine may lack. Read when the package is imported. */
process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';

/** Not with the package's own arguments: they switch off CORS, and run everything in one process. */
export async function startChromium(): Promise<Browser> {
  const { default: packaged } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
}
