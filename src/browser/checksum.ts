// The SHA-256 of what is sent. At most one part or one small file is in memory for it.

/** Base64, as stores have it. */
export async function sha256Of(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
