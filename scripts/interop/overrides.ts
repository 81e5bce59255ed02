// What a presigned URL asks of the answer: under which name, as what type, and that nobody keeps it.

import type { Grant } from '../../src/links/grant.ts';
import { responseOverrides } from '../../src/stores/response-overrides.ts';
import type { Answer } from './ask.ts';
import { type Area, unless, type Verdict } from './check.ts';
import { grantOf, open, type Trial } from './trial.ts';

/** Names that headers, URLs and signatures easily get wrong. */
const NAMES = [
  'report.pdf',
  'two words.pdf',
  'a+b & c=d, e;f?.txt',
  'the "final" version (1).doc',
  "it's 100%.txt",
  'Übersicht – Straße.pdf',
  '日本語.pdf',
  '\u{1f389} party.png',
  'שלום.txt',
  'C:\\temp\\x.bat',
  `${'n'.repeat(196)}.txt`,
];

export const overrides: Area = {
  title: 'Response overrides in a presigned URL',
  checks: [
    {
      name: 'override-disposition',
      what: `Content-Disposition is as asked, with ${NAMES.length} awkward names, shown or saved`,
      backs: 'responseOverrides',
      run: disposition,
    },
    {
      name: 'override-type',
      what: 'Content-Type is as asked',
      backs: 'responseOverrides',
      run: (trial) => overridden(trial, { contentType: 'text/plain; charset="utf-8"' }),
    },
    {
      name: 'override-cache',
      what: 'Cache-Control is as asked',
      backs: 'responseOverrides',
      run: (trial) => overridden(trial, {}),
    },
    {
      name: 'override-range',
      what: 'a Range is answered so too',
      backs: 'responseOverrides',
      run: (trial) => overridden(trial, {}, { headers: { Range: 'bytes=0-0' }, status: 206 }),
    },
    {
      name: 'override-head',
      what: 'HEAD takes such a URL too',
      backs: 'responseOverrides',
      run: head,
    },
  ],
};

/** By the parameter that asks for each header. */
const HEADERS: Readonly<Record<string, string>> = {
  'response-cache-control': 'Cache-Control',
  'response-content-disposition': 'Content-Disposition',
  'response-content-type': 'Content-Type',
};

async function disposition(trial: Trial): Promise<Verdict> {
  for (const filename of NAMES) {
    for (const shown of ['attachment', 'inline'] as const) {
      const verdict = await overridden(trial, { filename, disposition: shown });
      if (verdict.answer !== 'yes') return { ...verdict, note: `${filename}: ${verdict.note}` };
    }
  }
  return unless();
}

async function overridden(
  trial: Trial,
  terms: Partial<Grant>,
  { headers = {}, status = 200 }: { headers?: Record<string, string>; status?: number } = {},
): Promise<Verdict> {
  const grant = grantOf(trial, trial.sample.key, terms);
  const answer = await open(trial, grant, { headers, presign: trial.presignNamed });
  return unless(
    [answer.status !== status, `it answers ${answer.status}`],
    ...differences(grant, answer),
  );
}

function differences(grant: Grant, { headers }: Answer) {
  return Object.entries(responseOverrides(grant)).map(([parameter, wanted]) => {
    const header = HEADERS[parameter] ?? parameter;
    const given = headers.get(header);
    return [given !== wanted, `${header} is ${JSON.stringify(given)}`] as const;
  });
}

async function head(trial: Trial): Promise<Verdict> {
  const grant = grantOf(trial, trial.sample.key);
  const { status } = await open(trial, grant, { method: 'HEAD', presign: trial.presignNamed });
  return unless([status !== 200, `it answers ${status}`]);
}
