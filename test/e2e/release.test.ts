// What has to hold of a release, whatever is in it: one version everywhere, a lock without addresses, and a
// workflow that runs nothing that could change under its name.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

describe('the version', () => {
  it('is the newest of the changelog', () => {
    const [newest] = [...read('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(
      ([, heading]) => heading,
    );
    expect(newest).toBe(version);
  });

  it('is that of the lock and of the API reference', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    expect(lock.version).toBe(version);
    expect(lock.packages['']?.version).toBe(version);
    const { info } = JSON.parse(read('src/schemas/openapi.json')) as { info: { version: string } };
    expect(info.version).toBe(version);
  });
});

describe('what is installed', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    string,
    Record<string, string>
  >;

  it('is named by exact versions', () => {
    for (const range of Object.values({ ...dependencies, ...devDependencies })) {
      expect(range).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
    }
  });

  it('comes from whichever registry npm is set to', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});

describe('the workflow', () => {
  const workflow = read('.github/workflows/ci.yml');
  const lines = workflow.split('\n');

  it('names each action by its commit, and lets none keep a token', () => {
    const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(workflow.match(/persist-credentials: false/g)).toHaveLength(actions.length);
  });

  it('may read the code, and nothing else', () => {
    const permissions = lines.indexOf('permissions:');
    expect(lines.slice(permissions + 1, permissions + 3)).toEqual(['  contents: read', '']);
    expect(workflow.match(/permissions:/g)).toHaveLength(1);
    expect(workflow).not.toMatch(/secrets\.|pull_request_target|write/);
  });

  it('runs what CI runs, and ends', () => {
    expect(workflow).toContain('run: bash .ci/run');
    const jobs = workflow.match(/runs-on:/g);
    expect(workflow.match(/timeout-minutes: \d+/g)).toHaveLength(jobs?.length ?? 0);
    expect(workflow).toContain('cancel-in-progress: true');
  });
});
