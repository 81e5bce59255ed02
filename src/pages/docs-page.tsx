// The API reference for people, made of the OpenAPI document alone; it works without script.

import { html } from 'hono/html';
import type { ApiOperation, JsonSchema, OpenApi, Parameter } from '../schemas/openapi.ts';
import { Page } from './page.tsx';
import { Prose } from './prose.tsx';
import { allowedOf, fieldsOf, refName, typeOf } from './schema-words.ts';

type Described = ApiOperation & { readonly method: string; readonly path: string };

/** `origin` is where the examples are sent. */
export function docsPage(api: OpenApi, origin: string) {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Described => {
      return { ...operation, method: method.toUpperCase(), path };
    }),
  );
  const ofTag = (name: string) => operations.filter(({ tags }) => tags.includes(name));
  return html`<!doctype html>${(
    <Page title={`${api.info.title} API`} isWide>
      <div class="docs">
        <nav aria-label="Operations">
          {api.tags.map(({ name }) => (
            <section>
              <h2>{name}</h2>
              <ul>
                {ofTag(name).map(({ operationId, summary }) => (
                  <li>
                    <a href={`#${operationId}`}>{summary}</a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <div>
          <header>
            <h1>{api.info.title} API</h1>
            <Prose text={api.info.description} />
            <p>
              For programs: <a href="/openapi.json">openapi.json</a>, version {api.info.version}.
            </p>
          </header>
          {operations.map((operation) => (
            <Operation operation={operation} api={api} origin={origin} />
          ))}
          <h2 id="objects">Objects</h2>
          {Object.entries(api.components.schemas).map(([name, schema]) => (
            <section class="operation" id={anchorOf(name)}>
              <h3>{name}</h3>
              <Prose text={schema.description} />
              <Fields schema={schema} api={api} />
            </section>
          ))}
        </div>
      </div>
    </Page>
  )}`;
}

type WithApi = { readonly api: OpenApi };

type OperationOptions = WithApi & { readonly operation: Described; readonly origin: string };

function Operation({ operation, api, origin }: OperationOptions) {
  const { operationId, method, path, summary, description, parameters, requestBody } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return (
    <section class="operation" id={operationId}>
      <h2>{summary}</h2>
      <p class="endpoint">
        <b>{method}</b> <code>{path}</code>
      </p>
      <Prose text={description} />
      {parameters && <Parameters parameters={parameters} />}
      {body && (
        <>
          <h3>Body</h3>
          <Fields schema={body} api={api} />
        </>
      )}
      {!operation.tags.includes('Recipients') && (
        <pre>
          <code>{exampleOf(operation, api, origin)}</code>
        </pre>
      )}
      <h3>Answers</h3>
      <table>
        <tbody>
          {Object.entries(operation.responses).map(([status, response]) => (
            <tr>
              <th scope="row">{status}</th>
              <td>
                <Prose text={response.description} />
                {Object.values(response.content ?? {}).map(({ schema }) => (
                  <SchemaLink schema={schema} />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }) {
  return (
    <>
      <h3>Parameters</h3>
      <table>
        <tbody>
          {parameters.map(({ name, in: place, required, description, schema }) => (
            <tr>
              <th scope="row">
                <code>{name}</code>
                <small>
                  {place}
                  {required ? ', required' : ''}
                </small>
              </th>
              <td>
                <Prose text={description ?? schema.description} />
                <small>{allowedOf(schema)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Fields({ schema, api }: WithApi & { readonly schema: JsonSchema }) {
  const fields = fieldsOf(schema, api);
  if (fields.length === 0) return <SchemaLink schema={schema} />;
  return (
    <table>
      <tbody>
        {fields.map(({ name, field, isRequired }) => (
          <tr>
            <th scope="row">
              <code>{name}</code>
              <small>
                {typeOf(field)}
                {isRequired ? ', required' : ''}
              </small>
            </th>
            <td>
              <Prose text={field.description} />
              <small>{allowedOf(field)}</small>
              <SchemaLink schema={field.items ?? field} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SchemaLink({ schema }: { readonly schema: JsonSchema }) {
  const name = refName(schema);
  return name ? <a href={`#${anchorOf(name)}`}>{name}</a> : null;
}

function exampleOf(described: Described, api: OpenApi, origin: string) {
  const { method, path, requestBody, security = [] } = described;
  const schema = requestBody?.content['application/json']?.schema;
  const name = schema && refName(schema);
  const example = name && api.components.schemas[name]?.example;
  const lines = [
    method === 'GET' ? 'curl' : `curl -X ${method}`,
    ...security.slice(0, 1).map((bearer) => `  -H "Authorization: Bearer ${secretOf(bearer)}"`),
    ...(schema
      ? [
          "  -H 'Content-Type: application/json'",
          `  -d ${example ? `'${JSON.stringify(example)}'` : '@body.json'}`,
        ]
      : []),
    `  ${origin}${path}`,
  ];
  return lines.join(' \\\n');
}

function secretOf(security: object): string {
  return 'apiKey' in security ? '$HALLPASS_API_KEY' : '$ADMIN_TOKEN';
}

function anchorOf(name: string): string {
  return `object-${name}`;
}
