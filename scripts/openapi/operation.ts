// What the OpenAPI document says of one operation, in short form, and its long form.

import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiResponseObject } from 'zod-openapi';
import type { Scope } from '../../src/apps/bounds.ts';
import { PROBLEMS, type Reason } from '../../src/http/problems.ts';
import { problemShown } from '../../src/schemas/problem.ts';

type Answer = {
  readonly status: number;
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  /** Whether it may be the object itself instead, of whatever type. */
  readonly orObject?: boolean;
  readonly headers?: z.ZodObject;
};

export type Operation = {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Which scope an API key needs; operators need none, and some things only they may do. */
  readonly access: Scope | 'operator' | 'public' | 'token';
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly formToo?: boolean;
  readonly isBodyOptional?: boolean;
  /** Whether an Idempotency-Key makes it safe to repeat. */
  readonly isIdempotent?: boolean;
  readonly answers: readonly Answer[];
  /** Beside those that every operation with this access has. */
  readonly reasons?: readonly Reason[];
};

const COMMON: Record<'key' | 'operator' | 'public', readonly Reason[]> = {
  key: ['unauthenticated', 'scope_missing', 'too_many_requests', 'unavailable', 'internal_error'],
  operator: ['unauthenticated', 'operators_only', 'unavailable', 'internal_error'],
  public: ['unavailable', 'internal_error'],
};

const idempotencyKey = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().meta({
    description:
      'Anything unique. For 24 hours the same key with the same request gives the same answer again.',
    example: '6a0f4a0e-6d1c-4c0e-9c59-1a3b7a1f2d11',
  }),
});

export function operationOf(operation: Operation): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description, answers, body } = operation;
  const header = operation.isIdempotent
    ? idempotencyKey.extend(operation.headers?.shape ?? {})
    : operation.headers;
  const { path, query } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    description: [description, accessOf(operation)].filter(Boolean).join('\n\n'),
    security: securityOf(operation),
    ...(path || query || header
      ? {
          requestParams: {
            ...(path ? { path } : {}),
            ...(query ? { query } : {}),
            ...(header ? { header } : {}),
          },
        }
      : {}),
    ...(body
      ? {
          requestBody: {
            required: !operation.isBodyOptional,
            content: {
              'application/json': { schema: body },
              ...(operation.formToo
                ? { 'application/x-www-form-urlencoded': { schema: body } }
                : {}),
            },
          },
        }
      : {}),
    responses: Object.fromEntries([
      ...answers.map((answer) => [String(answer.status), responseOf(answer)]),
      ...Object.entries(problemsOf(operation)),
    ]),
  };
}

function securityOf({ access, reasons }: Operation): Record<string, string[]>[] {
  if (isOpen(access)) return [];
  const operator = { adminToken: [] };
  if (access === 'operator') return [operator];
  return reasons?.includes('apps_only') ? [{ apiKey: [] }] : [{ apiKey: [] }, operator];
}

function isOpen(access: Operation['access']): access is 'public' | 'token' {
  return access === 'public' || access === 'token';
}

function accessOf({ access, reasons }: Operation): string {
  if (access === 'operator') return 'For operators.';
  if (isOpen(access)) return '';
  const alternative = reasons?.includes('apps_only') ? '' : ', or the admin token';
  return `Needs the scope \`${access}\`${alternative}.`;
}

const OBJECT = { '*/*': { schema: z.string().meta({ description: 'The object.' }) } };

function responseOf({
  description,
  schema,
  mediaType,
  orObject,
  headers,
}: Answer): ZodOpenApiResponseObject {
  return {
    description,
    ...(headers ? { headers } : {}),
    ...(schema || orObject
      ? {
          content: {
            ...(schema ? { [mediaType ?? 'application/json']: { schema } } : {}),
            ...(orObject ? OBJECT : {}),
          },
        }
      : {}),
  };
}

/** By status, each with the reasons it is for. */
function problemsOf(operation: Operation): Record<string, ZodOpenApiResponseObject> {
  const { access, reasons = [], body, query, isIdempotent } = operation;
  const common = COMMON[access === 'operator' ? 'operator' : isOpen(access) ? 'public' : 'key'];
  const all = new Set<Reason>([
    ...(body ? (['unsupported_media_type', 'too_large', 'invalid_request'] as const) : []),
    ...(query ? (['invalid_request'] as const) : []),
    ...(isIdempotent
      ? (['invalid_request', 'idempotency_key_in_use', 'idempotency_key_reused'] as const)
      : []),
    ...reasons,
    ...common,
  ]);
  const byStatus = Map.groupBy(all, (reason) => PROBLEMS[reason].status);
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, own]) => [String(status), problemOf(own)]));
}

function problemOf(reasons: readonly Reason[]): ZodOpenApiResponseObject {
  const shown = reasons.map((reason) => {
    const problem: { title: string; shownAs?: string } = PROBLEMS[reason];
    return [problem.shownAs ?? reason, problem.title] as const;
  });
  const lines = [...new Map(shown)].map(([reason, title]) => `- \`${reason}\`: ${title}.`);
  return {
    description: lines.join('\n'),
    content: { 'application/problem+json': { schema: problemShown } },
  };
}
