// A .docx as its parts: which XML is the text, which are the styles, the numbers of lists, the notes, and what it refers to.

import { MAX_DOCX_BYTES } from '../file-formats.js';
import { find, parseXml, type XmlElement } from './xml.js';
import { ZipFile } from './zip.js';

/** Of all XML that is read, unpacked: several books. */
const MAX_XML_BYTES = 32 * 1024 * 1024;
/** Of all that XML: about 300 MB of memory. */
const MAX_ELEMENTS = 2_000_000;

const EARLIER_WORD = [0xd0, 0xcf, 0x11, 0xe0];
const ZIP = [0x50, 0x4b];

const noWordFile = (): Error => new Error('It is no .docx file. Save it as one in Word, LibreOffice or Google Docs.');

interface Relation {
  /** The last word of its type, such as `styles`. */
  readonly kind: string;
  readonly target: string;
}

export interface DocxFile {
  readonly body: XmlElement;
  /** By id, of what the text refers to. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly styles: XmlElement | null;
  readonly numbering: XmlElement | null;
  readonly footnotes: XmlElement | null;
  readonly endnotes: XmlElement | null;
  readonly comments: XmlElement | null;
  /** What stands at the top and at the bottom of each page. */
  readonly margins: readonly XmlElement[];
}

/** @throws Error with a sentence */
export async function openDocx(bytes: Uint8Array<ArrayBuffer>): Promise<DocxFile> {
  const startsWith = (sign: readonly number[]): boolean => sign.every((byte, index) => bytes[index] === byte);
  if (bytes.length > MAX_DOCX_BYTES) {
    throw new Error(`It has more than ${MAX_DOCX_BYTES / 2 ** 20} MiB, which is beyond the limit.`);
  }
  if (startsWith(EARLIER_WORD)) {
    throw new Error('It is of an earlier Word, or protected by a password. Save it as .docx, without a password.');
  }
  if (!startsWith(ZIP)) throw noWordFile();
  const zip = new ZipFile(bytes, MAX_XML_BYTES);
  const budget = { elements: MAX_ELEMENTS };
  const read = async (name: string): Promise<XmlElement | null> => {
    const part = await zip.read(name);
    return part && parseXml(new TextDecoder(part[0] === 0xff ? 'utf-16le' : 'utf-8').decode(part), budget);
  };
  const packageRelations = await readRelations('', read);
  const main = [...packageRelations.values()].find(({ kind }) => kind === 'officeDocument')?.target;
  const document = main === undefined ? null : await read(main);
  const body = document && find(document, 'w:body');
  if (!body || main === undefined) throw noWordFile();
  const relations = await readRelations(main, read);
  const partsOf = (kind: string): string[] =>
    [...relations.values()].flatMap((relation) => (relation.kind === kind ? [relation.target] : []));
  const first = async (kind: string): Promise<XmlElement | null> => {
    const [name] = partsOf(kind);
    return name === undefined ? null : read(name);
  };
  const margins: XmlElement[] = [];
  for (const name of new Set([...partsOf('header'), ...partsOf('footer')])) {
    const margin = await read(name);
    if (margin) margins.push(margin);
  }
  return {
    body,
    relations,
    styles: await first('styles'),
    numbering: await first('numbering'),
    footnotes: await first('footnotes'),
    endnotes: await first('endnotes'),
    comments: await first('comments'),
    margins,
  };
}

/** @param part  '' for the file itself */
async function readRelations(
  part: string,
  read: (name: string) => Promise<XmlElement | null>,
): Promise<Map<string, Relation>> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const root = await read(`${folder}_rels/${part.slice(slash)}.rels`);
  const relations = new Map<string, Relation>();
  for (const child of root?.children ?? []) {
    if (typeof child === 'string') continue;
    const [id, type, target = ''] = ['Id', 'Type', 'Target'].map((name) => child.attrs.get(name));
    if (id === undefined || type === undefined) continue;
    const isOutside = child.attrs.get('TargetMode') === 'External';
    relations.set(id, {
      kind: type.slice(type.lastIndexOf('/') + 1),
      target: isOutside ? target : within(folder, target),
    });
  }
  return relations;
}

/** The name of a part, from where it is referred to. */
function within(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1);
  const steps: string[] = [];
  for (const step of (folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return steps.join('/');
}
