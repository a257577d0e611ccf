// The runs of a paragraph as text with marks. What is not known is descended into: no text is passed over because of what it
// stands in. Left out is only what the file itself says is gone, or is not text: what was deleted, and codes of fields.

import { Mark, type Node } from 'prosemirror-model';
import { widthOf } from '../attributes.js';
import { MENTION_ADDRESS } from '../markdown-inline.js';
import { safeImageSource, safeLinkHref } from '../safe-url.js';
import { type MarkName, schema } from '../schema.js';
import { colorOfGround, colorOfInk, colorOfMarker } from './colors.js';
import type { DocxFile } from './docx-file.js';
import { EMU_PER_PIXEL } from './names.js';
import type { Styles } from './styles.js';
import { childNamed, descend, elementsOf, find, isElement, switchOf, val, type XmlElement } from './xml.js';

export interface ReadText {
  readonly nodes: readonly Node[];
  /** Of a box to tick at the start; null without one. */
  readonly box: boolean | null;
  /** A line across the page was drawn in it. */
  readonly hasRule: boolean;
  /** Text that stands beside the paragraph, in boxes. */
  readonly textBoxes: readonly XmlElement[];
}

interface Link {
  readonly href: string;
  readonly title: string | null;
}

interface Field {
  instruction: string;
  link: Link | null;
  hasResult: boolean;
}

export type NoteKind = 'footnotes' | 'endnotes';
export const noteKey = (kind: NoteKind, id: string): string => `${kind} ${id}`;

const MAX_QUOTED_LENGTH = 120;
/** Comments that are about the same text, and fields in each other: what is beyond is text like any other. */
const MAX_OPEN = 50;
/** Marks of places that Word makes for itself: nobody can go there. */
const wordsOwnPlace = /^_(?:Toc|Ref|Hlk|GoBack)/;

export class InlineReader {
  /** In the order in which they are referred to; by `noteKey`. */
  readonly notes = new Map<string, number>();
  /** By id of the comment: the text it is about. */
  readonly commented = new Map<string, string>();
  /** Counted, to be told. */
  readonly left = { pictures: 0, deletions: 0, links: new Set<string>() };
  readonly #file: DocxFile;
  readonly #styles: Styles;
  readonly #fields: Field[] = [];
  readonly #openComments = new Set<string>();
  #links: (Link | null)[] = [];
  #nodes: Node[] = [];
  #textBoxes: XmlElement[] = [];
  #box: boolean | null = null;
  #isAfterBox = false;
  #hasRule = false;

  constructor(file: DocxFile, styles: Styles) {
    this.#file = file;
    this.#styles = styles;
  }

  read(paragraph: XmlElement): ReadText {
    [this.#nodes, this.#textBoxes, this.#links] = [[], [], []];
    [this.#box, this.#isAfterBox, this.#hasRule] = [null, false, false];
    this.#all(paragraph, []);
    return { nodes: this.#nodes, box: this.#box, hasRule: this.#hasRule, textBoxes: this.#textBoxes };
  }

  #all(parent: XmlElement, marks: readonly Mark[]): void {
    for (const child of parent.children) if (isElement(child)) this.#element(child, marks);
  }

  #element(element: XmlElement, marks: readonly Mark[]): void {
    switch (element.name) {
      case 'w:r':
        return this.#all(element, this.#marksOf(childNamed(element, 'w:rPr')));
      case 'w:t':
      case 'm:t':
      case 'a:t':
        return this.#text(element.children.filter((child) => typeof child === 'string').join(''), marks);
      case 'w:tab':
      case 'w:ptab':
        return this.#text('\t', marks);
      case 'w:br':
      case 'w:cr':
        // A new page, or a new column, is nothing that text has here.
        if (/^(?:page|column)$/.test(element.attrs.get('w:type') ?? '')) return;
        return this.#push(schema.node('hard_break', null, undefined, this.#withLink(marks)));
      case 'w:noBreakHyphen':
        return this.#text('\u2011', marks);
      case 'w:softHyphen':
        return this.#text('\u00ad', marks);
      case 'w:sym':
        return this.#symbol(element, marks);
      case 'w:hyperlink':
        return this.#hyperlink(element, marks);
      case 'w:fldSimple':
        return this.#within(linkOfInstruction(element.attrs.get('w:instr') ?? ''), element, marks);
      case 'w:fldChar':
        return this.#fieldSign(element.attrs.get('w:fldCharType') ?? '');
      case 'w:instrText': {
        const field = this.#fields.at(-1);
        if (field) field.instruction += element.children.filter((child) => typeof child === 'string').join('');
        return;
      }
      case 'w:sdt':
        return this.#control(element, marks);
      case 'w:footnoteReference':
        return this.#note('footnotes', element, marks);
      case 'w:endnoteReference':
        return this.#note('endnotes', element, marks);
      case 'w:commentRangeStart':
        if (this.#openComments.size < MAX_OPEN) this.#openComments.add(element.attrs.get('w:id') ?? '');
        return;
      case 'w:commentRangeEnd':
        this.#openComments.delete(element.attrs.get('w:id') ?? '');
        return;
      case 'w:del':
      case 'w:moveFrom':
        if (find(element, 'w:delText') || find(element, 'w:t')) this.left.deletions += 1;
        return;
      case 'w:txbxContent':
        this.#textBoxes.push(element);
        return;
      case 'w:drawing':
        return this.#drawing(element, marks);
      case 'a:blip':
      case 'v:imagedata':
        return this.#picture(element, null, marks);
      case 'v:rect':
        if (element.attrs.get('o:hr') === 't') this.#hasRule = true;
        return this.#all(element, marks);
      case 'mc:AlternateContent': {
        const chosen = childNamed(element, 'mc:Choice') ?? childNamed(element, 'mc:Fallback');
        return chosen ? this.#all(chosen, marks) : undefined;
      }
      case 'w:pPr':
      case 'w:rPr':
      case 'w:sdtPr':
        return;
      default:
        return this.#all(element, marks);
    }
  }

  #push(node: Node): void {
    this.#isAfterBox = false;
    this.#nodes.push(node);
  }

  #text(text: string, marks: readonly Mark[]): void {
    // Between a box and what is to be done stands one sign that belongs to neither.
    const own = this.#isAfterBox && /^[\t ]/.test(text) ? text.slice(1) : text;
    this.#isAfterBox = false;
    if (own === '') return;
    this.#nodes.push(schema.text(own, this.#withLink(marks)));
    for (const id of this.#openComments) {
      const before = this.commented.get(id) ?? '';
      if (before.length < MAX_QUOTED_LENGTH) this.commented.set(id, (before + own).slice(0, MAX_QUOTED_LENGTH));
    }
  }

  #symbol(element: XmlElement, marks: readonly Mark[]): void {
    const code = Number.parseInt(element.attrs.get('w:char') ?? '', 16);
    if (!(code > 0x20 && code <= 0xffff)) return;
    // Fonts of pictures keep them in a private place; what is Latin there is not.
    const isLatin = code >= 0xf020 && code <= 0xf07e && /symbol/i.test(element.attrs.get('w:font') ?? '') === false;
    this.#text(symbols[code] ?? (isLatin ? '\u25a1' : String.fromCodePoint(code)), marks);
  }

  #withLink(marks: readonly Mark[]): readonly Mark[] {
    const field = this.#fields.findLast(({ hasResult, link }) => hasResult && link !== null);
    const link = this.#links.at(-1) ?? field?.link ?? null;
    return link === null ? marks : schema.mark('link', { href: link.href, title: link.title }).addToSet(marks);
  }

  #marksOf(looks: XmlElement | null): readonly Mark[] {
    const styles = this.#styles;
    const marks: Mark[] = [];
    const when = (is: boolean, name: MarkName): void => {
      if (is) marks.push(schema.mark(name));
    };
    when(styles.isOn(looks, 'w:i'), 'em');
    when(styles.isOn(looks, 'w:b'), 'strong');
    when(styles.isOn(looks, 'w:strike') || styles.isOn(looks, 'w:dstrike'), 'strike');
    when(styles.isCode(looks), 'code');
    const side = styles.textValue(looks, 'w:vertAlign');
    when(side === 'subscript', 'subscript');
    when(side === 'superscript', 'superscript');
    const highlight = colorOfMarker(val(looks, 'w:highlight'));
    const ground =
      highlight === undefined ? colorOfGround(childNamed(looks, 'w:shd')?.attrs.get('w:fill') ?? null) : highlight;
    if (ground !== undefined) marks.push(schema.mark('highlight', { color: ground }));
    // A link that was only coloured and underlined by hand says no more with it than that it is one.
    const isHandmadeLink =
      (this.#links.at(-1) ?? this.#fields.at(-1)?.link ?? null) !== null &&
      !styles.isCode(looks) &&
      !styles.isLink(looks);
    if (!isHandmadeLink) {
      when(switchOf(looks, 'w:u') ?? styles.isOn(looks, 'w:u'), 'underline');
      const ink = colorOfInk(val(looks, 'w:color'));
      if (ink !== null) marks.push(schema.mark('text_color', { color: ink }));
    }
    return Mark.setFrom(marks);
  }

  #hyperlink(element: XmlElement, marks: readonly Mark[]): void {
    const target = this.#file.relations.get(element.attrs.get('r:id') ?? '')?.target ?? '';
    const anchor = element.attrs.get('w:anchor');
    const href = anchor === undefined ? target : `${target}#${anchor}`;
    const mention = mentionOf(href);
    if (mention) return this.#mention(mention, element);
    const isOwnPlace = target === '' && (anchor === undefined || wordsOwnPlace.test(anchor));
    this.#within(isOwnPlace ? null : { href, title: element.attrs.get('w:tooltip') || null }, element, marks);
  }

  /** What is in it leads where the link does, if that is somewhere harmless. */
  #within(link: Link | null, element: XmlElement, marks: readonly Mark[]): void {
    this.#links.push(this.#safe(link));
    this.#all(element, marks);
    this.#links.pop();
  }

  #safe(link: Link | null): Link | null {
    if (link === null || safeLinkHref(link.href) !== null) return link;
    this.left.links.add(link.href);
    return null;
  }

  #mention(
    { name, id }: { readonly name: keyof typeof MENTION_ADDRESS; readonly id: string },
    element: XmlElement,
  ): void {
    const outer = this.#nodes;
    this.#nodes = [];
    this.#all(element, []);
    const words = this.#nodes.map(({ text = '' }) => text).join('');
    const run = find(element, 'w:r', 'w:hyperlink');
    const label = name === 'person_mention' ? words.replace(/^@/, '') : words;
    this.#nodes = outer;
    this.#push(schema.node(name, { id, label }, undefined, this.#marksOf(childNamed(run, 'w:rPr'))));
  }

  #fieldSign(type: string): void {
    const field = this.#fields.at(-1);
    if (type === 'begin' && this.#fields.length < MAX_OPEN) {
      this.#fields.push({ instruction: '', link: null, hasResult: false });
    }
    if (type === 'end') this.#fields.pop();
    // Once in a field: its instruction is read as a whole.
    if (type === 'separate' && field && !field.hasResult) {
      field.hasResult = true;
      field.link = this.#safe(linkOfInstruction(field.instruction));
    }
  }

  #control(element: XmlElement, marks: readonly Mark[]): void {
    const content = childNamed(element, 'w:sdtContent');
    const checked = descend(element, 'w:sdtPr', 'w14:checkbox', 'w14:checked');
    if (!childNamed(childNamed(element, 'w:sdtPr'), 'w14:checkbox') || this.#nodes.length > 0 || this.#box !== null) {
      if (content) this.#all(content, marks);
      return;
    }
    this.#box = /^(?:1|true|on)$/i.test(checked?.attrs.get('w14:val') ?? '');
    this.#isAfterBox = true;
  }

  #note(kind: NoteKind, element: XmlElement, marks: readonly Mark[]): void {
    const key = noteKey(kind, element.attrs.get('w:id') ?? '');
    const number = this.notes.get(key) ?? this.notes.size + 1;
    this.notes.set(key, number);
    const raised = marks.filter(({ type }) => type.name !== 'subscript');
    this.#text(`[${number}]`, schema.mark('superscript').addToSet(raised));
  }

  #drawing(element: XmlElement, marks: readonly Mark[]): void {
    const blip = find(element, 'a:blip', 'w:drawing');
    const holdsText = find(element, 'w:txbxContent', 'w:drawing') || find(element, 'w:drawing', 'w:txbxContent');
    if (blip && !holdsText) this.#picture(blip, element, marks);
    else this.#all(element, marks);
  }

  #picture(source: XmlElement, drawing: XmlElement | null, marks: readonly Mark[]): void {
    const words = drawing && find(drawing, 'wp:docPr')?.attrs;
    const alt = words?.get('descr') || null;
    const linked = this.#file.relations.get(source.attrs.get('r:link') ?? '');
    if (linked && safeImageSource(linked.target) !== null) {
      const across = Number(drawing && find(drawing, 'wp:extent')?.attrs.get('cx')) / EMU_PER_PIXEL;
      const width = Number.isInteger(across) ? widthOf(across) : null;
      const attrs = { src: linked.target, alt, title: words?.get('title') || null, width };
      return this.#push(schema.node('image', attrs, undefined, this.#withLink(marks)));
    }
    this.left.pictures += 1;
    this.#text(alt === null ? '[Picture]' : `[Picture: ${alt}]`, marks);
  }
}

/** Of pictures in the fonts that Word takes signs from. */
const symbols: Readonly<Record<number, string>> = {
  61607: '\u25aa',
  61623: '\u2022',
  61656: '\u27a2',
  61664: '\u2192',
  61671: '\u25aa',
  61672: '\u25fb',
  61680: '\u21d2',
  61692: '\u2713',
  61693: '\u2717',
  61694: '\u2612',
  61696: '\u2611',
};

function linkOfInstruction(instruction: string): Link | null {
  if (!/^\s*HYPERLINK\b/i.test(instruction)) return null;
  const place = /\\l\s+"([^"]*)"/i.exec(instruction)?.[1];
  const target = /HYPERLINK\s+"([^"]*)"/i.exec(instruction)?.[1] ?? '';
  const title = /\\o\s+"([^"]*)"/i.exec(instruction)?.[1] || null;
  if (target === '' && (place === undefined || wordsOwnPlace.test(place))) return null;
  return { href: place === undefined ? target : `${target}#${place}`, title };
}

function mentionOf(href: string): { readonly name: keyof typeof MENTION_ADDRESS; readonly id: string } | null {
  for (const [name, address] of Object.entries(MENTION_ADDRESS)) {
    if (!href.startsWith(address)) continue;
    try {
      return { name: name as keyof typeof MENTION_ADDRESS, id: decodeURIComponent(href.slice(address.length)) };
    } catch {
      return null;
    }
  }
  return null;
}

/** All text in there, as it stands. */
export function wordsIn(element: XmlElement): string {
  if (element.name === 'w:t') return element.children.filter((child) => typeof child === 'string').join('');
  return elementsOf(element).map(wordsIn).join('');
}
