// The examples of the API reference: each can be copied, with the secrets in the shell's variables.

import { expect, it } from 'vitest';
import { openApi } from '../../../src/schemas/openapi.ts';
import { request } from '../../support/api.ts';

async function examples(): Promise<string[]> {
  const page = await (await request('GET', '/docs')).text();
  const text = page.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return [...text.matchAll(/curl(?: -X [A-Z]+)? \\\n[\s\S]*?(?=<\/)/g)].map(([example]) => example);
}

it('each brings what its route asks for: a key, the admin token, or nothing', async () => {
  const shown = await examples();
  const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      // Recipients have a URL, and need no example.
      .filter(([, { tags }]) => !tags.includes('Recipients'))
      .map(([method, operation]) => ({ path, method, operation })),
  );
  expect(shown.length).toBe(operations.length);
  for (const { path, method, operation } of operations) {
    const start = method === 'get' ? 'curl \\' : `curl -X ${method.toUpperCase()} \\`;
    const example = shown.find((one) => one.startsWith(start) && one.trimEnd().endsWith(path));
    const [needed] = operation.security ?? [];
    const bearer = needed && ('apiKey' in needed ? '$HALLPASS_API_KEY' : '$ADMIN_TOKEN');
    expect(/Bearer (\S+?)"/.exec(example ?? '')?.[1], `${method} ${path}`).toBe(bearer);
    const isJson = operation.requestBody?.content['application/json'] !== undefined;
    expect(example?.includes(' -d '), `${method} ${path}`).toBe(isJson);
  }
});
