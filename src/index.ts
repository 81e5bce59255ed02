// The Worker's entry: the app and the Durable Objects that the platform starts.

import { createHallpass } from './app.ts';

export { AppLedger } from './objects/app-ledger.ts';
export { Directory } from './objects/directory.ts';
export { LinkGate } from './objects/link-gate.ts';
export { OperatorLog } from './objects/operator-log.ts';
export { OperatorSessions } from './objects/operator-sessions.ts';
export { WebhookOutbox } from './objects/webhook-outbox.ts';

export default createHallpass();
