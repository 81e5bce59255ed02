// Operators end many links here: those they checked, or all that match. First they see how many.

import { type Context, Hono } from 'hono';
import type { App } from '../../apps/app.ts';
import { askEach } from '../../apps/ask-each.ts';
import { problemOnDashboard, refusedForm } from '../../http/admin-page.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { withoutEmpty } from '../../lib/form-values.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Instant, SECOND_MS, toIso } from '../../lib/time.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { LinkId } from '../../links/link-ref.ts';
import { type BulkRequest, type EveryRevocation, revokeMany } from '../../links/revoke-many.ts';
import {
  nothingChosenPage,
  revocationPage,
  revokeLinksPage,
} from '../../pages/admin/revoke-links-page.tsx';
import { revokeBody } from '../../schemas/link-filter.ts';

type Selection = Omit<BulkRequest, 'dryRun'>;

/** How soon the page of a revocation under way looks again. */
const LOOK_AGAIN_SECONDS = 2;

/** What the address of a result says besides the selection. */
const OF_RESULT = ['matched', 'silent'];

export const revokePages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const fields = withoutEmpty(new URL(c.req.url).searchParams);
    // The button was pressed before a box was checked.
    if (![...fields].some(([name]) => name !== 'app')) return c.html(nothingChosenPage(), 400);
    const counted = await revoke(c, fields, { dryRun: true });
    if (!counted.ok) return problemOnDashboard(c, counted.denial);
    const apps = await c.var.services.apps.list();
    return c.html(revokeLinksPage(fields, counted.value, apps));
  })
  .post('/', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const now = c.var.services.clock();
    const revoked = await revoke(c, fields.value, { dryRun: false });
    if (!revoked.ok) return problemOnDashboard(c, revoked.denial);
    const { matched, silent = [] } = revoked.value;
    const watched = watchFields(fields.value, now);
    watched.set('matched', String(matched));
    if (silent.length > 0) watched.set('silent', silent.join(' '));
    return c.redirect(`/admin/links/revoke/result?${watched}`, 303);
  })
  .get('/result', async (c) => {
    const fields = new URL(c.req.url).searchParams;
    const selection = new URLSearchParams(fields);
    for (const name of OF_RESULT) selection.delete(name);
    const left = await revoke(c, selection, { dryRun: true });
    if (!left.ok) return refusedForm(c, left.denial, () => nothingChosenPage());
    const apps = await c.var.services.apps.list();
    const missed = (fields.get('silent') ?? '').split(' ');
    const pending = left.value.matched + (await untold(c, apps, fields.get('app')));
    const matched = Math.max(0, Number(fields.get('matched')) || 0);
    const silent = apps.filter(({ id }) => missed.includes(id));
    // Where nothing was recorded nothing will come of waiting.
    if (pending > 0 && silent.length === 0) c.header('Refresh', String(LOOK_AGAIN_SECONDS));
    return c.html(revocationPage({ matched, pending, silent, selection }));
  });

/** Refuses as `revokeMany` does, and with `invalid_request` for a selection that is none. */
async function revoke(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Result<EveryRevocation, RequestDenial>> {
  const selected = selectionIn(fields);
  if (!selected.ok) return selected;
  const { services, caller } = c.var;
  return (await revokeMany(services, caller, { ...selected.value, dryRun })).result;
}

function selectionIn(fields: URLSearchParams): Result<Selection, RequestDenial> {
  const ids = fields.getAll('ids');
  const others = [...fields].filter(([name]) => name !== 'ids' && name !== 'all');
  const body = parsed(revokeBody, {
    ...Object.fromEntries(others),
    ...(ids.length > 0 ? { ids } : {}),
    ...(fields.has('all') ? { all: true } : {}),
  });
  if (!body.ok) return body;
  const { ids: named, urls: _urls, app, dryRun: _dryRun, all: _all, ...filter } = body.value;
  return ok({ ids: named as LinkId[] | undefined, filter, app });
}

/** The same selection, without what was minted since: that was not meant. */
function watchFields(fields: URLSearchParams, acceptedAt: Instant): URLSearchParams {
  const watched = new URLSearchParams(fields);
  if (fields.has('ids')) return watched;
  watched.delete('all');
  if (!watched.has('createdBefore')) {
    watched.set('createdBefore', toIso(acceptedAt + SECOND_MS));
  }
  return watched;
}

/** Of how many ended links gates don't know yet: of all revocations, since they are told in one go. */
async function untold(
  c: Context<HallpassContext>,
  apps: readonly App[],
  named: string | null,
): Promise<number> {
  const { services, caller } = c.var;
  const meant = apps.filter(({ id }) => named === null || id === named);
  const asked = await askEach(
    meant,
    async ({ id }) => (await services.ledgerOf(id).countLinks(caller)).result,
  );
  if (!asked.ok) return 0;
  return asked.value.reduce((sum, { value }) => sum + (value?.revoking ?? 0), 0);
}
