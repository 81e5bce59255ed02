// Apps and operators mint, list, inspect, change and revoke links here.

import { type Context, Hono } from 'hono';
import { requireCaller } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { ledgerOfLink } from '../http/link-ledger.ts';
import { linkUrl } from '../http/link-url.ts';
import { note } from '../http/note.ts';
import { problemDetails, problemResponse } from '../http/problem.ts';
import { parsed, readJson, readQuery } from '../http/read-body.ts';
import { deferTo, type HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { BulkRevocation } from '../links/filter.ts';
import { inspectLink } from '../links/inspect.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import { listLinks } from '../links/list.ts';
import { mintLink } from '../links/mint.ts';
import { mintBatch } from '../links/mint-batch.ts';
import type { MintedLink } from '../links/ports.ts';
import { revokeMany } from '../links/revoke-many.ts';
import { linkOfUrl, linksOfUrls } from '../links/whose.ts';
import { linkOnWire } from '../schemas/link.ts';
import { listQuery, lookupBody, revokeBody } from '../schemas/link-filter.ts';
import { batchBody, changeBody, mintBody } from '../schemas/mint.ts';

/** A hundred mints with the longest keys, and then some. */
const MAX_BATCH_BYTES = 1_048_576;

export const linkRoutes = new Hono<HallpassContext>()
  .use(requireCaller())
  .post('/', async (c) => {
    const terms = await readJson(c, mintBody);
    if (!terms.ok) return problemResponse(c, terms.denial);
    const idempotency = await readIdempotency(c, terms.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);

    const { services, caller } = c.var;
    // An operator has no app of its own to mint for.
    if (caller.kind === 'operator') return problemResponse(c, { reason: 'apps_only' });
    const ledger = services.ledgerOf(caller.credential.app);
    const minted = await mintLink(
      { ledger, grants: services.grants, defer: deferTo(c) },
      caller,
      terms.value,
      idempotency.value,
    );
    return respond(c, minted, (value) => {
      noteLink(c, value.link);
      const link = mintedOnWire(c, value);
      return c.json(link, 201, { Location: `/v1/links/${link.id}` });
    });
  })
  .post('/batch', async (c) => {
    const body = await readJson(c, batchBody, MAX_BATCH_BYTES);
    if (!body.ok) return problemResponse(c, body.denial);
    const idempotency = await readIdempotency(c, body.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const { services, caller } = c.var;
    if (caller.kind === 'operator') return problemResponse(c, { reason: 'apps_only' });
    const ledger = services.ledgerOf(caller.credential.app);

    const checked = body.value.links.map((link) => parsed(mintBody, link));
    const items = checked.flatMap((terms, place) =>
      terms.ok ? [{ place, terms: terms.value }] : [],
    );
    const minted = await mintBatch(ledger, caller, items, idempotency.value);
    return respond(c, minted, (byPlace) => {
      const outcomes: Record<string, number> = {};
      const results = checked.map((terms, place) => {
        const result = terms.ok ? byPlace.get(place) : terms;
        if (!result) throw new Error(`a batch lost its mint ${place}`);
        const outcome = result.ok ? 'minted' : result.denial.reason;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        return result.ok
          ? { status: 201, link: mintedOnWire(c, result.value) }
          : problemItem(result.denial);
      });
      note(c, { outcomes });
      return c.json({ results });
    });
  })
  .get('/', async (c) => {
    const query = readQuery(c, listQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const { services, caller } = c.var;
    const listed = await listLinks(services, caller, query.value);
    return respond(c, listed, ({ links, nextCursor, silent }) => {
      // A program would take what is missing for not being there.
      if (silent.length > 0) throw new Unavailable('a ledger gave no answer');
      const now = services.clock();
      return c.json({ items: links.map((link) => linkOnWire(link, undefined, now)), nextCursor });
    });
  })
  .post('/lookup', async (c) => {
    const body = await readJson(c, lookupBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const { services } = c.var;
    const id = await linkOfUrl(services, services.config.publicUrl, body.value.url);
    return id ? showLink(c, id) : problemResponse(c, { reason: 'link_not_found' });
  })
  .post('/revoke', async (c) => {
    const body = await readJson(c, revokeBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const { services, caller } = c.var;
    const { ids, urls, app, dryRun, all: _all, ...filter } = body.value;
    const ofUrls = await linksOfUrls(services, services.config.publicUrl, urls ?? []);
    const selected = ids || urls ? [...((ids ?? []) as LinkId[]), ...ofUrls] : undefined;
    const request = { ids: selected, filter, app, dryRun };
    return respond(c, await revokeMany(services, caller, request), ({ silent, ...revocation }) => {
      note(c, { outcomes: dryRun ? {} : { revoked: revocation.revoked } });
      return c.json(revocation, isDone(revocation) || dryRun ? 200 : 202);
    });
  })
  .get('/:id', (c) => showLink(c, c.req.param('id') as LinkId))
  .patch('/:id', async (c) => {
    const patch = await readJson(c, changeBody);
    if (!patch.ok) return problemResponse(c, patch.denial);
    const id = c.req.param('id') as LinkId;
    const ledger = await ledgerOfLink(c, id);
    if (!ledger) return problemResponse(c, { reason: 'link_not_found' });
    const { services, caller } = c.var;
    return respond(c, await ledger.change(caller, id, patch.value), (link) => {
      noteLink(c, link);
      return c.json(linkOnWire(link, undefined, services.clock()), link.settled ? 200 : 202);
    });
  })
  .delete('/:id', async (c) => {
    const id = c.req.param('id') as LinkId;
    const ledger = await ledgerOfLink(c, id);
    if (!ledger) return problemResponse(c, { reason: 'link_not_found' });
    const { services, caller } = c.var;
    return respond(c, await ledger.revoke(caller, id), (revoked) => {
      noteLink(c, revoked);
      const link = linkOnWire(revoked, undefined, services.clock());
      return c.json(link, link.state === 'revoking' ? 202 : 200);
    });
  });

/** The one time that a link is shown with its URL. */
function mintedOnWire({ var: { services } }: Context<HallpassContext>, minted: MintedLink) {
  const { id, ...shown } = linkOnWire(minted.link, undefined, services.clock());
  return { id, url: linkUrl(services.config, minted.token), ...shown };
}

function isDone({ pending, complete }: BulkRevocation): boolean {
  return pending === 0 && complete;
}

function problemItem(denial: RequestDenial) {
  const problem = problemDetails(denial);
  return { status: problem.status, problem };
}

async function showLink(c: Context<HallpassContext>, id: LinkId) {
  const ledger = await ledgerOfLink(c, id);
  if (!ledger) return problemResponse(c, { reason: 'link_not_found' });
  const { services, caller } = c.var;
  const inspected = await inspectLink({ ledger, gates: services.gates }, caller, id);
  return respond(c, inspected, ({ link, activity }) => {
    noteLink(c, link);
    return c.json(linkOnWire(link, activity, services.clock()));
  });
}

/** Of an operator's request, its app is known by the link alone. */
function noteLink(c: Context<HallpassContext>, { id, app }: Link): void {
  note(c, { link: id, app });
}
