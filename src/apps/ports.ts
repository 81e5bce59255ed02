// What the verbs on apps and API keys need from outside. objects/ provides it.

import type { Result } from '../lib/result.ts';
import type { LinkPatch } from '../links/change.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { MintCommand, MintedLink } from '../links/ports.ts';
import type { Credential, StoredKey } from './api-key.ts';
import type { App } from './app.ts';

/** Every app of this deployment. Throws `Unavailable` when it can't answer. */
export interface Apps {
  /** Keeps the app and makes its ledger ready. */
  add(app: App): Promise<void>;
}

/** The API keys of one app, in its ledger. Throws `Unavailable` when it can't answer. */
export interface AppKeys {
  /** False when there is no such app. */
  addKey(app: string, key: StoredKey): Promise<boolean>;
}

/** A ledger as its Durable Object, one for each app and named by the app id. */
export interface AppLedgerObject {
  configure(app: App): Promise<void>;
  addKey(key: StoredKey): Promise<boolean>;
  mint(credential: Credential, command: MintCommand): Promise<Result<MintedLink, RequestDenial>>;
  inspect(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>>;
  change(
    credential: Credential,
    id: LinkId,
    patch: LinkPatch,
  ): Promise<Result<Link, RequestDenial>>;
  revoke(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>>;
}

/** The one Durable Object that knows every app. */
export interface DirectoryObject {
  add(app: App): Promise<void>;
}
