// Uploads with nothing but curl: two lines to paste, of which the first asks for what the second sends.

import type { LinkDenial } from '../links/denial.ts';
import type { PresignedWrite } from '../links/upload-ports.ts';

/** What an upload is refused with that was not announced, though announced it might be fine. */
const TO_BE_ANNOUNCED: readonly LinkDenial['reason'][] = [
  'announce_first',
  'filename_required',
  'checksum_required',
  'password_required',
];

export function putFault({ reason }: LinkDenial): boolean {
  return TO_BE_ANNOUNCED.includes(reason);
}

export function announceByCurl(url: string): Extract<LinkDenial, { reason: 'announce_first' }> {
  const sentence = 'This link has to know what is sent. With FILE and TYPE replaced:';
  return { reason: 'announce_first', detail: [sentence, ...curlLines(url)].join('\n') };
}

/** With FILE and TYPE to be replaced. */
export function curlLines(url: string): readonly string[] {
  const { origin, pathname } = new URL(url);
  const uploads = `${origin}${pathname.replace(/\/+$/, '')}/uploads`;
  return [
    `curl -fsS -H 'Accept: text/plain' -d size="$(wc -c < FILE)" --data-urlencode contentType=TYPE --data-urlencode filename="$(basename FILE)" --data-urlencode sha256="$(openssl dgst -sha256 -r FILE | cut -c1-64)" ${uploads} -o upload.curl`,
    'curl -fsS -K upload.curl -T FILE',
  ];
}

/** A config file of curl (`-K`): where to send what, and with which headers. */
export function curlConfig({ url, headers }: PresignedWrite): string {
  const lines = Object.entries(headers)
    // curl says it by itself.
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => `header = ${quoted(`${name}: ${value}`)}`);
  return [`url = ${quoted(url)}`, ...lines, ''].join('\n');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
