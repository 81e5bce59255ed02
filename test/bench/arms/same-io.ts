// The least Worker that does the I/O of a strong open and nothing else: one read of KV, one call of an
// object that counts and writes behind as a gate does, `AwsClient.sign` as it comes, a redirect.

import { DurableObject } from 'cloudflare:workers';
import { AwsClient } from 'aws4fetch';

type Env = { GRANTS: KVNamespace; GATES: DurableObjectNamespace<Gate>; SECRET: string };

const GRANT = { store: 'demo', key: 'reports/q3.pdf' };
const BUCKET = 'https://s3.eu-central-1.amazonaws.com/private-bucket';
const URL_SECONDS = 60;
const LINK_MS = 3_600_000;
/** As a gate writes its counts. */
const WRITE_BEHIND_MS = 5_000;

let client: AwsClient | undefined;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice(1);
    const grant = await env.GRANTS.get<typeof GRANT>(id, { type: 'json', cacheTtl: 30 });
    // The warm-up finds nothing yet.
    if (!grant) await env.GRANTS.put(id, JSON.stringify(GRANT));
    const { expiresAt } = await env.GATES.getByName(id).open({ method: 'GET', site: '' });
    if (Date.now() >= expiresAt) return new Response(null, { status: 410 });
    client ??= new AwsClient({
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: env.SECRET,
      service: 's3',
      region: 'eu-central-1',
    });
    const { key } = grant ?? GRANT;
    const signed = await client.sign(`${BUCKET}/${key}?X-Amz-Expires=${URL_SECONDS}`, {
      aws: { signQuery: true },
    });
    return new Response(null, { status: 302, headers: { Location: signed.url } });
  },
};

export class Gate extends DurableObject<Env> {
  #opens = this.ctx.storage.kv.get<number>('opens') ?? 0;
  readonly #expiresAt = Date.now() + LINK_MS;
  #isAlarmSet = false;

  async open(_facts: { method: string; site: string }): Promise<{ expiresAt: number }> {
    this.#opens += 1;
    if (!this.#isAlarmSet) {
      this.#isAlarmSet = true;
      const armed = this.ctx.storage.setAlarm(Date.now() + WRITE_BEHIND_MS, {
        allowUnconfirmed: true,
      });
      this.ctx.waitUntil(armed);
    }
    return { expiresAt: this.#expiresAt };
  }

  override async alarm(): Promise<void> {
    this.ctx.storage.kv.put('opens', this.#opens);
    this.#isAlarmSet = false;
  }
}
