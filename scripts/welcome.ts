// What `npm start` says once everything runs.

import { basename } from 'node:path';
import { styleText } from 'node:util';
import type { SampleLink } from './demo-access.ts';

export type Welcome = {
  gateway: string;
  apiKey: string;
  adminToken: string;
  s3: { endpoint: string; bucket: string } | null;
  sampleLink: SampleLink | null;
  /** What the line that mints a link asks for. */
  terms: { key: string };
};

export function printWelcome(welcome: Welcome): void {
  const { gateway, apiKey, s3, sampleLink } = welcome;
  const links = `${gateway}/v1/links`;
  const authorization = `-H 'Authorization: Bearer ${apiKey}'`;
  const json = `-H 'Content-Type: application/json'`;
  const url = sampleLink?.url ?? '<url>';
  const id = sampleLink?.id ?? '<id>';

  console.log('\nHallpass runs.\n');
  row('Gateway', gateway);
  row('Dashboard', `${gateway}/admin`);
  row('API key', apiKey);
  row('Admin token', welcome.adminToken);
  if (s3) row('S3', `${s3.endpoint}, bucket ${s3.bucket}`);
  if (sampleLink) row('Sample link', `${sampleLink.url} (ends ${timeOf(sampleLink.expiresAt)})`);
  console.log();
  row(
    'Mint',
    `curl -X POST ${links} ${authorization} ${json} -d '${JSON.stringify(welcome.terms)}'`,
  );
  row('Open', `curl -L -o ${basename(welcome.terms.key)} ${url}`);
  row('Revoke', `curl -X DELETE ${links}/${id} ${authorization}`);
  console.log('\nCtrl-C stops it.\n');
}

function row(label: string, value: string): void {
  // Plain where stdout is no terminal or NO_COLOR is set: styleText looks.
  console.log(`  ${styleText('dim', label.padEnd(12))} ${value}`);
}

function timeOf(instant: string): string {
  return new Date(instant).toLocaleTimeString('en-GB');
}
