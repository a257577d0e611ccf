// XML as office files use it, read without a DOM and written as text. There are no document types, hence no entities but the
// five that XML has, and nothing is ever fetched. Names are given one prefix each, whatever prefix the file chose.

import { soundText } from '../sound-text.js';

export interface XmlElement {
  /** With our prefix, such as `w:p`; `?:` for a vocabulary that is not known here. */
  readonly name: string;
  /** By name, with our prefix if it has one. */
  readonly attrs: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

/** Deeper than 200 levels of a document. */
const MAX_DEPTH = 500;
/** Word has some forty. */
const MAX_PREFIXES = 500;

/** Both kinds of office XML, the transitional and the strict one. */
const prefixes: Readonly<Record<string, string>> = {
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main': 'w',
  'http://purl.oclc.org/ooxml/wordprocessingml/main': 'w',
  'http://schemas.openxmlformats.org/officeDocument/2006/relationships': 'r',
  'http://purl.oclc.org/ooxml/officeDocument/relationships': 'r',
  'http://schemas.openxmlformats.org/officeDocument/2006/math': 'm',
  'http://purl.oclc.org/ooxml/officeDocument/math': 'm',
  'http://schemas.openxmlformats.org/drawingml/2006/main': 'a',
  'http://purl.oclc.org/ooxml/drawingml/main': 'a',
  'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing': 'wp',
  'http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing': 'wp',
  'http://schemas.openxmlformats.org/markup-compatibility/2006': 'mc',
  'http://schemas.microsoft.com/office/word/2010/wordml': 'w14',
  'urn:schemas-microsoft-com:vml': 'v',
  'urn:schemas-microsoft-com:office:office': 'o',
  'http://schemas.openxmlformats.org/package/2006/relationships': 'rel',
  'http://www.w3.org/XML/1998/namespace': 'xml',
};

const attribute = /\s+([^\s=>/"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagName = /[^\s>/<]+/y;
const tagEnd = /\s*(\/?)>/y;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Also of what is too long to be unpacked. */
export const tooMuch = (): Error =>
  new Error('It holds more text than can be read at once. Split it into several files.');
const broken = (): Error => new Error('It is damaged: some of its XML cannot be read.');

type Names = ReadonlyMap<string, string>;

interface Open {
  readonly rawName: string;
  readonly names: Names;
  readonly children: (XmlElement | string)[];
}

const noAttrs: ReadonlyMap<string, string> = new Map();

/** How many elements may still be read: each takes a hundred times the six letters that it can be written with. */
export interface XmlBudget {
  elements: number;
}

function spend(budget: XmlBudget, elements: number): void {
  budget.elements -= elements;
  if (budget.elements < 0) throw tooMuch();
}

/** The root. @param budget  shared by what is read together @throws Error with a sentence */
export function parseXml(text: string, budget: XmlBudget): XmlElement {
  const top: Open = { rawName: '', names: new Map([['xml', 'xml']]), children: [] };
  const open: Open[] = [top];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const inner = open.at(-1)!;
    const next = text.indexOf('<', at);
    if (next < 0 || next > at) {
      const words = text.slice(at, next < 0 ? text.length : next);
      if (inner !== top) inner.children.push(decoded(words));
      else if (words.trim() !== '') throw broken();
    }
    if (next < 0) break;
    if (text.startsWith('<!--', next)) at = after(text, '-->', next);
    else if (text.startsWith('<?', next)) at = after(text, '?>', next);
    else if (text.startsWith('<![CDATA[', next)) {
      at = after(text, ']]>', next);
      inner.children.push(text.slice(next + 9, at - 3));
    } else if (text.startsWith('<!', next)) {
      throw new Error('It has a document type of its own, which office files never have. It was not read.');
    } else if (text[next + 1] === '/') {
      at = after(text, '>', next);
      if (inner === top || text.slice(next + 2, at - 1).trim() !== inner.rawName) throw broken();
      open.pop();
    } else {
      spend(budget, 1);
      at = readTag(text, next, open, budget);
    }
  }
  const [root] = top.children;
  if (open.length > 1 || top.children.length !== 1 || typeof root !== 'object') throw broken();
  return root;
}

/** @returns where the tag ends */
function readTag(text: string, start: number, open: Open[], budget: XmlBudget): number {
  const parent = open.at(-1)!;
  tagName.lastIndex = start + 1;
  const rawName = tagName.exec(text)?.[0];
  if (rawName === undefined) throw broken();
  const given: (readonly [string, string])[] = [];
  const declared: (readonly [string, string])[] = [];
  attribute.lastIndex = tagName.lastIndex;
  let end = tagName.lastIndex;
  for (let found = attribute.exec(text); found; found = attribute.exec(text)) {
    end = attribute.lastIndex;
    const [, name, double, single] = found;
    const value = decoded(double ?? single ?? '');
    const prefix = name === 'xmlns' ? '' : name!.startsWith('xmlns:') ? name!.slice(6) : null;
    if (prefix === null) given.push([name!, value]);
    else declared.push([prefix, Object.hasOwn(prefixes, value) ? prefixes[value]! : '?']);
  }
  tagEnd.lastIndex = end;
  const close = tagEnd.exec(text);
  if (!close) throw broken();
  const names = declared.length === 0 ? parent.names : new Map([...parent.names, ...declared]);
  if (names.size > MAX_PREFIXES) throw broken();
  // They are copied.
  if (declared.length > 0) spend(budget, names.size);
  const children: (XmlElement | string)[] = [];
  const attrs =
    given.length === 0
      ? noAttrs
      : new Map(given.map(([name, value]) => [name.includes(':') ? named(name, names) : name, value]));
  parent.children.push({ name: named(rawName, names), attrs, children });
  if (close[1] === '') open.push({ rawName, names, children });
  if (open.length > MAX_DEPTH) throw new Error(`It is nested more than ${MAX_DEPTH} levels deep.`);
  return tagEnd.lastIndex;
}

function named(rawName: string, names: Names): string {
  const colon = rawName.indexOf(':');
  const prefix = names.get(rawName.slice(0, Math.max(0, colon))) ?? '?';
  return `${prefix}:${rawName.slice(colon + 1)}`;
}

function after(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  if (at < 0) throw broken();
  return at + sign.length;
}

/** Line ends are one sign, as XML has it. */
function decoded(raw: string): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));?/g, (_whole, hex, decimal, name) => {
    if (name !== undefined) {
      if (!Object.hasOwn(entities, name)) throw broken();
      return entities[name]!;
    }
    const code = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

export const isElement = (child: XmlElement | string): child is XmlElement => typeof child === 'object';

export const elementsOf = ({ children }: XmlElement): XmlElement[] => children.filter(isElement);

export function childNamed(parent: XmlElement | null | undefined, name: string): XmlElement | null {
  return parent?.children.find((child): child is XmlElement => isElement(child) && child.name === name) ?? null;
}

/** Along a path of names, the first of each. */
export const descend = (from: XmlElement | null | undefined, ...names: readonly string[]): XmlElement | null =>
  names.reduce<XmlElement | null>((element, name) => childNamed(element, name), from ?? null);

/**
 * The first of the name, wherever it is in there, but for what is in the elements it is to stop at: what looks into each of many
 * that stand in each other has to stop at the next of them, or everything is looked at once for each level.
 */
export function find(within: XmlElement, name: string, stopAt?: string): XmlElement | null {
  for (const child of within.children) {
    if (!isElement(child)) continue;
    const found = child.name === name ? child : child.name === stopAt ? null : find(child, name, stopAt);
    if (found) return found;
  }
  return null;
}

/** `w:val` of the child with that name. */
export const val = (parent: XmlElement | null | undefined, name: string): string | null =>
  childNamed(parent, name)?.attrs.get('w:val') ?? null;

/** Of switches such as bold: null when nothing is said. */
export function switchOf(parent: XmlElement | null | undefined, name: string): boolean | null {
  const found = childNamed(parent, name);
  return found && isSwitchedOn(found);
}

export const isSwitchedOn = ({ attrs }: XmlElement): boolean =>
  !/^(?:0|false|off|none)$/i.test(attrs.get('w:val') ?? '');

export const escaped = (text: string): string =>
  soundText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');

/** For values of attributes, where line ends and tabs would become spaces. */
export const escapedValue = (text: string): string => escaped(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
