// Uploads with nothing but curl: two lines to paste, of which the first asks for what the second sends.

import type { LinkDenial } from '../links/denial.ts';
import { MAX_SINGLE_PUT_BYTES } from '../links/part-plan.ts';
import type { PresignedWrite } from '../links/upload-ports.ts';

/** What an upload is refused with that was not announced, though announced it might be fine. */
const TO_BE_ANNOUNCED: readonly LinkDenial['reason'][] = [
  'announce_first',
  'filename_required',
  'checksum_required',
  'password_required',
];

type AnnounceFirst = Extract<LinkDenial, { reason: 'announce_first' }>;

/** Says to a sender with curl what to do instead; `url` is the link's. */
export function curlDenial(denial: LinkDenial, url: string, size: number): LinkDenial {
  const { reason } = denial;
  if (reason === 'announce_first' && size > MAX_SINGLE_PUT_BYTES) return TOO_LARGE;
  if (!TO_BE_ANNOUNCED.includes(reason)) return denial;
  const sentence =
    reason === 'password_required'
      ? 'This link has to know its password. With FILE, TYPE and PASSWORD replaced:'
      : 'This link has to know what is sent. With FILE and TYPE replaced:';
  const lines = curlLines(url, reason === 'password_required');
  return { reason: 'announce_first', detail: [sentence, ...lines].join('\n') };
}

const TOO_LARGE: AnnounceFirst = {
  reason: 'announce_first',
  detail: `A file of more than ${MAX_SINGLE_PUT_BYTES} bytes is sent in parts, which curl can't do by itself: open the link in a browser, or send it with Hallpass' client.`,
};

/** With FILE and TYPE to be replaced, and PASSWORD where one is needed. */
export function curlLines(url: string, needsPassword: boolean): readonly string[] {
  const password = needsPassword ? ' --data-urlencode password=PASSWORD' : '';
  return [
    `curl -fsS -H 'Accept: text/plain' -d size="$(wc -c < FILE)" --data-urlencode contentType=TYPE --data-urlencode filename="$(basename FILE)" --data-urlencode sha256="$(openssl dgst -sha256 -r FILE | cut -c1-64)"${password} '${url}/uploads' -o upload.curl`,
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
