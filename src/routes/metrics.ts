// What monitors of operators read here.

import { Hono } from 'hono';
import { requireOperator } from '../http/authenticate.ts';
import { ledgerMetrics } from '../http/metrics.ts';
import { problemResponse } from '../http/problem.ts';
import { readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { PROMETHEUS_TYPE, prometheusText } from '../lib/prometheus.ts';
import { askApps } from '../links/ask-apps.ts';
import { metricsQuery } from '../schemas/app.ts';

export const metricsRoutes = new Hono<HallpassContext>().get(
  '/metrics',
  requireOperator(),
  async (c) => {
    const query = readQuery(c, metricsQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const { services, caller } = c.var;
    const { app } = query.value;
    const asked = await askApps(services, caller, app, (ledger) => ledger.metrics(caller));
    if (!asked.ok) return problemResponse(c, asked.denial);
    const text = prometheusText(ledgerMetrics(asked.value));
    return c.text(text, 200, { 'Content-Type': PROMETHEUS_TYPE });
  },
);
