// Every place of src where something outside is asked, and which command and fault of the histories in
// test/runtime/system come to it; or, after `apart`, where it is tested instead, and why. A unit test
// holds this table to the sources, so that a new call site is red until somebody has thought of it.

/** Faults of every call of an object; see `CALL_FAULTS`, and outages. */
const EVERY = 'every fault, and its object down, overloaded or slow';

const objectCalls = {
  'gate.open': `open, redeem, and a look after each command: ${EVERY}`,
  'gate.write': `mint, change, each kind of revocation, the ledger’s alarm: ${EVERY}`,
  'gate.app': `an operator revokes: ${EVERY}`,
  'gate.beginUpload': `upload: ${EVERY}`,
  'gate.findUpload': `upload, complete and abort: ${EVERY}`,
  'gate.noteUpload': `upload, complete and abort: ${EVERY}`,
  'gate.inspect': 'apart: reads only; e2e and runtime/model ask it after each command',
  'gate.openUntil': 'apart: runtime/http/stream, where silence cuts a stream',
  'ledger.mint': `mint, repeat a mint: ${EVERY}`,
  'ledger.mintMany': 'apart: runtime/http/batch; it is `mint`, many times',
  'ledger.change': `change: ${EVERY}`,
  'ledger.revoke': `revoke, an operator revokes: ${EVERY}`,
  'ledger.revokeMany': `an operator insists, or revokes by a filter: ${EVERY}`,
  'ledger.createKey': `an operator makes a key: ${EVERY}`,
  'ledger.revokeKey': `an operator revokes a key, with its links or without: ${EVERY}`,
  'ledger.rotateKey': 'apart: runtime/http/keys; it makes a key as `createKey` does',
  'ledger.report': `the gate’s alarm: ${EVERY}, and again late`,
  'object.configure': `an operator suspends or resumes the app, the directory’s alarm: ${EVERY}, and again late`,
  'ledger.createWebhook': `make a webhook: ${EVERY}`,
  'ledger.changeWebhook': `enable or disable a webhook: ${EVERY}`,
  'ledger.deleteWebhook': `delete a webhook: ${EVERY}`,
  'ledger.rotateWebhook': `rotate a webhook: ${EVERY}`,
  'ledger.disableGone': `an endpoint is gone, the outbox’s alarm: ${EVERY}, and again late`,
  'outbox.take': `whatever makes an event, the ledger’s alarm: ${EVERY}, and again late`,
  'ledger.list': 'a look with each revoked key: the ledger down, overloaded or slow',
  'ledger.countLinks': 'at the end only; apart: runtime/http/keys',
  'ledger.inspect': 'apart: reads only; runtime/model',
  'ledger.overview': 'apart: reads only; runtime/objects/overview, with a silent ledger',
  'ledger.readEvents': 'apart: reads only; runtime/http/events',
  'ledger.latestEvents': 'apart: reads only; runtime/objects/latest-events',
  'ledger.listKeys': 'apart: reads only; runtime/http/keys',
  'ledger.listWebhooks': 'apart: reads only; runtime/http/webhooks',
  'ledger.inspectWebhook': 'apart: reads only; runtime/http/webhooks',
  'ledger.testWebhook': 'apart: runtime/http/webhooks; a test is no event, and nobody waits for it',
  'ledger.listDeliveries': 'apart: reads only; runtime/http/webhooks',
  'ledger.redeliver': 'apart: runtime/objects/webhook-outbox',
  'outbox.find': 'apart: reads only; runtime/http/webhooks',
  'outbox.list': 'apart: reads only; runtime/http/webhooks',
  'outbox.redeliver': 'apart: runtime/objects/webhook-outbox',
  'directory.create': 'apart: runtime/http/keys; a history begins with an app',
  'directory.list': 'apart: reads only; runtime/http/revoke-many',
  'directory.find': 'at the end only; apart: runtime/http/keys',
  'directory.change': `an operator suspends or resumes the app: ${EVERY}`,
  'gate.state': 'apart: reads only; runtime/http/check-app, with a gate that is down',
  'ledger.check': 'apart: runtime/http/check-app',
  'ledger.exportPage': 'apart: reads only; runtime/http/backup',
  'ledger.importRecords': 'apart: runtime/http/backup, half done and repeated',
  'directory.restore': 'apart: runtime/http/backup',
  'directory.reconcile': 'apart: runtime/http/backup',
  'ledger.metrics': 'apart: reads only; runtime/http/metrics, with a silent ledger',
  'outbox.backlog': 'apart: reads only; runtime/http/metrics, with a silent outbox',
  'object.begin': 'apart: runtime/http/admin-sign-in; without sessions there is the API',
  'object.see': 'apart: runtime/http/admin-sign-in',
  'object.end': 'apart: runtime/http/admin-sign-in',
};

const others = {
  'storage/kv-grants.ts kv.get': 'open, an operator revokes: down, stale, no answer',
  'storage/kv-grants.ts kv.put':
    'mint, and each revocation of an edge link: down, 429, lost, no answer',
  'objects/alarm.ts getAlarm': 'ledger and gate: the object dies before or after it',
  'objects/alarm.ts setAlarm': 'ledger and gate: the object dies before or after it',
  'objects/directory.ts setAlarm': 'the directory dies before or after it',
  'objects/link-gate.ts setAlarm': 'the gate dies before or after it',
  'objects/operator-sessions.ts getAlarm': 'apart: runtime/http/admin-sign-in',
  'objects/operator-sessions.ts setAlarm': 'apart: runtime/http/admin-sign-in',
  'objects/webhook-outbox.ts getAlarm': 'the outbox dies before or after it',
  'objects/webhook-outbox.ts setAlarm': 'the outbox dies before or after it',
  'objects/webhook-outbox.ts fetch':
    'the endpoint fails, is gone, hangs, redirects to this machine, breaks off, or is out of reach',
  'objects/link-gate.ts fetch': 'the gate looks after uploads: the store fails, hangs, forbids',
  'objects/ledger-context.ts fetch': 'apart: e2e/verify-object; a mint with `verifyObject`',
  'stores/ask-store.ts fetch': 'complete, and the gate’s alarm: the store fails, hangs, forbids',
  'stores/fetch-object.ts fetch': 'apart: runtime/http/stream and e2e/stream',
  'stores/probe-store.ts fetch':
    'apart: runtime/http/stores; it asks for operators, and keeps nothing',
  'services.ts fetch':
    'complete an upload: the store fails, hangs, forbids; others as of their files',
  'services.ts limit': 'apart: runtime/http/redeem; without an answer the gate alone decides',
  'http/access.ts fetch': 'apart: runtime/http/admin-access; it lets nobody in without an answer',
};

/** Storage is no call site of its own: it fails with its object, and objects die anywhere. */
export const IO_SITES: Readonly<Record<string, string>> = { ...objectCalls, ...others };
