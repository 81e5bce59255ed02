// What the answers of a store come to: which settings it needs, and whether Hallpass can keep its promises.

import type { Store } from '../../src/config.ts';
import { CAPABILITIES, type Capability, type Check, type Verdict } from './check.ts';

export type Asked = Pick<Check, 'name' | 'what' | 'backs'> & Verdict & { readonly area: string };

export type Capabilities = Readonly<Record<Capability, boolean>>;

/** A store can do only what it was seen to do in all respects. */
export function capabilitiesBy(asked: readonly Asked[]): Capabilities {
  const entries = CAPABILITIES.map((capability) => {
    const about = asked.filter(({ backs }) => backs === capability);
    return [capability, about.length > 0 && about.every(({ answer }) => answer === 'yes')] as const;
  });
  return Object.fromEntries(entries) as Capabilities;
}

/** Names of what a promise stands on and wasn't seen: no setting makes up for it. */
export function brokenPromises(asked: readonly Asked[]): string[] {
  return asked
    .filter(({ backs, answer }) => backs === 'promise' && answer !== 'yes')
    .map(({ name }) => name);
}

/** For wrangler.toml. */
export function storeTable(store: Store, capabilities: Capabilities): string {
  const able = CAPABILITIES.map((capability) => `${capability} = ${capabilities[capability]}`);
  return [
    `[vars.STORES.${store.alias}]`,
    `endpoint = ${JSON.stringify(store.endpoint)}`,
    `region = ${JSON.stringify(store.region)}`,
    `bucket = ${JSON.stringify(store.bucket)}`,
    `addressing = ${JSON.stringify(store.addressing)}`,
    `accessKeyId = ${JSON.stringify(store.accessKeyId)}`,
    `capabilities = { ${able.join(', ')} }`,
  ].join('\n');
}
