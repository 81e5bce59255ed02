// The OpenAPI document is valid, and says of every operation what it does.

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { SCOPES } from '../../../src/apps/bounds.ts';
import { openApi } from '../../../src/schemas/openapi.ts';

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(openApi));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
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
