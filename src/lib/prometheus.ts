// Metrics as text. https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** One metric with all its series, each of other labels. */
export type Metric = {
  readonly name: string;
  /** A counter only ever goes up, and its name ends in `_total`. */
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
};

export function prometheusText(metrics: readonly Metric[]): string {
  return metrics.map(metricText).join('');
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
