// What a form's texts stand for, so that the same schemas check forms and JSON. What isn't what it
// should be stays the text that it is, for the schema to refuse.

/** A field that was left empty was not given. */
export function textIn(fields: URLSearchParams, name: string): string | undefined {
  return fields.get(name)?.trim() || undefined;
}

export function numberIn(fields: URLSearchParams, name: string): number | string | undefined {
  const text = textIn(fields, name);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

/** A list written with commas or line breaks. */
export function listIn(fields: URLSearchParams, name: string): string[] | undefined {
  const items = (fields.get(name) ?? '').split(/[,\n]/).map((item) => item.trim());
  const given = items.filter((item) => item !== '');
  return given.length > 0 ? given : undefined;
}

/** A list with one a line, whose items may have commas and spaces. */
export function linesIn(fields: URLSearchParams, name: string): string[] | undefined {
  const given = (fields.get(name) ?? '').split(/\r?\n/).filter((line) => line.trim() !== '');
  return given.length > 0 ? given : undefined;
}

/** A box that isn't checked isn't sent. */
export function isChecked(fields: URLSearchParams, name: string): boolean {
  return fields.has(name);
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** Seconds from a number and, in the field whose name ends in `Unit`, its unit. */
export function secondsIn(fields: URLSearchParams, name: string): number | string | undefined {
  const amount = numberIn(fields, name);
  const unit = UNITS[fields.get(`${name}Unit`) ?? ''] ?? 1;
  return typeof amount === 'number' ? amount * unit : amount;
}

/** The fields that were given. */
export function withoutEmpty(fields: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...fields].filter(([, value]) => value.trim() !== ''));
}
