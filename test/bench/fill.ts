// How a ledger gets many links: copies of a real one, among them 50 of each object, of each tag, and one
// key in ten. Each statement makes the copies of a part, so that no transaction is too large for memory.

const LINKS_PER_OBJECT = 50;
/** Of one transaction. */
const ROWS_AT_ONCE = 50_000;

/** Takes groups, the id of the real link, and from and to which number. */
const LINKS = `
  WITH RECURSIVE numbers(n) AS (SELECT CAST(?3 AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?4)
  INSERT INTO links SELECT 'lnk_copy' || n, status, version, settled, ended_at,
    created_at - n, iif(n % 10 = 0, minted_by, 'key_other'), store,
    'reports/' || (n % CAST(?1 AS INTEGER)) || '.pdf',
    json_set(terms, '$.grant.key', 'reports/' || (n % CAST(?1 AS INTEGER)) || '.pdf',
      '$.tags', json_array('tag-' || (n % CAST(?1 AS INTEGER)))),
    expires_at + n, reported
  FROM links, numbers WHERE id = ?2`;

/** Takes groups, and from which number. */
const TAGS = `
  INSERT INTO link_tags SELECT 'tag-' || (substr(id, 9) % CAST(?1 AS INTEGER)), created_at, id FROM links
  WHERE id LIKE 'lnk_copy%' AND CAST(substr(id, 9) AS INTEGER) >= ?2`;

/** Runs the statements of each part in a transaction of its own. */
export async function fillLedger(
  original: string,
  size: number,
  inTransaction: (
    statements: readonly { readonly sql: string; readonly bindings: (string | number)[] }[],
  ) => Promise<void> | void,
): Promise<void> {
  const groups = Math.ceil(size / LINKS_PER_OBJECT);
  for (let start = 0; start < size; start += ROWS_AT_ONCE) {
    const end = Math.min(size, start + ROWS_AT_ONCE);
    await inTransaction([
      { sql: LINKS, bindings: [groups, original, start, end] },
      { sql: TAGS, bindings: [groups, start] },
    ]);
  }
}
