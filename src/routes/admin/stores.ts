// Operators see the stores of this deployment here, and have them checked.

import { Hono } from 'hono';
import { problemOnDashboard, refusedForm } from '../../http/admin-page.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import { deferTo, type HallpassContext } from '../../http/request-context.ts';
import { isChecked, textIn } from '../../lib/form-values.ts';
import { storesPage } from '../../pages/admin/stores-page.tsx';
import { checkStoreBody, storesOnWire } from '../../schemas/store.ts';

export const storePages = new Hono<HallpassContext>()
  .get('/', (c) => c.html(storesPage(storesOnWire(c.var.services.config).items)))
  .post('/:alias/check', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const alias = c.req.param('alias');
    const stores = storesOnWire(c.var.services.config).items;
    const body = parsed(checkStoreBody, {
      key: textIn(fields.value, 'key'),
      prefix: textIn(fields.value, 'prefix'),
      write: isChecked(fields.value, 'write'),
    });
    const form = { fields: fields.value };
    if (!body.ok) {
      return refusedForm(c, body.denial, (problem) =>
        storesPage(stores, { alias, form: { ...form, problem } }),
      );
    }
    const checking = c.var.services.checkStore(alias, body.value);
    // An operator who goes away must not leave the written object behind.
    deferTo(c)(checking.then(() => {}));
    const checked = await checking;
    if (!checked.ok) return problemOnDashboard(c, checked.denial);
    return c.html(storesPage(stores, { alias, form, found: checked.value }));
  });
