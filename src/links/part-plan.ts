// Into which parts an upload is cut. Equal ones but the last, as R2 asks for.

const MEBIBYTE = 1_048_576;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024 * MEBIBYTE;
export const MAX_PARTS = 10_000;
/** Smaller uploads are one request: should it fail, little is sent again. */
export const MAX_SINGLE_PUT_BYTES = 64 * MEBIBYTE;
/** A browser holds a few of them at a time, and each costs one request. */
const MIN_PART_BYTES = 16 * MEBIBYTE;

export type PartPlan = {
  /** Bytes of every part but the last, which may be smaller. */
  readonly partSize: number;
  /** 1 stands for a single PUT, without a multipart upload. */
  readonly partCount: number;
};

/** `size` is a whole number of bytes, up to `MAX_UPLOAD_BYTES`. */
export function partPlan(size: number): PartPlan {
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_UPLOAD_BYTES) {
    throw new RangeError('an upload has from 0 bytes to 5 TiB');
  }
  if (size <= MAX_SINGLE_PUT_BYTES) return { partSize: size, partCount: 1 };
  const needed = Math.ceil(size / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
  const partSize = Math.max(MIN_PART_BYTES, needed);
  return { partSize, partCount: Math.ceil(size / partSize) };
}

/** Bytes of one part; `undefined` where the plan has no such part. */
export function partSizeOf(plan: PartPlan, size: number, partNumber: number): number | undefined {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > plan.partCount) {
    return undefined;
  }
  return partNumber < plan.partCount ? plan.partSize : size - plan.partSize * (plan.partCount - 1);
}
