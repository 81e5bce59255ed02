// `npm run soak`: what takes minutes to show. Many links, one link that everybody opens, and a gateway that
// is killed again and again; prints what it measured and exits with 1 where a promise did not hold.

import { parseArgs } from 'node:util';
import { makeFolder, removeFolder } from '../test/e2e/stack.ts';
import { soakFlood } from './soak/flood.ts';
import { soakKills } from './soak/kills.ts';
import { soakScale } from './soak/scale.ts';
import { stop } from './stop.ts';

const PARTS = { scale: soakScale, flood: soakFlood, kills: soakKills };

const HELP = `Usage: npm run soak -- [part] [options]

  scale   mints many links: time per mint, time until all counts are in, storage per link
  flood   opens one link 1,000 times a second while others are opened as usual
  kills   kills the gateway in the middle of work, again and again, and looks for anything lost

Without a part, all of them: about ten minutes.

  --links <n>   how many links scale mints (5000)
  --kills <n>   how often kills kills (50)
  --seconds <n> for how long flood opens (20)
`;

const options = {
  links: { type: 'string', default: '5000' },
  kills: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '20' },
  help: { type: 'boolean', default: false },
} as const;

const { values, positionals } = parseArgs({ options, allowPositionals: true });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(PARTS);
const unknown = chosen.find((part) => !Object.hasOwn(PARTS, part));
if (unknown !== undefined) stop(`"${unknown}" is no part of the soak. See npm run soak -- --help.`);

const sizes = {
  links: numberOf('links'),
  kills: numberOf('kills'),
  seconds: numberOf('seconds'),
};
const broken: string[] = [];
for (const part of chosen) {
  const folder = makeFolder();
  console.log(`\n${part}`);
  try {
    broken.push(...(await PARTS[part as keyof typeof PARTS](folder, sizes)));
  } finally {
    removeFolder(folder);
  }
}
for (const promise of broken) console.error(`BROKEN: ${promise}`);
console.log(broken.length === 0 ? '\nEvery promise held.' : '');
process.exitCode = broken.length === 0 ? 0 : 1;

function numberOf(name: 'links' | 'kills' | 'seconds'): number {
  const number = Number(values[name]);
  return Number.isSafeInteger(number) && number > 0
    ? number
    : stop(`--${name} must be a whole number of 1 or more.`);
}
