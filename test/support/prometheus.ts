// Reads metrics as strictly as a scraper may, and more: what Prometheus would silently take as another
// thing than was meant is a fault here. By the exposition format's grammar, 0.0.4.

export type Series = ReadonlyMap<string, number>;

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/** The value of each series by its name and its labels, such as `up{app="a"}`. */
export function readPrometheus(text: string): Series {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  let current: string | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (types.has(name)) throw new Error(`${name} is there twice`);
      current = name;
    } else if (keyword === 'TYPE') {
      if (current !== name) throw new Error(`${name} has no HELP before its TYPE`);
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${rest}`);
      types.set(name, rest);
    } else {
      const sample = readSample(line);
      if (sample.name !== current || !types.has(current)) throw new Error(`stray: ${line}`);
      if (series.has(sample.key)) throw new Error(`twice: ${line}`);
      series.set(sample.key, sample.value);
    }
  }
  return series;
}

function readSample(line: string): { name: string; key: string; value: number } {
  const [, name = '', labels = '', number = ''] = SAMPLE.exec(line) ?? [];
  const value = Number(number);
  if (name === '' || !Number.isFinite(value)) throw new Error(`no sample: ${line}`);
  const names = new Set<string>();
  for (let rest = labels; rest !== ''; ) {
    const [whole = '', label = ''] = LABEL.exec(rest) ?? [];
    if (whole === '' || names.has(label)) throw new Error(`wrong labels: ${line}`);
    names.add(label);
    rest = rest.slice(whole.length);
  }
  return { name, key: labels === '' ? name : `${name}{${labels}}`, value };
}
