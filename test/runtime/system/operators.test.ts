// Operators end links whatever else is down: told once each here, and drawn at random in the histories.

import { runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { json, type MintedOnWire } from '../../support/api.ts';
import type { KvMode, Outage } from './call-faults.ts';
import type { Kind } from './stubs.ts';
import { inNewWorld, type World } from './world.ts';

const DOWNLOAD = { store: 'demo', key: 'reports/q3.pdf', operation: 'download', ttlSeconds: 600 };

const OUTAGES: [string, { objects: Kind[]; kv?: KvMode }][] = [
  ['the directory is down', { objects: ['directory'] }],
  ['the gate is down', { objects: ['gate'] }],
  ['KV is down', { objects: [], kv: 'down' }],
  ['KV takes no writes', { objects: [], kv: 'limited' }],
  ['KV never answers', { objects: [], kv: 'hanging' }],
  ['outboxes are down', { objects: ['outbox'] }],
  [
    'all of these are down but the ledger',
    { objects: ['directory', 'gate', 'outbox'], kv: 'down' },
  ],
];

async function minted({ ask }: World): Promise<MintedOnWire> {
  return json<MintedOnWire>(await ask('POST', '/v1/links', { body: DOWNLOAD }));
}

async function statusOf({ visit }: World, { url }: MintedOnWire): Promise<number> {
  return (await visit(url, { method: 'GET' })).status;
}

function bringDown({ platform }: World, { objects, kv }: { objects: Kind[]; kv?: KvMode }): void {
  for (const kind of objects) platform.outages.set(kind, 'down');
  if (kv) platform.kv = kv;
}

function bringUp({ platform }: World): void {
  platform.outages.clear();
  platform.kv = 'up';
}

describe('an operator', () => {
  it.each(OUTAGES)('ends a link while %s', (_, outage) =>
    inNewWorld(async (_, world) => {
      const { app, ledger, operate } = world;
      const link = await minted(world);
      bringDown(world, outage);
      const body = { app: app.id, ids: [link.id] };
      const response = await operate('POST', '/v1/links/revoke', { body });
      const isCarried = !outage.objects.includes('gate');
      expect(response.status).toBe(isCarried ? 200 : 202);
      expect(await statusOf(world, link)).toBe(isCarried ? 410 : 503);
      bringUp(world);
      if (!isCarried) await runDurableObjectAlarm(ledger());
      expect(await statusOf(world, link)).toBe(410);
    }),
  );

  it.each(OUTAGES)('ends all that a key made, with the key, while %s', (_, outage) =>
    inNewWorld(async (_, world) => {
      const { app, ask, ledger, operate } = world;
      const link = await minted(world);
      bringDown(world, outage);
      const path = `/v1/keys/${app.keyId}?app=${app.id}&revokeLinks=true`;
      expect((await operate('DELETE', path)).status).toBe(200);
      expect((await ask('GET', '/v1/links')).status).toBe(401);
      bringUp(world);
      await runDurableObjectAlarm(ledger());
      expect(await statusOf(world, link)).toBe(410);
    }),
  );

  it.each<Outage>(['down', 'overloaded', 'slow'])(
    'ends a link by its id alone while its gate is %s, for KV knows whose it is',
    (outage) =>
      inNewWorld(async (_, world) => {
        const link = await minted(world);
        world.platform.outages.set('gate', outage);
        const response = await world.operate('DELETE', `/v1/links/${link.id}`);
        expect(response.status).toBe(202);
        bringUp(world);
        await runDurableObjectAlarm(world.ledger());
        expect(await statusOf(world, link)).toBe(410);
      }),
  );
});
