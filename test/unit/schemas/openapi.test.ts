// The OpenAPI document is valid, says of every route what it does, and of nothing else.

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import { SCOPES } from '../../../src/apps/bounds.ts';
import { openApi } from '../../../src/schemas/openapi.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What people and robots ask for, and what is no operation of the API. */
const NOT_DOCUMENTED =
  /^(?:\/|\/robots\.txt|\/style\.css|\/(?:upload|countdown|admin)\.js|\/docs|\/openapi\.json|\/admin(?:\/.*)?)$/;

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(openApi));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('it has every route of the app, and no other', () => {
  const routes = createHallpass()
    .routes.filter(({ method }) => METHODS.includes(method))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((route) => !NOT_DOCUMENTED.test(route.slice(route.indexOf(' ') + 1)));
  const documented = Object.entries(openApi.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...new Set(routes)].sort()).toEqual(documented.sort());
});

test('it names every scope and has an example of every body that creates something', () => {
  const text = JSON.stringify(openApi);
  for (const scope of SCOPES) expect(text).toContain(scope);
  for (const name of ['Mint', 'NewKey', 'NewApp', 'LinkChange']) {
    expect(openApi.components.schemas[name]?.example).toBeDefined();
  }
});

test('each operation has its own id, a summary and an answer of success', () => {
  const operations = Object.values(openApi.paths).flatMap((path) => Object.values(path));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { summary, responses } of operations) {
    expect(summary).not.toBe('');
    expect(Object.keys(responses).some((status) => /^[23]/.test(status))).toBe(true);
  }
});
