// What a client throws when the store refuses.

/** A refusal by the store, without the store's own words: they may hold the URL. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly status: number;

  constructor(status: number) {
    super(`The store answered ${status}.`);
    this.status = status;
  }
}
