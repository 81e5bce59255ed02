// The XML of stores: whatever text comes or goes, it comes through unchanged or not at all.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  escapeXml,
  parseXml,
  textOf,
  type XmlElement,
} from '../../../src/stores/s3-xml.ts';
import { AWKWARD_KEYS } from '../../support/object-keys.ts';

const leaf = (name: string, text: string) => ({ name, text, children: [] });

const names = fc.constantFrom('Key', 'ETag', 'Error', 'UploadId', 'a-b.c_d');
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(fc.constantFrom('<', '>', '&', '"', "'", '&lt;', ']]>', '<!--', '</Key>', '\r\n', ' '))
    .map((parts) => parts.join('')),
  fc.constantFrom(...AWKWARD_KEYS),
);
const { element: elements } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name: names,
    text: texts,
    children: fc.oneof(
      { maxDepth: 8, depthIdentifier: 'xml' },
      fc.constant([]),
      fc.array(tie('element'), { maxLength: 3, depthIdentifier: 'xml' }),
    ),
  }),
}));

function write({ name, text, children }: XmlElement): string {
  return `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${escapeXml(text)}${children.map(write).join('')}</${name}>`;
}

describe('whatever is written', () => {
  test('is read again as it was', () => {
    fc.assert(
      fc.property(elements, (element) => {
        expect(parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n${write(element)}\n`)).toEqual(
          element,
        );
      }),
    );
  });

  test('stays text: nothing in it becomes an element', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseXml(`<a>${escapeXml(text)}</a>`)).toEqual(leaf('a', text));
      }),
    );
  });
});

test('no text makes it throw, or take long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(texts, fc.constantFrom('<a>', '</a>', '<a/>', '&#0;', '<a b="c">', '<'))),
      (parts) => {
        const parsed = parseXml(parts.join(''));
        expect(parsed === undefined || typeof parsed.name === 'string').toBe(true);
      },
    ),
  );
  const start = performance.now();
  for (const piece of ['<', '<a', '<a ', '<a b="', ' ', '&', '<a b="c" ', '<?xml ', '<a>']) {
    parseXml(piece.repeat(100_000));
    parseXml(`<a>${piece.repeat(100_000)}`);
  }
  expect(performance.now() - start).toBeLessThan(2_000);
});

test.each([
  ['<a/>', leaf('a', '')],
  ['\uFEFF  <?xml version="1.0"?>\n <a/>\n ', leaf('a', '')],
  [`<a b='1' xmlns:x="y"\n x:type="z" >t</a >`, leaf('a', 't')],
  ['<a>&lt;&gt;&amp;&quot;&apos;&#34;&#x1F389;</a>', leaf('a', '<>&"\'"\u{1f389}')],
])('%j is read', (xml, element) => {
  expect(parseXml(xml)).toEqual(element);
});

test.each([
  '',
  'text',
  '<a>',
  '</a>',
  '<a></b>',
  '<a/><b/>',
  '<a/>text',
  'text<a/>',
  '<a></a b="c">',
  '<a></a/>',
  '<a b=c></a>',
  '<a b="<"></a>',
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<a><!-- b --></a>',
  '<a><![CDATA[b]]></a>',
  '<a><?b c?></a>',
  '<a>&nbsp;</a>',
  '<a>&constructor;</a>',
  '<a>&lt</a>',
  '<a>&</a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  `${'<a>'.repeat(17)}${'</a>'.repeat(17)}`,
])('%j is not', (xml) => {
  expect(parseXml(xml)).toBeUndefined();
});

test('the text of a child is told where there is one such child, without children', () => {
  const element = parseXml('<a><b>1</b><c>2</c><c>3</c><d><e/></d></a>') as XmlElement;
  expect(['b', 'c', 'd', 'e'].map((name) => textOf(element, name))).toEqual([
    '1',
    undefined,
    undefined,
    undefined,
  ]);
  expect(childrenOf(element, 'c').map(({ text }) => text)).toEqual(['2', '3']);
});
