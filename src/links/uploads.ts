// A recipient uploads through a link: begins, gets URLs, completes or gives up. The gate says whether, the
// store says what is there.

import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import { isOnlyIfAbsent } from './begin-upload.ts';
import { isClaim } from './claim.ts';
import type { LinkDenial } from './denial.ts';
import type { LinkRef } from './link-ref.ts';
import { factsOf, type OpenRequest, type OpenServices } from './open.ts';
import { partSizeOf } from './part-plan.ts';
import type { UploadAnswer, UploadPlan } from './ports.ts';
import type { Upload } from './upload.ts';
import { objectOf } from './upload-key.ts';
import type {
  PartRequest,
  PresignedPart,
  PresignedWrite,
  UploadOrigin,
  UploadStore,
} from './upload-ports.ts';

export type UploadServices = Omit<OpenServices, 'presign' | 'grants'> & {
  readonly uploadStore: UploadStore;
  readonly uploadOrigin: UploadOrigin;
  /** No URL of any store lives longer. */
  readonly longestUrlSeconds: number;
  readonly hasChecksums: (store: string) => boolean;
  readonly drawUnique: () => string;
};

/** Whoever sends; the claim stands for the one upload. */
export type Sender = Pick<OpenRequest, 'token' | 'address' | 'country' | 'notice'> & {
  readonly claim: string;
  readonly password?: string | undefined;
};

export type Announcement = Omit<UploadPlan, 'urlEndsAt' | 'unique'>;

export type Found = Extract<UploadAnswer, { kind: 'upload' }> & { readonly link: LinkRef };

export type BegunUpload = {
  readonly upload: Upload;
  readonly expiresAt: Instant;
  /** Of an upload in one piece that has not arrived yet. */
  readonly put?: PresignedWrite | undefined;
};

type Ruled<Value> = Promise<Result<Value, LinkDenial>>;

/** Spends a use for a new claim. Refuses with any `LinkDenial`. */
export async function beginUploadLink(
  services: UploadServices,
  sender: Sender,
  announcement: Announcement,
): Ruled<BegunUpload> {
  const found = await askGate(services, sender, async (link, facts) =>
    services.gates.beginUpload(link.id, facts, {
      ...announcement,
      urlEndsAt: urlEnd(services),
      unique: services.drawUnique(),
    }),
  );
  if (!found.ok) return found;
  const { upload, grant, expiresAt } = found.value;
  if (upload.state === 'uploaded') return ok({ upload, expiresAt });
  const object = objectOf(grant, upload);
  if (upload.plan.partCount === 1) {
    // Where the store checks none, one that nobody asked for is left out.
    const sha256 = services.hasChecksums(grant.store) ? upload.sha256 : undefined;
    const request = { ...upload, sha256, ifAbsent: isOnlyIfAbsent(grant), expiresAt };
    const put = await services.uploadStore.presignPut(object, request);
    return put.ok ? ok({ upload, expiresAt, put: put.value }) : put;
  }
  const begun = await beginParts(services, found.value);
  return begun.ok ? ok({ upload: begun.value, expiresAt }) : begun;
}

/** One multipart upload, though two that ask at once both begin one. */
async function beginParts(services: UploadServices, found: Found): Ruled<Upload> {
  const { upload, grant, link } = found;
  if (upload.multipartId !== undefined) return ok(upload);
  const { uploadStore, gates } = services;
  const object = objectOf(grant, upload);
  const checksum = grant.upload?.checksum === 'required';
  const begun = await uploadStore.beginMultipart(object, {
    contentType: upload.contentType,
    checksum,
  });
  if (!begun.ok) return begun;
  const { multipartId } = begun.value;
  const outcome = { kind: 'multipart', multipartId } as const;
  const noted = await gates.noteUpload(link.id, upload.claim, outcome);
  if (noted?.multipartId === multipartId) return ok(noted);
  await uploadStore.abortMultipart(object, multipartId);
  return noted ? ok(noted) : denied({ reason: 'upload_not_found' });
}

/** An upload that goes on. With `forUrls` URLs are about to be given out for it. */
export function findUpload(
  services: UploadServices,
  sender: Sender,
  options: { readonly forUrls?: boolean } = {},
): Ruled<Found> {
  const urlEndsAt = options.forUrls ? urlEnd(services) : undefined;
  return askGate(services, sender, (link, facts) =>
    services.gates.findUpload(link.id, facts, urlEndsAt),
  );
}

/** Refuses with `part_unknown` or `checksum_required` besides what the gate refuses with. */
export async function signParts(
  services: UploadServices,
  sender: Sender,
  wanted: readonly { readonly partNumber: number; readonly sha256?: string | undefined }[],
): Ruled<PresignedPart[]> {
  const found = await findUpload(services, sender, { forUrls: true });
  if (!found.ok) return found;
  const { upload, grant, expiresAt } = found.value;
  if (upload.multipartId === undefined) return denied({ reason: 'upload_gone' });
  const parts: PartRequest[] = [];
  for (const [index, { partNumber, sha256 }] of wanted.entries()) {
    const size = partSizeOf(upload.plan, upload.size, partNumber);
    if (size === undefined) {
      const detail = `must be from 1 to ${upload.plan.partCount}`;
      const errors = [{ pointer: `/partNumbers/${index}`, detail }];
      return denied({ reason: 'part_unknown', errors });
    }
    const isChecked = grant.upload?.checksum === 'required';
    if (isChecked && sha256 === undefined) return denied({ reason: 'checksum_required' });
    // The store takes none for an upload that was begun without.
    parts.push({ partNumber, size, sha256: isChecked ? sha256 : undefined });
  }
  const object = objectOf(grant, upload);
  return services.uploadStore.presignParts(object, upload.multipartId, parts, expiresAt);
}

/** What the sender has sent so far of an upload in parts. */
export async function arrivedParts(
  services: UploadServices,
  { upload, grant }: Found,
): Ruled<readonly { readonly partNumber: number; readonly size: number }[]> {
  if (upload.multipartId === undefined || upload.state !== 'begun') return ok([]);
  return services.uploadStore.listParts(objectOf(grant, upload), upload.multipartId);
}

/** Gives an upload up; what was sent of it is forgotten. May be repeated. */
export async function abortUpload(services: UploadServices, sender: Sender): Ruled<Upload> {
  const found = await findUpload(services, sender);
  if (!found.ok) return found;
  const { upload, grant, link } = found.value;
  if (upload.state === 'uploaded') return ok(upload);
  if (upload.multipartId !== undefined) {
    const object = objectOf(grant, upload);
    const aborted = await services.uploadStore.abortMultipart(object, upload.multipartId);
    if (!aborted.ok) return aborted;
  }
  const noted = await services.gates.noteUpload(link.id, upload.claim, { kind: 'aborted' });
  return ok(noted ?? upload);
}

async function askGate(
  services: UploadServices,
  { token, claim, notice, ...sender }: Sender,
  ask: (link: LinkRef, facts: Awaited<ReturnType<typeof factsOf>>) => Promise<UploadAnswer>,
): Ruled<Found> {
  if (!isClaim(claim)) return denied({ reason: 'claim_invalid' });
  const link = await services.tokens.read(token);
  if (!link) return denied({ reason: 'not_found' });
  notice?.({ link: link.id });
  if (!(await services.floods(link.id))) return denied({ reason: 'flooded' });
  const request = { ...sender, method: 'GET', claim: { value: claim, redeems: true } } as const;
  const askWith = async (iterations: number) => {
    const facts = await factsOf(services, request, link, iterations);
    return ask(link, { ...facts, intent: 'upload' });
  };
  const first = await askWith(services.passwords.iterations);
  const answer = first.kind === 'rehash' ? await askWith(first.iterations) : first;
  if (answer.kind === 'upload') {
    notice?.({ app: answer.grant.app });
    return ok({ ...answer, link });
  }
  return denied(answer.kind === 'deny' ? answer.denial : { reason: 'password_required' });
}

function urlEnd({ clock, longestUrlSeconds }: UploadServices): Instant {
  return clock() + longestUrlSeconds * SECOND_MS;
}
