// Mints links in a ledger: a pending row first, then the gate, then the answer.

import { boundFault } from '../apps/bounds.ts';
import type { BatchItem, BatchResult } from '../apps/ports.ts';
import { quotaDenial } from '../apps/quota.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { RequestDenial } from '../links/denial.ts';
import { draftLink, type MintTerms } from '../links/draft.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Idempotency, MintedLink } from '../links/ports.ts';
import { createTokens, type Token } from '../links/token.ts';
import { type Admitted, isStillAdmitted } from './admission.ts';
import { type Catalog, viewOf } from './catalog.ts';
import type { LedgerContext } from './ledger-context.ts';

/** How long a mint may stay pending before the alarm ends it. */
export const MINT_LEASE_MS = 30 * SECOND_MS;

/** What stands for a whole batch among the ids of what was made. */
const BATCH = 'batch';

type Minted = Promise<Result<MintedLink, RequestDenial>>;

export type Minting = {
  mint(
    admitted: Admitted,
    terms: MintTerms,
    idempotency: Idempotency | undefined,
    now: Instant,
  ): Minted;
  mintMany(
    admitted: Admitted,
    items: readonly BatchItem[],
    idempotency: Idempotency | undefined,
    now: Instant,
  ): Promise<Result<BatchResult[], RequestDenial>>;
};

export function createMinting(context: LedgerContext, catalog: Catalog): Minting {
  const { config, storage, tables, alarm, carrier, idempotent, passwords, verifyObject } = context;
  const tokens = createTokens(config.linkKeys);

  async function mintNew(
    admitted: Admitted,
    terms: MintTerms,
    takeNonce: () => Uint8Array<ArrayBuffer>,
    remember: (id: string) => void,
    now: Instant,
  ): Minted {
    const { app, bounds, actor } = admitted;
    const draft = draftLink({
      app: app.id,
      terms,
      bounds,
      defaults: app.defaults,
      store: config.stores.get(terms.store),
      maxTtlSeconds: config.maxTtlSeconds,
      now,
    });
    if (!draft.ok) return draft;
    const verified = terms.verifyObject ? await verifyObject(terms) : undefined;
    if (verified && !verified.ok) return verified;

    const token = await tokens.fromNonce(takeNonce());
    const password =
      terms.password === undefined
        ? undefined
        : await passwords.hash(terms.password, token, passwords.iterations);
    await alarm.ringBy(Math.min(now + MINT_LEASE_MS, draft.value.limits.expiresAt));

    // From here on in one go: what others did while this one waited counts.
    const refused = refusal(admitted, terms, now);
    if (refused) return denied(refused);
    storage.transactionSync(() => {
      tables.links.add({
        id: token.id,
        app: app.id,
        rootKeyId: token.rootKeyId,
        status: 'pending',
        version: 1,
        settled: false,
        grant: {
          ...draft.value.grant,
          object: verified?.value,
          from: app.publicName,
          recordIp: app.recordIp || undefined,
        },
        limits: { ...draft.value.limits, password },
        note: terms.note,
        tags: terms.tags,
        createdAt: now,
        mintedBy: actor,
      });
      remember(token.id);
    });
    return finish(app.id, token);
  }

  /** Why this mint may not be now, as the app and the key are by now. */
  function refusal(admitted: Admitted, terms: MintTerms, now: Instant): RequestDenial | undefined {
    const app = context.app() ?? admitted.app;
    if (app.suspendedAt !== undefined) return { reason: 'app_suspended' };
    if (!isStillAdmitted(tables.keys, admitted, now)) return { reason: 'unauthenticated' };
    const outside = boundFault({ app, key: admitted.key }, terms);
    if (outside) return { reason: 'outside_bounds', errors: [outside] };
    return quotaDenial(app.quotas, tables.links.counts, now);
  }

  /** A repeated mint: within its bounds it gets the same link, unless that failed. */
  function mintAgain(
    admitted: Admitted,
    id: LinkId,
    nonce: Uint8Array<ArrayBuffer>,
  ): Minted | undefined {
    const link = tables.links.find(id, admitted.app.id);
    if (!link || link.status === 'failed') return undefined;
    return (async () => {
      const reached = catalog.reach(viewOf(admitted), id);
      if (!reached.ok) return reached;
      const token = await tokens.fromNonceUnder(link.rootKeyId, nonce);
      // Without the root key it was minted under the link is dead, and its URL can't be told.
      return token ? finish(admitted.app.id, token) : denied({ reason: 'link_not_found' });
    })();
  }

  /** Brings a pending link to its gate and answers it. Throws `Unavailable` when the gate can't. */
  async function finish(app: string, token: Token): Minted {
    const link = tables.links.get({ id: token.id, app });
    if (link.status === 'pending') await carrier.carry(link);
    const minted = tables.links.get(link);
    // The alarm gave it up while its gate was slow.
    if (minted.status === 'failed') throw new Unavailable('a mint took too long');
    return ok({ link: minted, token: token.text });
  }

  const mint: Minting['mint'] = (admitted, terms, idempotency, now) =>
    idempotent.once({
      actor: admitted.actor,
      idempotency,
      now,
      again: (id, nonce) => mintAgain(admitted, id as LinkId, nonce),
      make: (takeNonce, remember) => mintNew(admitted, terms, takeNonce, remember, now),
    });

  return {
    mint,
    mintMany(admitted, items, idempotency, now) {
      const mintEach = async () => ok(await Promise.all(items.map(mintItem)));

      async function mintItem({ place, terms }: BatchItem): Promise<BatchResult> {
        // No key of a request holds a space.
        const own = idempotency && { ...idempotency, key: `${idempotency.key} ${place}` };
        try {
          const minted = await mint(admitted, terms, own, now);
          if (minted.ok) carrier.cacheGrant(minted.value.link);
          return minted;
        } catch (error) {
          if (error instanceof Unavailable) return denied({ reason: 'unavailable' });
          throw error;
        }
      }

      return idempotent.once({
        actor: admitted.actor,
        idempotency,
        now,
        again: mintEach,
        // The batch is known by its hash from now on, and each link by an entry of its own.
        make: (takeNonce, remember) => {
          takeNonce();
          remember(BATCH);
          return mintEach();
        },
      });
    },
  };
}

export function isOverdue(link: Link, now: Instant): boolean {
  return now >= link.createdAt + MINT_LEASE_MS;
}
