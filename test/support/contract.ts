// Holds every answer that a test gets against the OpenAPI document: its status, its media type and its
// body, of which no field may be undocumented.

import { type Schema, Validator } from '@cfworker/json-schema';
import document from '../../src/schemas/openapi.json' with { type: 'json' };

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Operation = { readonly responses: Readonly<Record<string, { readonly content?: Content }>> };

const { components } = document;
const paths: [RegExp, Readonly<Record<string, Operation>>][] = Object.entries(document.paths)
  // A path with fewer parameters is the nearer one: /healthz is no token.
  .sort(([a], [b]) => a.split('{').length - b.split('{').length)
  .map(([path, operations]) => [
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/.]+')}$`),
    operations as Readonly<Record<string, Operation>>,
  ]);
const validators = new Map<Schema, Validator>();

/** Of what the document doesn't know, such as pages and the stylesheet, nothing is expected. */
export async function expectAsDocumented(
  method: string,
  path: string,
  response: Response,
): Promise<void> {
  // Its pattern would be a token's.
  if (path === '/admin') return;
  const [, operations] = paths.find(([pattern]) => pattern.test(path)) ?? [];
  const operation = operations?.[method.toLowerCase()];
  if (!operation) return;
  const name = `${response.status} of ${method} ${path.replace(/^\/\w+$/, '/{token}')}`;
  const documented = operation.responses[response.status];
  if (!documented) throw new Error(`${name} is not documented`);
  const [mediaType = ''] = (response.headers.get('Content-Type') ?? '').split(';');
  // People get a page in its place.
  if (mediaType === 'text/html') return;
  if (mediaType === '' && !documented.content) return;
  // An object is whatever its owner put there.
  if (documented.content?.['*/*'] && !documented.content[mediaType]) {
    // Not waited for: it ends with the other half of what was cloned.
    response.body?.cancel().catch(() => {});
    return;
  }
  const schema = documented.content?.[mediaType]?.schema;
  if (!schema) throw new Error(`${name} has the undocumented type ${mediaType}`);
  const { valid, errors } = validatorOf(schema).validate(await bodyOf(response, mediaType));
  if (!valid) {
    const faults = errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
    throw new Error(`${name} is not as documented:\n${faults.join('\n')}`);
  }
}

function bodyOf(response: Response, mediaType: string): Promise<unknown> {
  return mediaType.endsWith('json') ? response.json() : response.text();
}

function validatorOf(schema: Schema): Validator {
  const kept = validators.get(schema);
  if (kept) return kept;
  const validator = new Validator({ ...schema, components }, '2020-12', false);
  validators.set(schema, validator);
  return validator;
}
