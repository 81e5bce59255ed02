// SHA-256 as stores write it: base64, of 32 bytes.

/** 43 characters hold 258 bits: the last one has two to spare, which are zero. */
const BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const HEX = /^[0-9a-fA-F]{64}$/;
/** What S3 says of an object in parts: of the checksums, and how many they are. */
const COMPOSITE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=-[1-9]\d{0,4}$/;

/** Takes base64 or hex; `undefined` for what is no SHA-256. */
export function sha256InBase64(text: string): string | undefined {
  if (BASE64.test(text)) return text;
  if (!HEX.test(text)) return undefined;
  const bytes = text.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}

export function isCompositeSha256(text: string): boolean {
  return COMPOSITE.test(text);
}
