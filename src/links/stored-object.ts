// What a store says of an object.

export type StoredObject = {
  readonly size: number;
  readonly contentType?: string | undefined;
  readonly etag?: string | undefined;
};
