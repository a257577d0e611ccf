// .docx files for tests: of XML written by hand, and those that mammoth is tested with, which Word and LibreOffice wrote.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeZip } from '../src/docx/zip.js';

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const names = [
  ['w', 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'],
  ['r', office],
  ['m', 'http://schemas.openxmlformats.org/officeDocument/2006/math'],
  ['a', 'http://schemas.openxmlformats.org/drawingml/2006/main'],
  ['wp', 'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'],
  ['mc', 'http://schemas.openxmlformats.org/markup-compatibility/2006'],
  ['w14', 'http://schemas.microsoft.com/office/word/2010/wordml'],
  ['v', 'urn:schemas-microsoft-com:vml'],
  ['o', 'urn:schemas-microsoft-com:office:office'],
  ['x', 'urn:nobody-knows-this'],
].map(([prefix, name]) => ` xmlns:${prefix}="${name}"`);

export interface Parts {
  readonly body: string;
  /** Of the text: the whole of each `<Relationship …/>`. */
  readonly relations?: string;
  /** Contents of these parts' roots. */
  readonly styles?: string;
  readonly numbering?: string;
  readonly footnotes?: string;
  readonly comments?: string;
  /** Stands before the root of the text. */
  readonly prolog?: string;
}

export function docxOf(parts: Parts): Promise<Uint8Array<ArrayBuffer>> {
  const { body, relations = '', prolog = '' } = parts;
  const root = (name: string, content: string): string => `<w:${name}${names.join('')}>${content}</w:${name}>`;
  const relation = (kind: string, target: string): string =>
    `<Relationship Id="own-${kind}" Type="${office}/${kind}" Target="${target}"/>`;
  const relationships = (all: string): string =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all}</Relationships>`;
  const others = (['styles', 'numbering', 'footnotes', 'comments'] as const).filter(
    (kind) => parts[kind] !== undefined,
  );
  return writeZip(
    new Map([
      ['_rels/.rels', relationships(relation('officeDocument', 'word/document.xml'))],
      ['word/document.xml', `<?xml version="1.0"?>${prolog}${root('document', `<w:body>${body}</w:body>`)}`],
      [
        'word/_rels/document.xml.rels',
        relationships(others.map((kind) => relation(kind, `${kind}.xml`)).join('') + relations),
      ],
      ...others.map((kind) => [`word/${kind}.xml`, root(kind, parts[kind]!)] as const),
    ]),
  );
}

const folder = fileURLToPath(new URL('../test/test-data/', import.meta.resolve('mammoth')));

/** By name. */
export const filesOfOthers: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.docx'))
    .map((name) => [name, new Uint8Array(readFileSync(folder + name))]),
);
