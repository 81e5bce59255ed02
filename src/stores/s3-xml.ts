// The little XML that S3 speaks: elements and text. What S3 has no use for (DOCTYPE, CDATA, comments,
// processing instructions, foreign entities) is no answer of a store.

export type XmlElement = {
  readonly name: string;
  /** Its own text, with entities resolved. */
  readonly text: string;
  readonly children: readonly XmlElement[];
};

type Open = { name: string; text: string; children: XmlElement[] };

/** No answer that is read here nests deeper than four. */
const MAX_DEPTH = 16;
const NAME = '[A-Za-z_][\\w.-]*';
const ATTRIBUTES = `(?:\\s+${NAME}(?::${NAME})?\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*`;
const DECLARATION = /^\uFEFF?\s*(?:<\?xml\s[^?<>]*\?>)?/;
/** One tag, or the text up to the next. */
const TOKEN = new RegExp(`<(/?)(${NAME})(${ATTRIBUTES})\\s*(/?)>|([^<]+)`, 'y');
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** The root element; `undefined` for anything else than one well-formed element. */
export function parseXml(xml: string): XmlElement | undefined {
  const root: Open = { name: '', text: '', children: [] };
  const path = [root];
  let [{ length: position }] = DECLARATION.exec(xml) ?? [''];
  while (position < xml.length) {
    TOKEN.lastIndex = position;
    const token = TOKEN.exec(xml);
    if (!token || !take(token, path)) return undefined;
    position = TOKEN.lastIndex;
  }
  const [element, ...others] = root.children;
  const isAlone = others.length === 0 && root.text.trim() === '';
  return path.length === 1 && isAlone ? element : undefined;
}

/** Takes one token at the end of `path`; answers whether it may stand there. */
function take(token: RegExpExecArray, path: Open[]): boolean {
  const [, slash, name, attributes, isEmpty, chars] = token;
  const parent = path.at(-1) as Open;
  if (name === undefined) {
    const text = unescapeXml(chars ?? '');
    if (text === undefined) return false;
    parent.text += text;
    return true;
  }
  if (slash) {
    if (attributes || isEmpty || path.length === 1 || parent.name !== name) return false;
    path.pop();
    return true;
  }
  const element: Open = { name, text: '', children: [] };
  parent.children.push(element);
  if (!isEmpty) path.push(element);
  return path.length <= MAX_DEPTH;
}

/** Resolves entities; `undefined` where one is unknown or stands for no character. */
function unescapeXml(text: string): string | undefined {
  let isSound = true;
  const plain = text.replace(/&([^;&]*;?)/g, (_, entity: string) => {
    const character = resolveEntity(entity);
    if (character === undefined) isSound = false;
    return character ?? '';
  });
  return isSound ? plain : undefined;
}

/** `entity` is what follows the ampersand, its semicolon included. */
function resolveEntity(entity: string): string | undefined {
  const [, name, hexadecimal, decimal] =
    /^(?:([a-z]+)|#x([0-9a-fA-F]{1,6})|#([0-9]{1,7}));$/.exec(entity) ?? [];
  if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  const digits = hexadecimal ?? decimal;
  if (digits === undefined) return undefined;
  const point = Number.parseInt(digits, hexadecimal === undefined ? 10 : 16);
  const isCharacter = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : undefined;
}

/** Text as it may stand in an element or in quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replace(/[\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** All children of that name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the only child of that name; `undefined` where there is none, or several. */
export function textOf(element: XmlElement, name: string): string | undefined {
  const [child, ...others] = childrenOf(element, name);
  return child && others.length === 0 && child.children.length === 0 ? child.text : undefined;
}
