// Operators end many links here: those they checked, or all that match. First they see how many.

import { type Context, Hono } from 'hono';
import { problemOnDashboard } from '../../http/admin-page.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { withoutEmpty } from '../../lib/form-values.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Instant, SECOND_MS, toIso } from '../../lib/time.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { BulkRevocation } from '../../links/filter.ts';
import type { LinkId } from '../../links/link-ref.ts';
import { type BulkRequest, revokeMany } from '../../links/revoke-many.ts';
import { revocationPage, revokeLinksPage } from '../../pages/admin/revoke-links-page.tsx';
import { revokeBody } from '../../schemas/link-filter.ts';

type Selection = Omit<BulkRequest, 'dryRun'>;

/** How soon the page of a revocation under way looks again. */
const LOOK_AGAIN_SECONDS = 2;

export const revokePages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const fields = withoutEmpty(new URL(c.req.url).searchParams);
    const counted = await revoke(c, fields, { dryRun: true });
    if (!counted.ok) return problemOnDashboard(c, counted.denial);
    return c.html(revokeLinksPage(fields, counted.value));
  })
  .post('/', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const now = c.var.services.clock();
    const revoked = await revoke(c, fields.value, { dryRun: false });
    if (!revoked.ok) return problemOnDashboard(c, revoked.denial);
    const { matched, revoked: ended, complete } = revoked.value;
    const watched = watchFields(fields.value, now);
    watched.set('matched', String(matched));
    // Told apart from what other revocations are still doing.
    if (complete && ended === matched) watched.set('done', 'true');
    return c.redirect(`/admin/links/revoke/result?${watched}`, 303);
  })
  .get('/result', async (c) => {
    const fields = new URL(c.req.url).searchParams;
    const matched = Number(fields.get('matched')) || 0;
    const isDone = fields.get('done') === 'true' || (await isAllTold(c, fields));
    if (!isDone) c.header('Refresh', String(LOOK_AGAIN_SECONDS));
    return c.html(revocationPage({ matched, isDone }));
  });

/** Refuses as `revokeMany` does, and with `invalid_request` for a selection that is none. */
async function revoke(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Result<BulkRevocation, RequestDenial>> {
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

/** Whether nothing of it is left to be ended, and every gate knows. */
async function isAllTold(c: Context<HallpassContext>, fields: URLSearchParams): Promise<boolean> {
  const selection = new URLSearchParams(fields);
  for (const name of ['matched', 'done']) selection.delete(name);
  const left = await revoke(c, selection, { dryRun: true });
  if (!left.ok || left.value.matched > 0 || !left.value.complete) return false;
  const { services, caller } = c.var;
  const app = fields.get('app');
  const apps = app ? [app] : (await services.apps.list()).map(({ id }) => id);
  const counts = await Promise.all(apps.map((id) => services.ledgerOf(id).countLinks(caller)));
  return counts.every(({ result }) => result.ok && result.value.revoking === 0);
}
