// What monitors of operators read here.

import { Hono } from 'hono';
import { metricsOf } from '../apps/metrics.ts';
import { requireMonitor } from '../http/authenticate.ts';
import { ledgerMetrics } from '../http/metrics.ts';
import { problemResponse } from '../http/problem.ts';
import { readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { PROMETHEUS_TYPE, prometheusText } from '../lib/prometheus.ts';
import { metricsQuery } from '../schemas/app.ts';

export const metricsRoutes = new Hono<HallpassContext>().get(
  '/metrics',
  requireMonitor(),
  async (c) => {
    const query = readQuery(c, metricsQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const { services, caller } = c.var;
    const measured = await metricsOf(services, caller, query.value.app);
    if (!measured.ok) return problemResponse(c, measured.denial);
    const text = prometheusText(ledgerMetrics(measured.value));
    return c.text(text, 200, { 'Content-Type': PROMETHEUS_TYPE });
  },
);
