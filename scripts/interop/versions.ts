// Links that pin one version of an object.

import { equals, isGiven } from './ask.ts';
import { type Area, cannot, no, unless, type Verdict } from './check.ts';
import { grantOf, numbered, open, put, type Trial } from './trial.ts';

/** Well formed where versions are, and nobody's. */
const NOBODYS = '0000000000000000000000000000000000';

export const versions: Area = {
  title: 'Versions',
  checks: [
    {
      name: 'version',
      what: 'versionId gives that version and not the newest, and is refused where there is none',
      backs: 'versions',
      run: pinnedVersion,
    },
  ],
};

async function pinnedVersion(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('versions.bin');
  const [older, newer] = [numbered(400), numbered(500)];
  const first = await put(trial, key, older);
  const second = await put(trial, key, newer);
  if (!isGiven(first) || !isGiven(second)) return cannot('the object could not be written twice');
  const unknown = await open(trial, grantOf(trial, key, { versionId: NOBODYS }));
  if (isGiven(unknown)) return no('it is ignored, and the newest given');
  const versionId = first.headers.get('x-amz-version-id') ?? 'null';
  if (versionId === 'null') return no('the bucket keeps no versions');
  const { status, body } = await open(trial, grantOf(trial, key, { versionId }));
  return unless(
    [status !== 200, `it answers ${status}`],
    [!equals(body, older), 'another version is given'],
  );
}
