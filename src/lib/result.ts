// A refusal is a value: what a verb returns is either its value or the denial.

export type Result<Value, Denial> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly denial: Denial };

export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function denied<Denial>(denial: Denial): { readonly ok: false; readonly denial: Denial } {
  return { ok: false, denial };
}
