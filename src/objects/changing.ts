// Changes living links in a ledger: row, event and version first, then the gate.

import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { changeLink, type LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import { isChangeable, type Link } from '../links/link.ts';
import type { PasswordHash } from '../links/password.ts';
import { type Admitted, isStillAdmitted } from './admission.ts';
import { awaitedEnd } from './bulk-ending.ts';
import { endLink } from './ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import { MINT_LEASE_MS } from './minting.ts';

export type Changing = {
  change(
    admitted: Admitted,
    link: Link,
    patch: LinkPatch,
    ifVersion: number | undefined,
    now: Instant,
  ): Promise<Result<Link, RequestDenial>>;
};

export function createChanging(context: LedgerContext): Changing {
  const { config, storage, tables, alarm, carrier, passwords } = context;

  async function hashed(
    password: string | null | undefined,
    link: Link,
  ): Promise<PasswordHash | null | undefined> {
    if (typeof password !== 'string') return password;
    return passwords.hash(password, link, passwords.iterations);
  }

  return {
    async change(admitted, stale, patch, ifVersion, now) {
      const { app, bounds, actor } = admitted;
      const password = await hashed(patch.password, stale);
      await alarm.ringBy(now + MINT_LEASE_MS);

      // From here on in one go: what others changed while the password was hashed counts.
      if (!isStillAdmitted(tables.keys, admitted, now))
        return denied({ reason: 'unauthenticated' });
      const link = tables.links.get(stale);
      if (!isChangeable(link, now)) return denied({ reason: 'link_not_changeable' });
      // Changed, it might not match any more what was already promised to be ended.
      const awaited = awaitedEnd(context, link);
      if (awaited) {
        storage.transactionSync(() => endLink(context, link.id, 'revoked', awaited.actor, now));
        await carrier.tryCarry(tables.links.get(link));
        return denied({ reason: 'link_not_changeable' });
      }
      if (link.version !== (ifVersion ?? link.version)) return denied({ reason: 'link_changed' });
      const changed = changeLink({
        link,
        patch,
        password,
        defaultRateLimit: app.defaults.rateLimit,
        bounds,
        maxTtlSeconds: config.maxTtlSeconds,
        now,
      });
      if (!changed.ok) return changed;
      storage.transactionSync(() => {
        tables.links.change(link, changed.value);
        tables.events.add('link.changed', now, link.id, actor, { fields: Object.keys(patch) });
      });
      await alarm.ringBy(changed.value.limits.expiresAt);
      return ok(await carrier.tryCarry(link));
    },
  };
}
