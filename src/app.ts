// The HTTP app: the order of middleware, what is mounted where, and what becomes of a failure.

import { Hono } from 'hono';
import { answerFailure } from './http/failure.ts';
import { problemResponse } from './http/problem.ts';
import type { HallpassContext } from './http/request-context.ts';
import { requestContext } from './http/request-context.ts';
import { requestLog } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { createTokenRouter } from './http/token-router.ts';
import { adminRoutes } from './routes/admin/admin.ts';
import { appRoutes } from './routes/apps.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { keyRoutes } from './routes/keys.ts';
import { linkRoutes } from './routes/links.ts';
import { metaRoutes } from './routes/meta.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openRoutes } from './routes/open.ts';
import { storeRoutes } from './routes/stores.ts';
import { upkeepRoutes } from './routes/upkeep.ts';
import { uploadRoutes } from './routes/upload.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export function createHallpass() {
  return new Hono<HallpassContext>({ router: createTokenRouter() })
    .use(securityHeaders())
    .use(requestContext())
    .use(requestLog())
    .route('/v1/links', linkRoutes)
    .route('/v1/apps', appRoutes)
    .route('/v1/apps', upkeepRoutes)
    .route('/v1/keys', keyRoutes)
    .route('/v1/events', eventRoutes)
    .route('/v1/stores', storeRoutes)
    .route('/v1/webhooks', webhookRoutes)
    .route('/admin', adminRoutes)
    .route('/', metaRoutes)
    .route('/', metricsRoutes)
    .route('/', docsRoutes)
    .route('/', uploadRoutes)
    .route('/', openRoutes)
    .notFound((c) => problemResponse(c, { reason: 'not_found' }))
    .onError(answerFailure);
}
