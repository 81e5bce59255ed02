// Every answer of a gateway that a test gets by fetch is held against the OpenAPI document.

import { expectAsDocumented } from '../support/contract.ts';

const send = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  if (isOfGateway(response)) {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    await expectAsDocumented(method, url.pathname, response.clone());
  }
  return response;
};

/** The store behind it says nothing of the kind. */
function isOfGateway({ headers }: Response): boolean {
  return headers.get('Referrer-Policy') === 'no-referrer';
}
