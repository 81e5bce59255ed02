// Which uploads this browser has begun through the link: by their claims they go on after a reload.

export type KeptUpload = {
  readonly claim: string;
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** As it was announced: chosen again the same file may seem to be of another type. */
  readonly type: string;
};

type Kept = { readonly endsAt: number; readonly uploads: readonly KeptUpload[] };

const PREFIX = 'uploads:';
const CLAIM_BYTES = 16;

export type KeptUploads = ReturnType<typeof createKeptUploads>;

/** Where a browser keeps nothing, uploads work but don't outlive the page. */
export function createKeptUploads(path: string, endsAt: number) {
  const storage = openStorage();
  const key = PREFIX + path;
  let uploads = readKept(storage, key)?.uploads ?? [];
  if (storage) dropEnded(storage);

  function keep(changed: readonly KeptUpload[]): void {
    uploads = changed;
    try {
      if (uploads.length === 0) storage?.removeItem(key);
      else storage?.setItem(key, JSON.stringify({ endsAt, uploads } satisfies Kept));
    } catch {
      // It is full, or was taken away.
    }
  }

  return {
    all: () => uploads,
    /** The upload of the same file; a file is the same by its name, its size and when it changed. */
    of: (file: File) => uploads.find((kept) => isSame(kept, file)),
    add(file: File): KeptUpload {
      const { name, size, lastModified, type } = file;
      const upload = { claim: drawClaim(), name, size, lastModified, type };
      keep([...uploads.filter((kept) => !isSame(kept, file)), upload]);
      return upload;
    },
    forget({ claim }: KeptUpload): void {
      keep(uploads.filter((kept) => kept.claim !== claim));
    },
  };
}

function isSame(kept: KeptUpload, { name, size, lastModified }: File): boolean {
  return kept.name === name && kept.size === size && kept.lastModified === lastModified;
}

function openStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function readKept(storage: Storage | undefined, key: string): Kept | undefined {
  try {
    return JSON.parse(storage?.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Links that have ended take nothing any more. */
function dropEnded(storage: Storage): void {
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(PREFIX)) continue;
    if ((readKept(storage, key)?.endsAt ?? 0) < Date.now()) storage.removeItem(key);
  }
}

function drawClaim(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CLAIM_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
