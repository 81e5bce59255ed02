// The OpenAPI document says of every route what it does, and of nothing else.

import { expect, test } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import { openApi } from '../../../src/schemas/openapi.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What people and robots ask for, and what is no operation of the API. */
const NOT_DOCUMENTED =
  /^(?:\/|\/robots\.txt|\/style\.css|\/(?:upload|countdown|admin)\.js|\/docs|\/openapi\.json|\/admin(?:\/.*)?)$/;

test('the OpenAPI document has every route of the app, and no other', () => {
  const routes = createHallpass()
    .routes.filter(({ method }) => METHODS.includes(method))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((route) => !NOT_DOCUMENTED.test(route.slice(route.indexOf(' ') + 1)));
  const documented = Object.entries(openApi.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...new Set(routes)].sort()).toEqual(documented.sort());
});
