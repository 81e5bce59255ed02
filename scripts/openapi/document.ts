// The OpenAPI document, made of the very schemas that check requests and shape answers.

import { createDocument } from 'zod-openapi';
import { accessPaths } from './access.ts';
import { linkPaths } from './links.ts';
import { operationOf } from './operation.ts';
import { recipientPaths } from './recipients.ts';
import { webhookPaths } from './webhooks.ts';

const DESCRIPTION = `Hallpass gives out short-lived links to private S3 objects, which you can take back.

Apps send \`Authorization: Bearer <API key>\`, operators their admin token, with which they reach every app.
A refusal is a problem (RFC 9457) with a stable \`reason\`, and \`errors\` that point at the fields.
Answers to an API key tell its rate in \`RateLimit-Policy\` and \`RateLimit\`; 429 and 503 come with \`Retry-After\`.`;

export function openApiDocument(version: string) {
  const paths = { ...linkPaths, ...accessPaths, ...webhookPaths, ...recipientPaths };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Hallpass',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This deployment.' }],
    tags: [
      'Links',
      'API keys',
      'Events',
      'Webhooks',
      'Apps',
      'Stores',
      'Recipients',
      'Monitoring',
    ].map((name) => ({
      name,
    })),
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, operations]) => [
        path,
        Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [method, operationOf(operation)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An app’s API key, `hp_…`.' },
        adminToken: { type: 'http', scheme: 'bearer', description: 'The operators’ admin token.' },
      },
    },
  });
}
