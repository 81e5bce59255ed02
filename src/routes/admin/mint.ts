// Operators mint links by hand here, for any app.

import { Hono } from 'hono';
import { renderSVG } from 'uqr';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import { linkUrl } from '../../http/link-url.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import { deferTo, type HallpassContext } from '../../http/request-context.ts';
import { drawClaim } from '../../links/claim.ts';
import { mintLink } from '../../links/mint.ts';
import { mintedPage, mintPage } from '../../pages/admin/mint-page.tsx';
import { mintBody } from '../../schemas/mint.ts';
import { mintIn } from './mint-form.ts';
import { once } from './once.ts';

export const mintPages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const { apps, config, random } = c.var.services;
    const fields = new URLSearchParams({
      once: drawClaim(random),
      app: c.req.query('app') ?? '',
      ttlSeconds: '24',
      ttlSecondsUnit: 'h',
    });
    const stores = [...config.stores.keys()];
    return c.html(mintPage({ apps: await apps.list(), stores, form: { fields } }));
  })
  .post('/', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const { services, caller } = c.var;
    const form = { fields: fields.value };
    const shown = { apps: await services.apps.list(), stores: [...services.config.stores.keys()] };
    const refused = (denial: Parameters<typeof refusedForm>[1]) =>
      refusedForm(c, denial, (problem) => mintPage({ ...shown, form: { ...form, problem } }));

    const terms = parsed(mintBody, mintIn(fields.value, services.clock()));
    if (!terms.ok) return refused(terms.denial);
    const app = fields.value.get('app') ?? '';
    const ledger = services.ledgerOf(app);
    const minting = { ledger, grants: services.grants, defer: deferTo(c) };
    const minted = await once(
      c,
      fields.value,
      async (idempotency) => (await mintLink(minting, caller, terms.value, idempotency)).result,
    );
    if (!minted.ok) return refused(minted.denial);
    const { link, token } = minted.value;
    const url = linkUrl(services.config, token);
    // ISO 18004 asks for a quiet zone of 4 modules.
    const qr = renderSVG(url, { border: 4, pixelSize: 1 });
    return c.html(mintedPage({ link, url, qr, viewer: viewerOf(c) }), 201);
  });
