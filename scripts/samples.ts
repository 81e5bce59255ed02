// The objects a local stack starts with: real files, made here.

import { crc32, deflateSync } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { toRfc3986 } from './s3rver.ts';

type Sample = {
  key: string;
  contentType: string;
  body: Buffer;
};

export const SAMPLE_PDF_KEY = 'documents/hallpass-sample.pdf';

/** Every character that has ever broken a signature, in one name. */
const AWKWARD_KEY = `reports/Q3 + 100% "final" – Übersicht 日本語's.txt`;

export const SAMPLES: Sample[] = [
  { key: SAMPLE_PDF_KEY, contentType: 'application/pdf', body: pdf('Hallpass sample') },
  {
    key: 'documents/hello.txt',
    contentType: 'text/plain; charset=utf-8',
    body: Buffer.from('Hello from a private bucket.\n'),
  },
  { key: 'images/gradient.png', contentType: 'image/png', body: png(64, 64) },
  {
    key: AWKWARD_KEY,
    contentType: 'text/plain; charset=utf-8',
    body: Buffer.from('Übersicht für das dritte Quartal: 日本語.\n'),
  },
  { key: 'data/offsets.bin', contentType: 'application/octet-stream', body: offsets(2 ** 21) },
];

export type SampleBucket = {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
};

export async function putSamples({ endpoint, bucket, ...credentials }: SampleBucket) {
  const s3 = new AwsClient({ ...credentials, service: 's3', retries: 0 });
  await Promise.all(
    SAMPLES.map(async ({ key, contentType, body }) => {
      // aws4fetch signs some characters encoded but sends them as they are.
      const path = key.split('/').map((segment) => toRfc3986(encodeURIComponent(segment)));
      const url = `${endpoint}/${bucket}/${path.join('/')}`;
      const headers = { 'Content-Type': contentType };
      const response = await s3.fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
      if (!response.ok) throw new Error(`Putting ${key} failed: ${await response.text()}`);
    }),
  );
}

/** A PDF of one page with one line of text. */
function pdf(line: string): Buffer {
  const content = `BT /F1 36 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  // ISO 32000-1, 7.5.4: an entry is 20 bytes, its end of line included.
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const size = objects.length + 1;
  const xref = file.length;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`;
  file += `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** A PNG with a gradient, 8 bits of red, green and blue a pixel. */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_, x) => [(4 * x) % 256, (4 * y) % 256, 160]);
    return [0, ...pixels.flat()];
  });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.from(rows.flat()));
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Lines of 16 bytes, each saying where it starts: any range shows which one it is. */
function offsets(size: number): Buffer {
  let lines = '';
  for (let offset = 0; offset < size; offset += 16)
    lines += `${String(offset).padStart(15, '0')}\n`;
  return Buffer.from(lines);
}
