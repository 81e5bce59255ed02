// Signature Version 4 as a server checks it, written from the specification and sharing no code
// with src/. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

/** The request as it goes over the wire: everything in its URL counts as sent. */
export type SentRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The canonical request of what was sent: whatever wasn't signed makes it a different one. */
export function canonicalRequest({ method, url, headers = {} }: SentRequest): string {
  const [, host = '', path = '', search = ''] =
    /^https?:\/\/([^/]+)(\/[^?]*)\?(.*)$/.exec(url) ?? [];
  const parameters = search
    .split('&')
    .map((parameter) => parameter.split('=').map(decodeURIComponent))
    .filter(([name]) => name !== 'X-Amz-Signature');
  const signedHeaders = parameters.find(([name]) => name === 'X-Amz-SignedHeaders')?.[1] ?? '';
  const sent: Record<string, string> = { ...headers, host };
  return [
    method,
    path.split('/').map(decodeURIComponent).map(uriEncode).join('/'),
    parameters
      .map((parameter) => parameter.map(uriEncode).join('='))
      .sort()
      .join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${sent[name]}`),
    '',
    Object.keys(sent).sort().join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** The signature a server expects of a request that has this canonical form. */
export async function signatureOf(
  canonical: string,
  scope: { secretAccessKey: string; datetime: string; region: string },
): Promise<string> {
  const day = scope.datetime.slice(0, 8);
  let key = bytesOf(`AWS4${scope.secretAccessKey}`);
  for (const part of [day, scope.region, 's3', 'aws4_request']) key = await hmac(key, part);
  const digest = await crypto.subtle.digest('SHA-256', bytesOf(canonical));
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    scope.datetime,
    `${day}/${scope.region}/s3/aws4_request`,
    hexOf(new Uint8Array(digest)),
  ].join('\n');
  return hexOf(await hmac(key, stringToSign));
}

/** UTF-8 bytes other than A–Z a–z 0–9 - . _ ~ as %XX. */
function uriEncode(text: string): string {
  return [...bytesOf(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9._~-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

async function hmac(key: Bytes, text: string): Promise<Bytes> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytesOf(text)));
}

function bytesOf(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

function hexOf(bytes: Bytes): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
