// The gate of one link: keeps its record and decides each open. The rules stand in links/limits.ts.

import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, systemClock } from '../lib/time.ts';
import type { LinkDenial } from '../links/denial.ts';
import { decideOpen } from '../links/limits.ts';
import type { GateRecord, LinkGateObject, OpenFacts, OpenPermit } from '../links/ports.ts';

/** How long an ended link still answers 410 rather than 404. */
const RETENTION_MS = 7 * DAY_MS;

/** Key of the gate's one record in its SQLite-backed key-value storage. */
const RECORD = 'record';

export class LinkGate extends DurableObject<Env> implements LinkGateObject {
  /** Decides in one go: nothing else runs between the reading and the answer. */
  async open(facts: OpenFacts): Promise<Result<OpenPermit, LinkDenial>> {
    const record = this.#read();
    if (!record) return denied({ reason: 'not_found' });
    const decision = decideOpen(record, systemClock());
    if (!decision.ok) return decision;
    return ok({
      expiresAt: decision.value,
      grant: facts.wantsGrant ? record.grant : undefined,
    });
  }

  /** Takes the ledger's record unless it is older than what is here. An end is final. */
  async write(record: GateRecord): Promise<void> {
    const kept = this.#read();
    if (kept && (kept.endedAt !== undefined || kept.version >= record.version)) return;
    this.ctx.storage.kv.put(RECORD, record);
    await this.ctx.storage.setAlarm(purgeAt(record));
  }

  override async alarm(): Promise<void> {
    const record = this.#read();
    if (record && systemClock() < purgeAt(record)) {
      await this.ctx.storage.setAlarm(purgeAt(record));
    } else {
      await this.ctx.storage.deleteAll();
    }
  }

  #read(): GateRecord | undefined {
    return this.ctx.storage.kv.get<GateRecord>(RECORD);
  }
}

function purgeAt(record: GateRecord): number {
  return record.limits.expiresAt + RETENTION_MS;
}
