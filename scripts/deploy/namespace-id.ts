// Writes the id of the KV namespace into wrangler.toml, and leaves everything else there as it is.

const TABLE = '[[env.production.kv_namespaces]]';
const BINDING = /^\s*binding\s*=\s*["']GRANTS["']/;

/** The text with the id below the binding; `undefined` where the file is laid out in another way. */
export function withNamespaceId(text: string, id: string): string | undefined {
  const lines = text.split('\n');
  const table = lines.findIndex((line) => line.trim() === TABLE);
  const length = lines.slice(table + 1).findIndex((line) => /^\s*\[/.test(line));
  const end = length < 0 ? lines.length : table + 1 + length;
  const binding = lines.findIndex((line, at) => at > table && at < end && BINDING.test(line));
  const hasId = lines.some((line, at) => at > table && at < end && /^\s*id\s*=/.test(line));
  if (table < 0 || binding < 0 || hasId) return undefined;
  return lines.toSpliced(binding + 1, 0, idLine(id)).join('\n');
}

export function idLine(id: string): string {
  return `id = ${JSON.stringify(id)}`;
}
