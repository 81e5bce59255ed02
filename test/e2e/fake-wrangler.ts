// A `wrangler` for the PATH that answers as wrangler 4.155 does (its words and exit codes are from its source)
// and keeps a small Cloudflare in a file. No account can be reached from here.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Call = { readonly args: readonly string[]; readonly stdin: string; account?: string };

export type FakeCloudflare = {
  accounts: { id: string; name: string }[] | null;
  namespaces: { id: string; title: string }[];
  worker: { secrets: Record<string, string>; tag?: string } | null;
  /** The command at which it fails, hangs, or repeats what it was told. */
  failAt?: string;
  hangAt?: string;
  repeatAt?: string;
};

export type FakeWrangler = {
  /** To be put first on the PATH. */
  readonly bin: string;
  read(): FakeCloudflare;
  change(change: Partial<FakeCloudflare>): void;
  calls(): Call[];
  /** The commands since the last look, without their options and without what only reads. */
  changes(): string[];
};

const READS = ['whoami', 'secret list', 'kv namespace list', 'deployments status', 'versions view'];

export function installFakeWrangler(folder: string): FakeWrangler {
  const bin = join(folder, 'bin');
  const [stateFile, callsFile] = [join(folder, 'cloudflare.json'), join(folder, 'calls.jsonl')];
  mkdirSync(bin, { recursive: true });
  const files = `const STATE = ${JSON.stringify(stateFile)};\nconst CALLS = ${JSON.stringify(callsFile)};`;
  const program = `#!${process.execPath}\n${files}\n${PROGRAM}`;
  writeFileSync(join(bin, 'wrangler'), program, { mode: 0o755 });
  const read = () => JSON.parse(readFileSync(stateFile, 'utf8')) as FakeCloudflare;
  const write = (state: FakeCloudflare) => writeFileSync(stateFile, JSON.stringify(state));
  const calls = () => {
    const lines = readFileSync(callsFile, 'utf8').trim().split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Call);
  };
  write({ accounts: [{ id: 'a1', name: 'Acme' }], namespaces: [], worker: null });
  writeFileSync(callsFile, '');
  let seen = 0;
  return {
    bin,
    read,
    change: (change) => write({ ...read(), ...change }),
    calls,
    changes() {
      const since = calls().slice(seen);
      seen += since.length;
      return since
        .filter(({ args }) => !args.includes('--dry-run'))
        .map(({ args }) => args.join(' ').replace(/ --.*$/, ''))
        .filter((command) => !READS.some((read) => command.startsWith(read)));
    },
  };
}

const PROGRAM = String.raw`
import { appendFileSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
const args = process.argv.slice(2);
let stdin = '';
if (/^secret (?:put|bulk)/.test(args.join(' '))) for await (const chunk of process.stdin) stdin += chunk;
const state = JSON.parse(readFileSync(STATE, 'utf8'));
appendFileSync(CALLS, JSON.stringify({ args, stdin, account: process.env.CLOUDFLARE_ACCOUNT_ID }) + '\n');
const save = () => writeFileSync(STATE, JSON.stringify(state));
const json = (value) => console.log('\n' + JSON.stringify(value, null, 2));
const fail = (message) => {
  console.error('\n✘ [ERROR] ' + message + '\n');
  process.exit(1);
};
const is = (name) => args.join(' ').startsWith(name);
if (state.failAt && is(state.failAt) && !args.includes('--dry-run')) fail('A request to the Cloudflare API failed.');
if (state.repeatAt && is(state.repeatAt)) fail('This was no good: ' + stdin);
if (state.hangAt && is(state.hangAt)) setTimeout(() => {}, 60_000);
else if (is('whoami')) {
  json(state.accounts ? { loggedIn: true, authType: 'OAuth Token', accounts: state.accounts } : { loggedIn: false });
  if (!state.accounts) process.exit(1);
} else if (is('secret list')) {
  if (!state.worker) fail('Worker "hallpass" (env: production) not found.\n\nIf this is a new Worker, run wrangler deploy first to create it.');
  json(Object.keys(state.worker.secrets).map((name) => ({ name, type: 'secret_text' })));
} else if (is('kv namespace list')) json(state.namespaces);
else if (is('kv namespace create')) {
  if (state.namespaces.some(({ title }) => title === args[3])) fail('A KV namespace with the title "' + args[3] + '" already exists.');
  state.namespaces.push({ id: 'f00d' + String(state.namespaces.length).padStart(28, '0'), title: args[3] });
  save();
  console.log('🌀 Creating namespace with title "' + args[3] + '"\n✨ Success!');
} else if (is('secret bulk')) {
  state.worker ??= { secrets: {} };
  Object.assign(state.worker.secrets, JSON.parse(stdin));
  delete state.worker.tag;
  save();
  console.log('✨ Successfully created secrets');
} else if (is('secret put')) {
  state.worker ??= { secrets: {} };
  state.worker.secrets[args[2]] = stdin.trimEnd();
  save();
  console.log('✨ Success! Uploaded secret ' + args[2]);
} else if (is('secret delete')) {
  delete state.worker.secrets[args[2]];
  save();
  console.log('✨ Success! Deleted secret ' + args[2]);
} else if (is('deployments status')) {
  if (!state.worker) fail('The Worker hallpass has no deployments.');
  json({ id: 'd1', versions: [{ version_id: 'v1', percentage: 100 }] });
} else if (is('versions view')) {
  json({ id: 'v1', annotations: state.worker.tag ? { 'workers/tag': state.worker.tag } : {} });
} else if (is('deploy')) {
  if (args.includes('--dry-run')) {
    const folder = args[args.indexOf('--outdir') + 1];
    mkdirSync(folder, { recursive: true });
    writeFileSync(folder + '/index.js', 'export default {}');
    writeFileSync(folder + '/README.md', 'built at ' + Date.now());
  } else {
    state.worker ??= { secrets: {} };
    state.worker.tag = args[args.indexOf('--tag') + 1];
    save();
    console.log('Uploaded hallpass');
  }
} else fail('Unknown arguments: ' + args.join(' '));
`;
