// JSON Merge Patch (RFC 7396): an object is merged field by field, null takes a field away, anything
// else replaces. And the patch between two things.

export type MergePatch<Target> = {
  readonly [Field in keyof Target]?: Patched<Exclude<Target[Field], undefined>> | undefined | null;
};

type Patched<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? MergePatch<Value>
    : Value;

/** The schema of a patch has to refuse null where a field may not be missing. */
export function mergePatch<Target extends object>(
  target: Target,
  patch: MergePatch<Target>,
): Target {
  const merged = { ...target } as Record<string, unknown>;
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else if (isObject(value)) merged[field] = mergePatch(objectOr(merged[field]), value);
    else if (value !== undefined) merged[field] = value;
  }
  return merged as Target;
}

/** The patch that makes one thing of another: what they have in common it leaves alone. */
export function patchBetween<Target extends object>(from: Target, to: Target): MergePatch<Target> {
  const [before, after] = [from, to] as Record<string, unknown>[];
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [was, is] = [before?.[field], after?.[field]];
    if (is === undefined) {
      if (was !== undefined) patch[field] = null;
    } else if (JSON.stringify(was) !== JSON.stringify(is)) {
      patch[field] = isObject(was) && isObject(is) ? patchBetween(was, is) : is;
    }
  }
  return patch as MergePatch<Target>;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOr(value: unknown): object {
  return isObject(value) ? value : {};
}
