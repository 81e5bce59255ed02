// Operators find, look at, change and end links here.

import { type Context, Hono } from 'hono';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import { ledgerOfLink } from '../../http/link-ledger.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { withoutEmpty } from '../../lib/form-values.ts';
import { inspectLink } from '../../links/inspect.ts';
import type { LinkId } from '../../links/link-ref.ts';
import { listLinks } from '../../links/list.ts';
import { appOfLink, linkOfUrl } from '../../links/whose.ts';
import type { Form, FormProblem } from '../../pages/admin/form.tsx';
import { type Done, linkPage } from '../../pages/admin/link-page.tsx';
import { linksPage } from '../../pages/admin/links-page.tsx';
import { listQuery } from '../../schemas/link-filter.ts';
import { changeBody } from '../../schemas/mint.ts';
import { changeFields, patchIn } from './link-form.ts';

const LINKS_PER_PAGE = '25';
const EVENTS_PER_PAGE = 50;

type Page = Response | Promise<Response>;

export const linkPages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const { services, caller } = c.var;
    const fields = withoutEmpty(new URL(c.req.url).searchParams);
    const viewer = viewerOf(c);
    const apps = await services.apps.list();
    const none = { apps, links: [], nextCursor: null, viewer };
    const refused = (problem: FormProblem) => linksPage({ ...none, form: { fields, problem } });
    const query = parsed(listQuery, { limit: LINKS_PER_PAGE, ...Object.fromEntries(fields) });
    if (!query.ok) return refusedForm(c, query.denial, refused);
    const { result } = await listLinks(services, caller, query.value);
    if (!result.ok) return refusedForm(c, result.denial, refused);
    return c.html(linksPage({ ...none, ...result.value, form: { fields } }));
  })
  // By POST: the URL of a link holds its token, and those of pages are kept in histories.
  .post('/lookup', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const { services } = c.var;
    const sought = fields.value.get('text') ?? '';
    const text = sought.trim();
    const id = /^lnk_[0-9A-Za-z]{1,40}$/.test(text)
      ? (text as LinkId)
      : await linkOfUrl(services, services.config.publicUrl, text);
    const isThere = id !== undefined && (await appOfLink(services, id)) !== undefined;
    if (isThere) return c.redirect(`/admin/links/${id}`, 303);
    const none = { apps: await services.apps.list(), links: [], nextCursor: null };
    return refusedForm(c, { reason: 'link_not_found' }, ({ title }) => {
      const problem = { title, detail: 'Check that it was pasted as a whole.' };
      const form = { fields: new URLSearchParams(), problem };
      return linksPage({ ...none, form, sought, viewer: viewerOf(c) });
    });
  })
  .get('/:id', (c) => showLink(c))
  .post('/:id/change', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const id = c.req.param('id') as LinkId;
    const ledger = await ledgerOfLink(c, id);
    if (!ledger) return problemOnDashboard(c, { reason: 'link_not_found' });
    const { services, caller } = c.var;
    const inspected = await ledger.inspect(caller, id);
    if (!inspected.result.ok) return problemOnDashboard(c, inspected.result.denial);
    const link = inspected.result.value;
    const asked = patchIn(fields.value, link, services.clock());
    if (!asked.ok) return showLink(c, { fields: fields.value, denial: asked.denial });
    const patch = parsed(changeBody, asked.value);
    if (!patch.ok) return showLink(c, { fields: fields.value, denial: patch.denial });
    if (Object.keys(patch.value).length === 0) return backTo(c, 'unchanged');
    const version = Number(fields.value.get('version'));
    const { result } = await ledger.change(caller, id, patch.value, version);
    if (!result.ok) return showLink(c, { fields: fields.value, denial: result.denial });
    return backTo(c, result.value.settled ? 'changed' : 'changing');
  })
  .post('/:id/revoke', async (c) => {
    const id = c.req.param('id') as LinkId;
    const ledger = await ledgerOfLink(c, id);
    if (!ledger) return problemOnDashboard(c, { reason: 'link_not_found' });
    const { result } = await ledger.revoke(c.var.caller, id);
    if (!result.ok) return problemOnDashboard(c, result.denial);
    return backTo(c, result.value.settled ? 'revoked' : 'revoking');
  });

type Refused = {
  readonly fields: URLSearchParams;
  readonly denial: Parameters<typeof refusedForm>[1];
};

/** The page of a link, with a form that was refused where one was. */
async function showLink(c: Context<HallpassContext>, refused?: Refused): Promise<Response> {
  const { services, caller } = c.var;
  const id = c.req.param('id') as LinkId;
  const ledger = await ledgerOfLink(c, id);
  if (!ledger) return problemOnDashboard(c, { reason: 'link_not_found' });
  const after = Number(c.req.query('after') ?? 0) || 0;
  const [{ result }, events] = await Promise.all([
    inspectLink({ ledger, gates: services.gates }, caller, id),
    ledger.readEvents(caller, { linkId: id }, after, EVENTS_PER_PAGE),
  ]);
  if (!result.ok) return problemOnDashboard(c, result.denial);
  const { link, activity } = result.value;
  const shown = {
    link,
    activity,
    app: await services.apps.find(link.app),
    story: events.result.ok ? events.result.value : undefined,
    viewer: viewerOf(c),
  };
  if (refused) {
    const render = (problem: FormProblem) =>
      linkPage({ ...shown, form: { fields: withNewest(refused, link.version), problem } });
    return refusedForm(c, refused.denial, render);
  }
  const form: Form = { fields: changeFields(link) };
  return c.html(linkPage({ ...shown, form, done: c.req.query('done') as Done | undefined }));
}

/** What was typed, to be sent again knowing how the link is by now. */
function withNewest({ fields, denial }: Refused, version: number): URLSearchParams {
  const again = new URLSearchParams(fields);
  if (denial.reason === 'link_changed') again.set('version', String(version));
  return again;
}

function backTo(c: Context<HallpassContext>, done: Done): Page {
  const app = c.req.query('app');
  const query = new URLSearchParams({ ...(app !== undefined && { app }), done });
  return c.redirect(`/admin/links/${c.req.param('id')}?${query}`, 303);
}
