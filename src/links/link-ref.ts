// What refers to a link without revealing its URL.

export type LinkId = `lnk_${string}`;

/** What an authentic token tells without any storage. */
export type LinkRef = {
  readonly id: LinkId;
  /** The root key of the link's secrets: its token, password and claims. */
  readonly rootKeyId: string;
};
