// The Durable Objects behind the ports of the nouns.

import type { Apps, LedgerOf } from '../apps/ports.ts';
import type { Env } from '../config.ts';
import type { Gates, ReportToLedger } from '../links/ports.ts';
import type { Sessions } from '../operators/ports.ts';
import { callObject } from './call.ts';

/** Of these there is one object each, whatever its name. */
const DIRECTORY_NAME = 'directory';
const SESSIONS_NAME = 'sessions';

export function createGates(env: Env): Gates {
  const gateOf = (id: string) => () => env.GATES.getByName(id);
  return {
    async open(id, facts, wantsGrant) {
      return callObject('gate', gateOf(id), (gate) => gate.open(facts, wantsGrant));
    },
    async openUntil(id) {
      return callObject('gate', gateOf(id), (gate) => gate.openUntil());
    },
    async write(id, record, reported) {
      return callObject('gate', gateOf(id), (gate) => gate.write(record, reported));
    },
    async inspect(id) {
      return callObject('gate', gateOf(id), (gate) => gate.inspect());
    },
    async beginUpload(id, facts, plan) {
      return callObject('gate', gateOf(id), (gate) => gate.beginUpload(facts, plan));
    },
    async findUpload(id, facts, urlEndsAt) {
      return callObject('gate', gateOf(id), (gate) => gate.findUpload(facts, urlEndsAt));
    },
    async noteUpload(id, claim, outcome) {
      return callObject('gate', gateOf(id), (gate) => gate.noteUpload(claim, outcome));
    },
    async stateOf(id) {
      return callObject('gate', gateOf(id), (gate) => gate.state());
    },
    async appOf(id) {
      return callObject('gate', gateOf(id), (gate) => gate.app());
    },
  };
}

export function createLedgers(env: Env): LedgerOf {
  return (app) => {
    const ledgerOf = () => env.LEDGERS.getByName(app);
    type Ledger = ReturnType<typeof ledgerOf>;
    const call = <Answer>(ask: (ledger: Ledger) => Promise<Answer>) =>
      callObject('ledger', ledgerOf, ask);
    return {
      mint: (caller, terms, idempotency) =>
        call((ledger) => ledger.mint(caller, terms, idempotency)),
      mintMany: (caller, items, idempotency, isFurtherPart) =>
        call((ledger) => ledger.mintMany(caller, items, idempotency, isFurtherPart)),
      countLinks: (caller) => call((ledger) => ledger.countLinks(caller)),
      overview: (caller, request) => call((ledger) => ledger.overview(caller, request)),
      metrics: (caller) => call((ledger) => ledger.metrics(caller)),
      readEvents: (caller, filter, after, limit) =>
        call((ledger) => ledger.readEvents(caller, filter, after, limit)),
      latestEvents: (caller, filter, page) =>
        call((ledger) => ledger.latestEvents(caller, filter, page)),
      inspect: (caller, id) => call((ledger) => ledger.inspect(caller, id)),
      change: (caller, id, patch, ifVersion) =>
        call((ledger) => ledger.change(caller, id, patch, ifVersion)),
      revoke: (caller, id) => call((ledger) => ledger.revoke(caller, id)),
      list: (caller, filter, page) => call((ledger) => ledger.list(caller, filter, page)),
      check: (caller, request) => call((ledger) => ledger.check(caller, request)),
      exportPage: (caller, place) => call((ledger) => ledger.exportPage(caller, place)),
      importRecords: (caller, records) => call((ledger) => ledger.importRecords(caller, records)),
      revokeMany: (caller, selection, dryRun) =>
        call((ledger) => ledger.revokeMany(caller, selection, dryRun)),
      createKey: (caller, terms, idempotency) =>
        call((ledger) => ledger.createKey(caller, terms, idempotency)),
      rotateKey: (caller, id, idempotency) =>
        call((ledger) => ledger.rotateKey(caller, id, idempotency)),
      listKeys: (caller) => call((ledger) => ledger.listKeys(caller)),
      revokeKey: (caller, id, withLinks) =>
        call((ledger) => ledger.revokeKey(caller, id, withLinks)),
    };
  };
}

export function createReportToLedger(env: Env): ReportToLedger {
  return (app, report) =>
    callObject(
      'ledger',
      () => env.LEDGERS.getByName(app),
      (ledger) => ledger.report(report),
    );
}

export function createApps(env: Env): Apps {
  const directoryOf = () => env.DIRECTORY.getByName(DIRECTORY_NAME);
  return {
    create: (settings, idempotency) =>
      callObject('directory', directoryOf, (directory) => directory.create(settings, idempotency)),
    list: () => callObject('directory', directoryOf, (directory) => directory.list()),
    find: (id) => callObject('directory', directoryOf, (directory) => directory.find(id)),
    change: (id, change) =>
      callObject('directory', directoryOf, (directory) => directory.change(id, change)),
    restore: (app) => callObject('directory', directoryOf, (directory) => directory.restore(app)),
    reconcile: (id) => callObject('directory', directoryOf, (directory) => directory.reconcile(id)),
  };
}

export function createSessions(env: Env): Sessions {
  const sessionsOf = () => env.SESSIONS.getByName(SESSIONS_NAME);
  return {
    begin: (site, id) => callObject('sessions', sessionsOf, (object) => object.begin(site, id)),
    see: (id, isByHand) => callObject('sessions', sessionsOf, (object) => object.see(id, isByHand)),
    end: (id) => callObject('sessions', sessionsOf, (object) => object.end(id)),
  };
}
