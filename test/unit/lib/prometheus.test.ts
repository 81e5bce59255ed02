// The text format of Prometheus: its grammar, and what has to be escaped.

import { describe, expect, test } from 'vitest';
import { type Metric, prometheusText } from '../../../src/lib/prometheus.ts';
import { readPrometheus } from '../../support/prometheus.ts';

function gauge(samples: Metric['samples'], help = 'How warm it is.'): Metric {
  return { name: 'room_degrees', type: 'gauge', help, samples };
}

describe('metrics as text', () => {
  test('have HELP and TYPE before their series', () => {
    const opens: Metric = {
      name: 'opens_total',
      type: 'counter',
      help: 'Opens.',
      samples: [
        { labels: { app: 'a', reason: 'expired' }, value: 3 },
        { labels: { app: 'b', reason: 'expired' }, value: 0 },
      ],
    };
    expect(prometheusText([opens, gauge([{ labels: {}, value: 20.5 }])])).toBe(
      '# HELP opens_total Opens.\n' +
        '# TYPE opens_total counter\n' +
        'opens_total{app="a",reason="expired"} 3\n' +
        'opens_total{app="b",reason="expired"} 0\n' +
        '# HELP room_degrees How warm it is.\n' +
        '# TYPE room_degrees gauge\n' +
        'room_degrees 20.5\n',
    );
  });

  test('of nothing are still announced', () => {
    expect(readPrometheus(prometheusText([gauge([])]))).toEqual(new Map());
    expect(prometheusText([])).toBe('');
  });

  test.each([
    ['say "cheese"', 'say \\"cheese\\"'],
    ['C:\\temp\\new', 'C:\\\\temp\\\\new'],
    ['one\ntwo', 'one\\ntwo'],
    ['\\"\n', '\\\\\\"\\n'],
    ['a",b="c} 1', 'a\\",b=\\"c} 1'],
    ['Grüße 😀, {x}', 'Grüße 😀, {x}'],
    ['', ''],
  ])('escape the label %j', (value, escaped) => {
    const text = prometheusText([gauge([{ labels: { name: value, other: 'x' }, value: 1 }])]);
    expect(text).toContain(`room_degrees{name="${escaped}",other="x"} 1\n`);
    expect(readPrometheus(text).size).toBe(1);
  });

  test('escape a help text, in which quotes may stand', () => {
    const text = prometheusText([gauge([], 'One\nof "C:\\"')]);
    expect(text).toContain('# HELP room_degrees One\\nof "C:\\\\"\n');
  });
});

describe('the reader that tests have', () => {
  const head = '# HELP x X.\n# TYPE x gauge\n';
  test.each([
    ['a series that is there twice', `${head}x{a="1"} 1\nx{a="1"} 2\n`],
    ['a label that is there twice', `${head}x{a="1",a="2"} 1\n`],
    ['a quote that is not escaped', `${head}x{a="1"2"} 1\n`],
    ['a sample without a type', 'x 1\n'],
    ['a sample of another metric', `${head}y 1\n`],
    ['a metric that comes twice', `${head}x 1\n${head}`],
    ['a counter with the name of a gauge', '# HELP x X.\n# TYPE x counter\n'],
    ['a gauge with the name of a counter', '# HELP x_total X.\n# TYPE x_total gauge\n'],
    ['a value that is no number', `${head}x none\n`],
    ['a line without an end', `${head}x 1`],
  ])('refuses %s', (_, text) => {
    expect(() => readPrometheus(text)).toThrow();
  });
});
