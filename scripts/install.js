// Runs `npm ci` when node_modules is missing or older than package-lock.json, so that `npm start`
// and `npm test` work in a fresh clone. Plain JavaScript: it runs on whatever Node npm runs on.

import { spawnSync } from 'node:child_process';
import { statSync, utimesSync } from 'node:fs';

const LOCK = 'package-lock.json';
const INSTALLED = 'node_modules/.package-lock.json';

if (changedAt(INSTALLED) < changedAt(LOCK)) install();

function install() {
  const npm = process.env.npm_execpath;
  if (!npm) fail('Start this through npm (npm start, npm test): it installs what is missing.');

  // Not on stdout: `npm run -s cli` answers programs there.
  console.error('Installing what is missing (npm ci) …');
  // The Node that runs npm, not the one in node_modules, which npm ci is about to replace.
  const node = process.env.npm_node_execpath ?? process.execPath;
  // Warnings that a newer Node is wanted are noise (node_modules brings it): shown on failure only.
  const npmCi = spawnSync(node, [npm, 'ci'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (npmCi.status !== 0) {
    process.stderr.write(npmCi.stdout);
    process.stderr.write(npmCi.stderr);
    fail('npm ci failed: see above.');
  }
  // npm may leave the marker older than the lock, which would install again each time.
  const now = Math.max(Date.now(), changedAt(LOCK)) / 1000;
  utimesSync(INSTALLED, now, now);
}

/** @param {string} path */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
