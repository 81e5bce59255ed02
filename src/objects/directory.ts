// The directory: one object that knows every app of this deployment.

import { DurableObject } from 'cloudflare:workers';
import type { App } from '../apps/app.ts';
import type { DirectoryObject } from '../apps/ports.ts';
import type { Env } from '../config.ts';
import { callObject } from './call.ts';

export class Directory extends DurableObject<Env> implements DirectoryObject {
  /** The ledger comes first, so that an app in the directory always has one. */
  async add(app: App): Promise<void> {
    const ledger = () => this.env.LEDGERS.getByName(app.id);
    await callObject('ledger', ledger, (object) => object.configure(app));
    this.ctx.storage.kv.put(`app:${app.id}`, app);
  }
}
