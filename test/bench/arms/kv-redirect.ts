// What any redirect service on Workers does: a router, one read of KV, a redirect.

import { Hono } from 'hono';

const TARGET = { url: 'https://example.com/reports/q3.pdf' };

export default new Hono<{ Bindings: { GRANTS: KVNamespace } }>().get('/:id', async (c) => {
  const { GRANTS } = c.env;
  const id = c.req.param('id');
  const target = await GRANTS.get<typeof TARGET>(id, { type: 'json', cacheTtl: 30 });
  if (target) return c.redirect(target.url, 302);
  // The warm-up finds nothing yet.
  await GRANTS.put(id, JSON.stringify(TARGET));
  return c.redirect(TARGET.url, 302);
});
