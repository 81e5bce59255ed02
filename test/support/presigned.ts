// Reads a presigned URL as its store does.

/** The instant from which S3 refuses it, in milliseconds since 1970. */
export function presignedEnd(url: URL): number {
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const iso = date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) + Number(url.searchParams.get('X-Amz-Expires')) * 1_000;
}
