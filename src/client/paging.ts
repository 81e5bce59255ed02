// Lists as async iterators: the next page is asked for when it is needed.

type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

export async function* pages<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
